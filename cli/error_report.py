"""Around a command on data: a failure is one sentence and an exit code that is not zero."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cli.exit_codes import FailureExit
from cli.output import report_failure
from indexers.runs.interruption import InterruptedRunError, open_interruptible_section


@contextmanager
def open_error_report(as_json: bool) -> Iterator[None]:
    """Turn a failure of the body into a sentence and an exit code; signals stop it cleanly.

    Raises ``FailureExit``.
    """
    try:
        with open_interruptible_section():
            yield
    except typer.Exit:
        raise
    except (Exception, InterruptedRunError) as error:
        if (failure := build_failure(error, as_json)) is None:
            raise
        raise failure from error


def build_failure(error: BaseException, as_json: bool) -> FailureExit | None:
    """Print the sentence of an error; the end of the command, None for an unforeseen error."""
    from cli import failures  # noqa: PLC0415 - it knows every package: only a failure loads them

    code = failures.find_exit_code(error)
    if code is None:
        return None
    sentence = " ".join([failures.describe_error(error), *getattr(error, "__notes__", ())])
    return report_failure(sentence, code, as_json=as_json, kind=type(error).__name__)
