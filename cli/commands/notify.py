"""Commands of the topic ``notify``: the channels that report a failed load."""

from datetime import UTC, datetime

import typer

from cli.exit_codes import REFUSED
from cli.notification.channels import NotSentError, send
from cli.notification.message import TEST, build_notice
from cli.notification.settings import notify_settings
from cli.output import print_line
from elastic.settings import BadSetting

app = typer.Typer(
    name="notify",
    help="Who is told when a load fails (docs/how-to/watch-runs-and-sources.md).",
    no_args_is_help=True,
)


@app.callback()
def group() -> None:
    """Who is told when a load fails."""


@app.command("test")
def test() -> None:
    """Send a test message by every channel of the settings; exit code 1 when one fails.

    `SAS_NOTIFY_WEBHOOK` and `SAS_NOTIFY_SMTP` name the channels.
    """
    notice = build_notice(
        TEST, "notify test", "test", 0, "This is a test: nothing failed.", datetime.now(UTC)
    )
    try:
        results = list(send(notice, notify_settings()))
    except (BadSetting, OSError) as error:
        results = [NotSentError(str(error))]
    if not results:
        results = [NotSentError("set SAS_NOTIFY_WEBHOOK or SAS_NOTIFY_SMTP, nobody is told yet")]
    for result in results:
        failed = isinstance(result, NotSentError)
        print_line(f"Not sent: {result}." if failed else f"Sent by {result}.", err=failed)
    if any(isinstance(result, NotSentError) for result in results):
        raise typer.Exit(REFUSED)


def register(main: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    main.add_typer(app)
