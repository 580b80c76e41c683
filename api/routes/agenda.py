"""``/v1/professionals/{rpps}/agenda``: hours that a professional opens to the SAS (F105 to F109).

A slot is opened under a key of its own; a change or a removal names the version it replaces, and
may mean one occurrence, that one and the following, or all.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.preconditions import (
    CancelOrientations,
    IdempotencyKey,
    ReplacedVersion,
    build_entity_tag,
)
from api.query_names import refuse_repeated
from api.records import get_records
from api.responses import OrjsonResponse
from api.routes.declarations import Rpps
from api.schemas.agenda import AgendaSlotBody, AgendaSlotChange, KeptAgenda
from api.schemas.cards import responses
from api.security.dependencies import AdmittedCaller, Caller
from api.state import get_engine
from api.strict_json import JsonBody
from mappings.agenda.formats import AgendaFormat, AgendaSlotFormat
from mappings.bounds import ROWS_OF_A_PERSON
from mappings.formats import Day
from records.absences import list_absences
from records.access import Actor
from records.agenda.agendas import read_agenda, read_agenda_seats
from records.agenda.changes import change_agenda, open_agenda_slot
from records.agenda.document import describe_agenda
from records.agenda.edits import Edit, Scope, add_slot, build_scope, change_slot, remove_slot
from records.agenda.occurrences import list_day_occurrences
from records.database import Database
from records.idempotency import build_creation
from records.kinds import StoredRecord
from search_engine.lookup.offer import fetch_offers
from slots.loading.importing import owners_query
from slots.loading.practice_places import (
    AgendaPlace,
    build_places,
    choose_place,
    list_zones_by_idnst,
)

router = APIRouter(prefix="/v1/professionals/{rpps}", tags=["agenda"])

CREATED = 201
SHOWN_DAYS, MOST_DAYS = 14, 366
"""Days whose occurrences are shown, and the most that may be asked."""
WIDEST_OFFSET = timedelta(hours=14)
"""A day begins so much earlier somewhere."""

SlotId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="Id of a slot.")]
First = Annotated[Day | None, Query(alias="from", description="First day shown; else today.")]
Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="Days shown.")]
On = Annotated[Day | None, Query(description="The occurrence of this day alone.")]
Since = Annotated[Day | None, Query(description="The occurrence of this day and the following.")]
CHANGED = responses(400, 403, 404, 409, 412, 422, 428, 503)


@router.get(
    "/agenda",
    summary="L'agenda du SAS d'un professionnel",
    response_model=KeptAgenda,
    responses=responses(403, 404, 422, 503),
)
async def get_agenda(
    request: Request,
    rpps: Rpps,
    caller: AdmittedCaller,
    first: First = None,
    days: Days = SHOWN_DAYS,
) -> Response:
    """The slots, and the occurrences of some days by the clock of each place."""
    refuse_repeated(request)
    begin = first or get_engine(request).clock().date()

    def read(database: Database, actor: Actor) -> dict[str, Any]:
        return show_agenda(database, read_agenda(database, actor, rpps), begin, days)

    return _answer(await get_records(request).run_as(caller, read))


@router.post(
    "/agenda/slots",
    summary="Ouvrir un créneau ou une plage",
    status_code=CREATED,
    response_model=KeptAgenda,
    responses=responses(400, 403, 409, 412, 422, 503),
)
async def post_slot(
    request: Request,
    rpps: Rpps,
    caller: AdmittedCaller,
    said: Annotated[AgendaSlotBody, Depends(JsonBody(AgendaSlotBody))],
    key: IdempotencyKey,
) -> Response:
    """The same key and slot answer the agenda as it is now; `Location` names the slot."""
    now, places = get_engine(request).clock(), await fetch_places(request, rpps)
    values = said.model_dump(exclude={"idnst"})

    def edit(agenda: AgendaFormat, moment: datetime) -> AgendaFormat:
        at = choose_place(places, said.idnst)
        return add_slot(AgendaSlotFormat.model_validate({**at, **values}))(agenda, moment)

    def create(database: Database, actor: Actor) -> tuple[str, dict[str, Any]]:
        asked = (f"slot of {rpps}", said.model_dump(mode="json"))
        creation = build_creation(actor, key, asked, now)
        zones = list_zones_by_idnst(places)
        made, stored = open_agenda_slot(database, creation, rpps, edit, zones)
        return made, show_agenda(database, stored, now.date())

    made, shown = await get_records(request).run_as(caller, create)
    location = f"/v1/professionals/{rpps}/agenda/slots/{made}"
    return _answer(shown, CREATED, {"Location": location})


@router.patch(
    "/agenda/slots/{slot}",
    summary="Changer un créneau",
    response_model=KeptAgenda,
    responses=CHANGED,
)
async def patch_slot(
    request: Request,
    rpps: Rpps,
    slot: SlotId,
    *,
    caller: AdmittedCaller,
    version: ReplacedVersion,
    said: Annotated[AgendaSlotChange, Depends(JsonBody(AgendaSlotChange))],
    on: On = None,
    since: Since = None,
    cancel_orientations: CancelOrientations = False,
) -> Response:
    """All its occurrences, that of `on` alone, or that of `since` and the following."""
    changes = said.model_dump(exclude_unset=True)
    places = await fetch_places(request, rpps)
    return await _change(
        request,
        caller,
        partial(
            change_agenda,
            rpps=rpps,
            edit=defer_scope(on, since, lambda scope: change_slot(slot, changes, scope)),
            places=list_zones_by_idnst(places),
            version=version,
            cancels=cancel_orientations,
        ),
    )


@router.delete(
    "/agenda/slots/{slot}",
    summary="Retirer un créneau",
    response_model=KeptAgenda,
    responses=CHANGED,
)
async def delete_slot(
    request: Request,
    rpps: Rpps,
    slot: SlotId,
    *,
    caller: AdmittedCaller,
    version: ReplacedVersion,
    on: On = None,
    since: Since = None,
    cancel_orientations: CancelOrientations = False,
) -> Response:
    """Closing hours needs no place: the index is not asked."""
    return await _change(
        request,
        caller,
        partial(
            change_agenda,
            rpps=rpps,
            edit=defer_scope(on, since, lambda scope: remove_slot(slot, scope)),
            places={},
            version=version,
            cancels=cancel_orientations,
        ),
    )


def defer_scope(on: date | None, since: date | None, build: Callable[[Scope], Edit]) -> Edit:
    """An edit whose occurrences are judged once the caller may change the agenda."""

    def edit(agenda: AgendaFormat, now: datetime) -> AgendaFormat:
        return build(build_scope(on, since))(agenda, now)

    return edit


async def fetch_places(request: Request, rpps: str) -> tuple[AgendaPlace, ...]:
    """The places of a professional in the live index; raises ``ElasticError``."""
    engine = get_engine(request)
    query = owners_query([rpps])
    return build_places(await fetch_offers(engine.client, engine.alias, query, ROWS_OF_A_PERSON))


def show_agenda(
    database: Database, stored: StoredRecord[AgendaFormat], first: date, days: int = SHOWN_DAYS
) -> dict[str, Any]:
    """An agenda, with the occurrences of some days and the seats left of each."""
    begin = datetime.combine(first, time.min, UTC) - WIDEST_OFFSET
    taken = read_agenda_seats(database, stored.value.rpps, begin)
    last = first + timedelta(days=days - 1)
    coming = list_day_occurrences(stored.value.slots, first, last, taken)
    return describe_agenda(stored, coming, list_absences(database, stored.value.rpps))


async def _change(
    request: Request, caller: Caller, change: Callable[..., StoredRecord[AgendaFormat]]
) -> Response:
    refuse_repeated(request)
    now = get_engine(request).clock()

    def save(database: Database, actor: Actor) -> dict[str, Any]:
        return show_agenda(database, change(database, actor, now=now), now.date())

    return _answer(await get_records(request).run_as(caller, save))


def _answer(
    shown: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    tag = {"ETag": build_entity_tag(shown["version"])}
    return OrjsonResponse(shown, status, {**tag, **(headers or {})})
