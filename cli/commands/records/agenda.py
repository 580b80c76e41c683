"""The commands ``agenda``: hours that a professional opens to the SAS."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import typer

from cli.commands.records.agenda_text import AgendaMarks, print_agenda
from cli.commands.records.agenda_words import parse_changes, parse_scope
from cli.commands.records.faults import refuse_faults
from cli.error_report import open_error_report
from cli.options import AsJson, CancelOrientations
from cli.records import open_records
from elastic.client import sync_client
from elastic.names import offers_alias
from elastic.settings import read_elastic_settings
from mappings.agenda.formats import AgendaSlotFormat
from records.absences import list_absences
from records.access import OPERATOR
from records.agenda.agendas import read_agenda, read_agenda_seats
from records.agenda.changes import change_agenda, find_agenda_version
from records.agenda.edits import Edit, add_slot, change_slot, remove_slot
from records.database import Database
from slots.loading.practice_places import (
    AgendaPlace,
    choose_place,
    fetch_practice_places,
    list_zones_by_idnst,
)

agenda_app = typer.Typer(
    help="Agenda du SAS d'un professionnel : créneaux et plages, une fois ou chaque semaine.",
    no_args_is_help=True,
)

SHOWN_DAYS = 14
"""Days to come whose occurrences are shown."""

Rpps = Annotated[str, typer.Argument(metavar="RPPS", help="11 chiffres.")]
Slot = Annotated[str, typer.Argument(metavar="CRÉNEAU", help="Son numéro, dans `agenda list`.")]
Place = Annotated[
    str | None,
    typer.Option(metavar="IDNST", help="Lieu d'exercice ; inutile s'il n'y en a qu'un."),
]
Start = Annotated[str, typer.Option("--from", metavar="HH:MM", help="Début, à l'heure du lieu.")]
End = Annotated[str, typer.Option("--to", metavar="HH:MM", help="Fin, le même jour.")]
Weekly = Annotated[
    str | None,
    typer.Option(metavar="JOURS", help="Chaque semaine : lun,jeu ou lun-ven. Sans : une fois."),
]
Until = Annotated[str | None, typer.Option(metavar="JOUR", help="Dernier jour possible, ou aucun.")]
Seats = Annotated[
    int | None,
    typer.Option(metavar="N", help="Plage pour N patients ; 0 : un seul rendez-vous."),
]
Consultation = Annotated[
    str | None, typer.Option(metavar="MODES", help="cabinet, tele, domicile ; par défaut cabinet.")
]
OnDay = Annotated[
    str | None, typer.Option("--on", metavar="JOUR", help="Cette occurrence seulement.")
]
SinceDay = Annotated[
    str | None, typer.Option("--since", metavar="JOUR", help="Cette occurrence et les suivantes.")
]
Version = Annotated[
    int | None,
    typer.Option(help="Version lue ; refusé si quelqu'un a changé l'agenda depuis."),
]
BuildEdit = Callable[[Sequence[AgendaPlace]], Edit]


class Closing(NamedTuple):
    """How a change is shown, and whether it cancels orientations on hours that it closes."""

    as_json: bool
    cancels: bool = False


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(agenda_app, name="agenda")


@agenda_app.command("list")
def list_slots(
    rpps: Rpps,
    days: Annotated[int, typer.Option(min=1, max=366, help="Jours à venir montrés.")] = SHOWN_DAYS,
    as_json: AsJson = False,
) -> None:
    """Montre les créneaux, leur numéro, et les dates à venir.

    Le changement d'heure est pris en compte : 08:00 reste 08:00 à l'heure du lieu.
    """
    with open_error_report(as_json), open_records() as database:
        stored, now = read_agenda(database, OPERATOR, rpps), datetime.now(UTC)
        print_agenda(stored, read_marks(database, rpps, now), now, days, as_json=as_json)


@agenda_app.command("add")
def add(
    *,
    rpps: Rpps,
    day: Annotated[str, typer.Option(metavar="JOUR", help="2026-12-03 : le jour, ou le premier.")],
    start: Start,
    end: End,
    weekly: Weekly = None,
    until: Until = None,
    seats: Seats = None,
    place: Place = None,
    consultation: Consultation = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Ouvre un créneau ou une plage, une fois ou chaque semaine, en un seul enregistrement.

    Exemples :

    `sas agenda add 10100000016 --day 2026-12-03 --from 14:00 --to 14:30`

    `sas agenda add 10100000016 --day 2026-12-01 --weekly lun-ven --from 08:00 --to 12:00 --seats 6`
    """
    said = {
        "day": day,
        "weekdays": weekly,
        "until": until,
        "start": start,
        "end": end,
        "seats": seats,
        "consultation": consultation,
    }

    def build(places: Sequence[AgendaPlace]) -> Edit:
        at = choose_place(places, place)
        return add_slot(AgendaSlotFormat.model_validate({**at, **parse_changes(said)}))

    save_edit(rpps, version, build, Closing(as_json))


