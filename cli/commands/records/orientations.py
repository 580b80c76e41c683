"""The commands ``orientations``: asked by a regulator, listed, brought to their outcome."""

import uuid
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.commands.records.accounts import By, choose_actor
from cli.commands.records.faults import refuse_faults
from cli.commands.records.worker import open_context
from cli.error_report import open_error_report
from cli.options import AsJson, parse_now
from cli.output import print_json, print_line
from cli.records import open_records
from elastic.optimistic import fetch_versioned_offers
from geography.departments import METROPOLE_ZONE
from mappings.agenda.days import find_instant
from mappings.instants import utc_text
from mappings.records import Offer
from records.accounts.store import find_actor
from records.orientations.ask import AskedBy, ask_orientation
from records.orientations.document import describe_orientation
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import (
    WORDS,
    OrientationFilter,
    change_state,
    list_orientations,
    read_orientation,
)
from records.orientations.values import Orientation, OrientationRequest
from worker.context import WorkerContext

orientations_app = typer.Typer(
    help="Orientations données par la régulation ; rien n'y parle d'un patient.",
    no_args_is_help=True,
)

KINDS = {
    OrientationKind.SLOT: "créneau du SAS",
    OrientationKind.BEYOND: "surnuméraire",
    OrientationKind.REORIENTATION: "réorientation",
    OrientationKind.CARE_REQUEST: "demande de prise en charge",
    OrientationKind.BOOKING: "créneau d'un éditeur",
}
Id = Annotated[str, typer.Argument(metavar="ORIENTATION", help="Identifiant, un UUID.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(orientations_app, name="orientations")


@orientations_app.command("give")
def give(
    *,
    offer: Annotated[str, typer.Argument(metavar="OFFRE", help="Identifiant d'une offre.")],
    by: Annotated[str, typer.Option(metavar="COMPTE", help="Compte OSNP ou IOA qui oriente.")],
    kind: Annotated[OrientationKind, typer.Option(help="Ce qui est demandé.")],
    at: Annotated[
        str | None,
        typer.Option(
            metavar="HEURE", help="2026-12-24T14:15, à l'heure du lieu, au quart d'heure."
        ),
    ] = None,
    slot: Annotated[str | None, typer.Option(help="Créneau du SAS ou d'un éditeur.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="UUID", help="Clé d'idempotence ; sans elle, une neuve.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Oriente vers une offre ; la même clé redonne la même orientation.

    Le destinataire, son territoire et le régulateur viennent de l'offre et du compte.

    Exemple : `sas orientations give rpps:10100000016@3480000000001 --kind beyond --at 2026-12-24T14:15 --by 810100000411`
    """  # noqa: E501 (one line to copy)
    chosen_key = key or announce_key()
    with open_error_report(as_json), open_context() as context, refuse_faults(as_json):
        actor = find_actor(context.database, by)
        request = OrientationRequest(kind, offer, parse_hour(context, offer, at), slot)
        asked = ask_orientation(
            context.database,
            AskedBy(actor, chosen_key, datetime.now(UTC)),
            request,
            lambda offer_id: fetch_offer(context, offer_id),
        )
        print_orientation(asked, as_json)


@orientations_app.command("list")
def list_all(
    *,
    state: Annotated[OrientationState | None, typer.Option(help="Dans cet état.")] = None,
    territory: Annotated[
        str | None, typer.Option(metavar="SAS-XX", help="Territoire du destinataire.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Demandées depuis 2026-12-24T08:00:00Z.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Au plus.")] = 50,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Montre les orientations que ce compte peut lire, la plus récente d'abord."""
    with open_error_report(as_json), open_records() as database:
        chosen = OrientationFilter(state, territory, since=parse_now(since) if since else None)
        found = list_orientations(database, choose_actor(database, by), chosen, limit)
    if as_json:
        print_json({"orientations": [*map(describe_orientation, found)]})
        return
    for one in found:
        print_line(summarize(one))
    if not found:
        print_line("Aucune orientation.")


@orientations_app.command("show")
def show(orientation: Id, by: By = None, as_json: AsJson = False) -> None:
    """Montre une orientation et sa vie."""
    with open_error_report(as_json), open_records() as database:
        found = read_orientation(database, choose_actor(database, by), orientation)
        print_orientation(found, as_json)


@orientations_app.command("mark")
def mark(
    orientation: Id,
    state: Annotated[
        OrientationState, typer.Argument(help="booked, honoured, not_honoured ou cancelled.")
    ],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Dit ce qu'une orientation est devenue : réservée, honorée, non honorée, annulée.

    Le régulateur réserve et annule les siennes ; qui reçoit le patient dit aussi l'issue.
    """
    with open_error_report(as_json), open_records() as database:
        actor = choose_actor(database, by)
        changed = change_state(database, actor, orientation, state, datetime.now(UTC))
        print_orientation(changed, as_json)


def announce_key() -> str:
    """A new key, printed before anything is done: a command that was cut off can be repeated."""
    key = str(uuid.uuid4())
    print_line(f"Clé d'idempotence : {key}", err=True)
    return key


def fetch_offer(context: WorkerContext, offer_id: str) -> Offer | None:
    """The offer as the live index has it now; raises ``ElasticError``."""
    found = fetch_versioned_offers(context.client, context.alias, [offer_id])
    return next((one.offer for one in found), None)


def parse_hour(context: WorkerContext, offer_id: str, text: str | None) -> datetime | None:
    """The instant of a local hour of the place; raises ``BadParameter``."""
    if text is None:
        return None
    day, _, clock = text.partition("T")
    offer = fetch_offer(context, offer_id)
    zone = offer["timezone"] if offer else METROPOLE_ZONE
    try:
        return find_instant(date.fromisoformat(day), clock, zone)
    except ValueError:
        raise typer.BadParameter("écrivez le jour et l'heure ainsi : 2026-12-24T14:15") from None


def print_orientation(one: Orientation, as_json: bool) -> None:
    """Print an orientation with its life, for people or programs."""
    if as_json:
        print_json(describe_orientation(one))
        return
    print_line(summarize(one))
    print_line(f"  Offre : {one.request.offer}")
    print_line(f"  Destinataire : {one.recipient.identifier} · {one.recipient.territory or '-'}")
    print_line(f"  Régulateur : {one.regulator} · {one.regulator_territory or '-'}")
    for event in one.life:
        print_line(f"  {utc_text(event.at)} · {WORDS[event.state]} · par {event.by}")


def summarize(one: Orientation) -> str:
    """An orientation on one line, its hour on the clock of the place."""
    hour = ""
    if one.start is not None:
        hour = f" · {one.start.astimezone(ZoneInfo(one.timezone)):%d/%m/%Y %H:%M} ({one.timezone})"
    return f"{one.id} · {KINDS[one.request.kind]} · {describe_state(one)}{hour}"


def describe_state(one: Orientation) -> str:
    """The state; of a cancellation, by whom if it was not the regulator."""
    by = one.life[-1].by
    is_told = one.state is OrientationState.CANCELLED and by != one.regulator
    return f"{WORDS[one.state]} par {by}" if is_told else WORDS[one.state]
