"""Values read from the standard input, so that no command line holds what concerns a patient.

The arguments of a command are in the list of processes and in the history of the shell.
"""

import sys
from collections.abc import Mapping

from cli.exit_codes import BAD_USAGE
from cli.output import exit_with_error, print_line

STDIN = "-"
MAX_LINE_BYTES = 10_000
"""Above the bound of every criterion."""

HELP = "« - » : la ligne suivante de l'entrée standard."
"""What the help of such an option says."""


def read_private_values(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """The values, each ``-`` replaced by the next line of the standard input, in their order.

    ``values`` are by the name of their option, which a terminal shows as a prompt. Ends the
    command when a line is missing, longer than 10,000 bytes or empty.
    """
    return {
        option: _read_line(option) if value == STDIN else value for option, value in values.items()
    }


def _read_line(option: str) -> str:
    if sys.stdin.isatty():
        print_line(f"{option} :", err=True)
    line = sys.stdin.buffer.readline(MAX_LINE_BYTES + 1)
    if not line.strip() or len(line) > MAX_LINE_BYTES:
        exit_with_error(
            f"{option} - attend une ligne non vide, d'au plus {MAX_LINE_BYTES} octets, sur "
            "l'entrée standard.",
            BAD_USAGE,
        )
    return decode_text(line).strip()


def decode_text(content: bytes) -> str:
    """UTF-8, else Windows-1252 as a terminal of Windows writes it."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