@agenda_app.command("change")
def change(
    *,
    rpps: Rpps,
    slot: Slot,
    on_day: OnDay = None,
    since_day: SinceDay = None,
    day: Annotated[str | None, typer.Option(metavar="JOUR", help="Nouveau jour.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="HH:MM", help="Début.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="HH:MM", help="Fin.")] = None,
    weekly: Weekly = None,
    until: Until = None,
    seats: Seats = None,
    consultation: Consultation = None,
    cancel_orientations: CancelOrientations = False,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Change un créneau : toutes ses occurrences, une seule, ou celle-là et les suivantes.

    Exemple : `sas agenda change 10100000016 1f0c2a9b3d4e5f60 --on 2026-12-07 --from 09:00`
    """
    said = {
        "day": day,
        "weekdays": weekly,
        "until": until,
        "start": start,
        "end": end,
        "seats": seats,
        "consultation": consultation,
    }

    def build(places: Sequence[AgendaPlace]) -> Edit:
        return change_slot(slot, parse_changes(said), parse_scope(on_day, since_day))

    save_edit(rpps, version, build, Closing(as_json, cancel_orientations))


@agenda_app.command("remove")
def remove(
    *,
    rpps: Rpps,
    slot: Slot,
    on_day: OnDay = None,
    since_day: SinceDay = None,
    cancel_orientations: CancelOrientations = False,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Retire un créneau : toutes ses occurrences, une seule, ou celle-là et les suivantes.

    Exemple : `sas agenda remove 10100000016 1f0c2a9b3d4e5f60 --since 2026-12-14`
    """

    def build(places: Sequence[AgendaPlace]) -> Edit:
        return remove_slot(slot, parse_scope(on_day, since_day))

    save_edit(rpps, version, build, Closing(as_json, cancel_orientations))


def save_edit(rpps: str, version: int | None, build: BuildEdit, closing: Closing) -> None:
    """Apply an edit to an agenda and show it; without a version, to the agenda as it is now."""
    now, as_json = datetime.now(UTC), closing.as_json
    with open_error_report(as_json), open_records() as database, refuse_faults(as_json):
        places = read_places(rpps)
        if version is None:
            version = find_agenda_version(database, OPERATOR, rpps)
        stored = change_agenda(
            database,
            OPERATOR,
            rpps,
            build(places),
            list_zones_by_idnst(places),
            version=version,
            now=now,
            cancels=closing.cancels,
        )
        print_agenda(stored, read_marks(database, rpps, now), now, SHOWN_DAYS, as_json=as_json)


def read_marks(database: Database, rpps: str, now: datetime) -> AgendaMarks:
    """Seats taken from now on, and absences."""
    return AgendaMarks(read_agenda_seats(database, rpps, now), list_absences(database, rpps))


def read_places(rpps: str) -> tuple[AgendaPlace, ...]:
    """The places of a professional in the live index."""
    alias = offers_alias(read_elastic_settings().index_prefix)
    with sync_client() as client:
        return fetch_practice_places(client, alias, rpps)
