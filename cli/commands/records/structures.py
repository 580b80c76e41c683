"""The commands ``structures``: what a health centre or an SOS association declares for the SAS."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.commands.records.faults import refuse_faults
from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line
from cli.records import open_records
from mappings.formats import StructureSettings
from records.access import OPERATOR
from records.database import Database
from records.errors import RecordMissing
from records.kinds import StoredRecord
from records.structure_settings import (
    change_structure_settings,
    name_structure,
    parse_structure_settings,
    read_structure_settings,
)

structures_app = typer.Typer(
    help="Réglages d'un centre de santé ou d'une association SOS Médecins.", no_args_is_help=True
)

Structure = Annotated[
    str, typer.Argument(metavar="FINESS|SIRET", help="9 caractères d'un FINESS, 14 d'un SIRET.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(structures_app, name="structures")


@structures_app.command("show")
def show(structure: Structure, as_json: AsJson = False) -> None:
    """Montre les réglages d'une structure et leur version."""
    with open_error_report(as_json), open_records() as database:
        print_structure(read_structure_settings(database, OPERATOR, structure), as_json)


@structures_app.command("change")
def change(
    *,
    structure: Structure,
    participation: Annotated[
        bool | None, typer.Option("--participation/--no-participation", help="Participe au SAS.")
    ] = None,
    hours_available: Annotated[
        bool | None, typer.Option("--hours/--no-hours", help="Au moins 2 h par semaine.")
    ] = None,
    practitioner_count: Annotated[
        int | None, typer.Option("--practitioners", min=0, help="Praticiens qui participent.")
    ] = None,
    emergency: Annotated[
        bool | None, typer.Option("--emergency/--no-emergency", help="Service d'urgence.")
    ] = None,
    maternity_level: Annotated[str | None, typer.Option(help="1, 2A, 2B ou 3.")] = None,
    info: Annotated[str | None, typer.Option(help="Information pour la régulation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change les réglages donnés, garde les autres ; les recherches suivent en deux secondes.

    Exemple : `sas structures change 480000025 --participation --hours --practitioners 4`
    """
    given: dict[str, Any] = {
        "participation": participation,
        "hours_available": hours_available,
        "practitioner_count": practitioner_count,
        "emergency": emergency,
        "maternity_level": maternity_level,
        "additional_info": info,
    }
    with open_error_report(as_json), open_records() as database, refuse_faults(as_json):
        print_structure(change_given(database, structure, given), as_json)


def change_given(
    database: Database, structure: str, given: dict[str, Any]
) -> StoredRecord[StructureSettings]:
    """The settings with what was given in place of what was kept."""
    before = find_structure(database, structure)
    kept = before.value.model_dump(exclude={"updated"}) if before else name_structure(structure)
    told = {name: value for name, value in given.items() if value is not None}
    values: dict[str, Any] = {"participation": False, **kept, **told}
    return change_structure_settings(
        database,
        OPERATOR,
        parse_structure_settings(values, participation=values["participation"]),
        version=before.version if before else None,
        now=datetime.now(UTC),
    )


def find_structure(database: Database, structure: str) -> StoredRecord[StructureSettings] | None:
    """The settings of a structure, None before the first ones."""
    try:
        return read_structure_settings(database, OPERATOR, structure)
    except RecordMissing:
        return None


def print_structure(stored: StoredRecord[StructureSettings], as_json: bool) -> None:
    """Print settings, for people or programs."""
    values = stored.value.model_dump(mode="json", exclude={"updated"}, exclude_none=True)
    if as_json:
        print_json({**values, "version": stored.version, "updated_by": stored.updated_by})
        return
    yes = {True: "oui", False: "non"}
    key = stored.value.finess or stored.value.siret
    print_line(f"Structure {key} · version {stored.version} · par {stored.updated_by}")
    print_line(f"  Participe au SAS : {yes[stored.value.participation]}")
    print_line(f"  Deux heures par semaine : {yes[stored.value.hours_available]}")
    print_line(f"  Praticiens : {stored.value.practitioner_count}")
    print_line(f"  Service d'urgence : {yes[stored.value.emergency]}")
    for name, label in (("maternity_level", "Maternité"), ("additional_info", "Information")):
        if values.get(name):
            print_line(f"  {label} : {values[name]}")
