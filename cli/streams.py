"""Standard output and standard error of a command, whatever is at their other end.

A character that the output cannot hold is replaced. A reader that leaves ends the command as the
signal would, with 141; an output that is full ends it with a sentence.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cli.exit_codes import READER_LEFT, REFUSED


class ResultStream(io.TextIOWrapper):
    """Standard output."""

    def write(self, text: str, /) -> int:
        """Write, or end the command."""
        with _open_result_guard(self.fileno()):
            return super().write(text)

    def flush(self) -> None:
        """Bring out what was written, or end the command."""
        with _open_result_guard(self.fileno()):
            super().flush()


class MessageStream(io.TextIOWrapper):
    """Standard error: a message that nobody can receive stops no command."""

    def write(self, text: str, /) -> int:
        """Write what can be written."""
        with _open_message_guard(self.fileno()):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Bring out what can be brought out."""
        with _open_message_guard(self.fileno()):
            super().flush()


def open_standard_streams() -> None:
    """Take over the standard streams of the process; streams of a test stay."""
    if type(sys.stdout) is io.TextIOWrapper:
        sys.stdout = _take_over(sys.stdout, ResultStream, "replace")
    if type(sys.stderr) is io.TextIOWrapper:
        sys.stderr = _take_over(sys.stderr, MessageStream, "backslashreplace")


def _take_over(
    stream: io.TextIOWrapper, kind: type[io.TextIOWrapper], errors: str
) -> io.TextIOWrapper:
    encoding, as_lines, at_once = stream.encoding, stream.line_buffering, stream.write_through
    return kind(
        stream.detach(),
        encoding=encoding,
        errors=errors,
        line_buffering=as_lines,
        write_through=at_once,
    )


@contextmanager
def _open_result_guard(descriptor: int) -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, ConnectionResetError):
        _discard_rest(descriptor)
        raise SystemExit(READER_LEFT) from None
    except OSError as error:
        _discard_rest(descriptor)
        reason = (error.strerror or type(error).__name__).lower()
        sys.stderr.write(
            f"The standard output cannot be written, {reason}: send it to another file or disk, "
            "then run this again.\n"
        )
        raise SystemExit(REFUSED) from None


@contextmanager
def _open_message_guard(descriptor: int) -> Iterator[None]:
    try:
        yield
    except OSError:
        _discard_rest(descriptor)


def _discard_rest(descriptor: int) -> None:
    """Let what is still buffered go nowhere, so that the end of the process does not fail too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
