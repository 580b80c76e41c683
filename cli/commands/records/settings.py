"""The commands ``settings``: what a professional of health declares for the SAS."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.commands.records.faults import refuse_faults
from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line
from cli.records import open_records
from records.access import OPERATOR
from records.database import Database
from records.errors import RecordMissing
from records.professional_settings import (
    StoredSettings,
    change_professional_settings,
    read_professional_settings,
)
from records.settings_rules import SoftwareAnswers, parse_settings

settings_app = typer.Typer(help="Réglages d'un professionnel pour le SAS.", no_args_is_help=True)

Rpps = Annotated[str, typer.Argument(metavar="RPPS", help="11 chiffres, sans préfixe.")]
YES = {True: "oui", False: "non", None: "non renseigné"}
VIA = {1: "à titre individuel", 2: "par une CPTS", 3: "par une MSP", 4: "par SOS Médecins"}


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(settings_app, name="settings")


@settings_app.command("show")
def show(rpps: Rpps, as_json: AsJson = False) -> None:
    """Montre les réglages d'un professionnel et leur version."""
    with open_error_report(as_json), open_records() as database:
        print_settings(read_professional_settings(database, OPERATOR, rpps), as_json)


@settings_app.command("change")
def change(
    *,
    rpps: Rpps,
    participation: Annotated[
        bool | None, typer.Option("--participation/--no-participation", help="Participe au SAS.")
    ] = None,
    via: Annotated[
        int | None, typer.Option(min=1, max=4, help="1 individuel, 2 CPTS, 3 MSP, 4 SOS.")
    ] = None,
    finess: Annotated[str | None, typer.Option(help="FINESS de la CPTS ou de la MSP.")] = None,
    siret: Annotated[str | None, typer.Option(help="SIRET de l'association SOS.")] = None,
    location: Annotated[
        list[str] | None, typer.Option(help="IDNST d'un lieu rattaché à la CPTS ; répétable.")
    ] = None,
    has_software: Annotated[
        bool | None, typer.Option("--software/--no-software", help="Logiciel relié.")
    ] = None,
    hours_available: Annotated[
        bool | None, typer.Option("--hours/--no-hours", help="Au moins 2 h par semaine.")
    ] = None,
    editor_disabled: Annotated[
        bool | None, typer.Option("--hide-editor/--show-editor", help="Créneaux d'éditeur cachés.")
    ] = None,
    reorientation: Annotated[
        bool | None, typer.Option("--reorientation/--no-reorientation", help="Réorientation.")
    ] = None,
    info: Annotated[str | None, typer.Option(help="Information pour la régulation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change les réglages donnés, garde les autres ; les recherches suivent en deux secondes.

    Exemple : `sas settings change 10000000016 --participation --via 1 --software`
    """
    given: dict[str, Any] = {
        "participation": participation,
        "via": via,
        "finess": finess,
        "siret": siret,
        "locations": location,
        "editor_disabled": editor_disabled,
        "reorientation": reorientation,
        "additional_info": info,
    }
    answers = {"has_software": has_software, "hours_available": hours_available}
    with open_error_report(as_json), open_records() as database:
        with refuse_faults(as_json):
            stored = change_given(database, rpps, given, answers)
        print_settings(stored, as_json)


def change_given(
    database: Database, rpps: str, given: dict[str, Any], answers: dict[str, bool | None]
) -> StoredSettings:
    """The settings with what was given in place of what was kept."""
    before = find_settings(database, rpps)
    kept = before.settings.model_dump(exclude={"updated"}) if before else {}
    told = {name: value for name, value in given.items() if value is not None}
    values = {"participation": False, **kept, **told, "rpps": rpps}
    replies = before.answers if before else SoftwareAnswers()
    return change_professional_settings(
        database,
        OPERATOR,
        parse_settings(values, participation=values["participation"]),
        SoftwareAnswers(
            *(
                choose_answer(answers[name], getattr(replies, name))
                for name in SoftwareAnswers.__slots__
            )
        ),
        version=before.record.version if before else None,
        now=datetime.now(UTC),
    )


def choose_answer(value: bool | None, kept: bool | None) -> bool | None:
    """The value that was given, else the one that was kept."""
    return kept if value is None else value


def find_settings(database: Database, rpps: str) -> StoredSettings | None:
    """The settings of a professional, None before the first ones."""
    try:
        return read_professional_settings(database, OPERATOR, rpps)
    except RecordMissing:
        return None


def print_settings(stored: StoredSettings, as_json: bool) -> None:
    """Print settings, for people or programs."""
    record = stored.record
    values = record.value.model_dump(mode="json", exclude={"updated"})
    values |= {name: getattr(stored.answers, name) for name in SoftwareAnswers.__slots__}
    if as_json:
        print_json({**values, "version": record.version, "updated_by": record.updated_by})
        return
    way = f", {VIA[values['via']]}" if values["via"] else ""
    print_line(f"RPPS {values['rpps']} · version {record.version} · par {record.updated_by}")
    print_line(f"  Participe au SAS : {YES[values['participation']]}{way}")
    print_line(f"  Logiciel relié : {YES[values['has_software']]}")
    print_line(f"  Deux heures par semaine : {YES[values['hours_available']]}")
    print_line(f"  Créneaux d'éditeur cachés : {YES[values['editor_disabled']]}")
    print_line(f"  Réorientation : {YES[values['reorientation']]}")
    for name, label in (
        ("finess", "FINESS"),
        ("siret", "SIRET"),
        ("additional_info", "Information"),
    ):
        if values[name]:
            print_line(f"  {label} : {values[name]}")
    if values["locations"]:
        print_line(f"  Lieux de la CPTS : {', '.join(values['locations'])}")
