"""Commands of the topic ``generate``: test data of invented people."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.exit_codes import REFUSED
from cli.failures import describe_error
from cli.options import parse_now
from cli.output import exit_with_error, message_console, print_json, result_console
from simulation.recipe import DepartmentNotInGazetteerError, NotEmptyError, Options
from simulation.recipe import generate_dataset as write_set
from simulation.scales import ScaleName

HELP = """
Write a directory of test data: the published formats and ours, invented people only.

The directory holds files, never documents: RPPS extracts, FINESS+, our JSON Lines, FHIR answers
of 24 editors, and `manifest.json`. Load it with `sas reindex --from DIR`.

Same options, same bytes. Without `--now` the current minute is frozen, so that the slots lie
ahead; give `--now` to get the same set again.

- `sas generate --out demo`: seven contrasting departments, a few seconds.
- `sas generate --out damaged --departments 48 --defects 0.02`: every known trap planted.
- `sas generate --out france --scale national`: 850,000 places of practice, several minutes.
"""


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    app.command("generate", help=HELP)(generate)


def generate(
    *,
    out: Annotated[Path, typer.Option("--out", help="New or empty directory to write to.")],
    scale: Annotated[
        ScaleName, typer.Option("--scale", help="How large a set.")
    ] = ScaleName.DEPARTMENT,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other people.")] = 1,
    now: Annotated[
        str | None,
        typer.Option("--now", help="Frozen instant with its offset, 2026-11-23T08:00:00Z."),
    ] = None,
    departments: Annotated[
        str | None,
        typer.Option("--departments", help="Codes, with commas: 75,48,974. Else the scale's."),
    ] = None,
    defects: Annotated[
        float,
        typer.Option("--defects", min=0.0, max=0.5, help="Share of rows to damage, such as 0.02."),
    ] = 0.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: the manifest without its file list.")
    ] = False,
) -> None:
    """Write a set and say what it holds."""
    options = Options(scale, seed, parse_now(now), parse_department_codes(departments), defects)
    try:
        manifest = _with_progress(options, out)
    except (DepartmentNotInGazetteerError, NotEmptyError, OSError) as error:
        exit_with_error(describe_error(error), REFUSED)
    if as_json:
        print_json(_summarise_manifest(manifest))
    else:
        _show(manifest, out)


def parse_department_codes(text: str | None) -> tuple[str, ...]:
    """The department codes of ``75, 2a,974``."""
    return tuple(code.strip().upper() for code in (text or "").split(",") if code.strip())


def _with_progress(options: Options, out: Path) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = message_console()
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("Departments", total=None)

        def advance(code: str, done: int, total: int) -> None:
            bar.update(task, description=f"Department {code}", completed=done, total=total)

        return write_set(options, out, advance)


def _summarise_manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    left_out = ("files", "planted", "examples")
    brief = {key: value for key, value in manifest.items() if key not in left_out}
    return brief | {"planted": len(manifest["planted"]), "files": len(manifest["files"])}


def _show(manifest: dict[str, Any], out: Path) -> None:
    console = result_console()
    table = Table(title=f"{manifest['scale']}, seed {manifest['seed']}, {manifest['now']}")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for group in ("offers", "slots", "people"):
        for name, count in manifest[group].items():
            table.add_row(f"{group}: {name}", f"{count:,}")
    if manifest["planted"]:
        table.add_row("planted defects", f"{len(manifest['planted']):,}")
    console.print(table)
    console.print(f"Next: sas reindex --from {escape(str(out))}", soft_wrap=True)
