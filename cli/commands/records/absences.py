"""The commands ``absences``: when a professional or a structure is away."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.commands.records.faults import refuse_faults
from cli.error_report import open_error_report
from cli.options import AsJson, CancelOrientations
from cli.output import print_json, print_line
from cli.records import open_records
from mappings.formats import Absence
from records.absences import change_absence, name_absent, read_absence
from records.access import OPERATOR
from records.database import Database
from records.errors import RecordMissing
from records.kinds import StoredRecord

absences_app = typer.Typer(
    help="Absences d'un professionnel ou d'une structure.", no_args_is_help=True
)

Who = Annotated[str, typer.Argument(metavar="RPPS|FINESS", help="11 chiffres, ou 9 caractères.")]
Place = Annotated[
    str | None, typer.Option(metavar="IDNST", help="Pour ce lieu d'exercice seulement.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(absences_app, name="absences")


@absences_app.command("show")
def show(who: Who, place: Place = None, as_json: AsJson = False) -> None:
    """Montre les absences et leur version."""
    with open_error_report(as_json), open_records() as database:
        print_absence(read_absence(database, OPERATOR, who, place), as_json)


@absences_app.command("set")
def set_absences(
    *,
    who: Who,
    place: Place = None,
    always: Annotated[bool, typer.Option("--always", help="Jusqu'à nouvel ordre.")] = False,
    days: Annotated[
        list[str] | None,
        typer.Option(metavar="JOUR[..JOUR]", help="2026-12-24..2027-01-02 ; au plus trois."),
    ] = None,
    cancel_orientations: CancelOrientations = False,
    as_json: AsJson = False,
) -> None:
    """Remplace les absences ; sans `--days` ni `--always`, il n'y en a plus.

    Les jours sont entiers, premier et dernier compris, à l'heure du lieu.

    Exemple : `sas absences set 10100000016 --days 2026-12-24..2027-01-02`
    """
    absence = {
        **name_absent(who),
        "idnst": place,
        "always": always,
        "ranges": [parse_days(text) for text in days or ()],
    }
    with open_error_report(as_json), open_records() as database, refuse_faults(as_json):
        before = find_absence(database, who, place)
        stored = change_absence(
            database,
            OPERATOR,
            Absence.model_validate(absence),
            version=before.version if before else None,
            now=datetime.now(UTC),
            cancels=cancel_orientations,
        )
        print_absence(stored, as_json)


def parse_days(text: str) -> dict[str, Any]:
    """``2026-12-24..2027-01-02``, or one day."""
    start, _, end = text.partition("..")
    return {"start": start, "end": end or start}


def find_absence(database: Database, who: str, place: str | None) -> StoredRecord[Absence] | None:
    """The absences as they are kept, None before the first ones."""
    try:
        return read_absence(database, OPERATOR, who, place)
    except RecordMissing:
        return None


def print_absence(stored: StoredRecord[Absence], as_json: bool) -> None:
    """Print absences, for people or programs."""
    absence = stored.value
    if as_json:
        values = absence.model_dump(mode="json", exclude_none=True)
        print_json({**values, "version": stored.version, "updated_by": stored.updated_by})
        return
    where = f" · lieu {absence.idnst}" if absence.idnst else ""
    print_line(f"{absence.who}{where} · version {stored.version} · par {stored.updated_by}")
    for days in absence.ranges:
        print_line(f"  du {days.start:%d/%m/%Y} au {days.end:%d/%m/%Y}")
    if absence.always:
        print_line("  jusqu'à nouvel ordre")
    if not absence.ranges and not absence.always:
        print_line("  aucune absence")
