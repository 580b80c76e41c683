"""Around a command that loads: a failure is notified, then raised unchanged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.notification.channels import NotSentError, send
from cli.notification.message import FAILED, Notice, build_notice, failure_code
from cli.notification.settings import notify_settings
from cli.terminal_text import flatten_text
from elastic.settings import BadSetting
from indexers.runs.interruption import open_uninterruptible_section
from indexers.runs.progress import ProgressListener

WRONG_USAGE = 2
"""Exit code of a mistyped command: its author reads the terminal."""
UNEXPECTED = 1
"""Exit code of an unexpected error."""


@dataclass(slots=True)
class Attempt:
    """Progress of a command."""

    command: str
    run: Path | None = None
    watch: ProgressListener | None = None

    def failure(self, error: BaseException | None, exit_code: int, sentence: str) -> Notice:
        """The notice of its failure."""
        return build_notice(
            FAILED,
            self.command,
            failure_code(error),
            exit_code,
            sentence,
            datetime.now(UTC),
            run=self.run.name if self.run else None,
            stage=self.watch.times.current if self.watch else None,
        )


@contextmanager
def open_attempt(command: str) -> Iterator[Attempt]:
    """Notify the failure of the body, wrong usage left out, and raise it unchanged.

    The sentence is the one of the terminal. Of an unexpected error only the kind is sent: its
    message may quote a row.
    """
    attempt = Attempt(command)
    try:
        yield attempt
    except typer.Exit as ended:
        if ended.exit_code not in {0, WRONG_USAGE}:
            sentence = getattr(ended, "sentence", f"sas {command} failed.")
            cause = ended.__cause__ or ended.__context__
            send_failure_notice(attempt.failure(cause, ended.exit_code, sentence))
        raise
    except (typer.BadParameter, typer.Abort):
        raise
    except Exception as error:
        sentence = f"An error nobody foresaw: {type(error).__name__}."
        send_failure_notice(attempt.failure(error, UNEXPECTED, sentence))
        raise


def send_failure_notice(notice: Notice) -> None:
    """Send a notice; a failure to send is one line on standard error."""
    with open_uninterruptible_section():
        try:
            results = list(send(notice, notify_settings()))
        except (BadSetting, OSError) as error:
            results = [NotSentError(str(error))]
    for result in results:
        if isinstance(result, NotSentError):
            typer.echo(flatten_text(f"The failure could not be notified: {result}."), err=True)
