"""``/v1/orientations``: a regulator sends a patient to an offer, without a word about the patient.

The recipient and his territory come from the offer, the regulator and his from the session; who
may read or change one is decided by the records, object by object.
"""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.preconditions import IdempotencyKey, ReplacedVersion, build_entity_tag
from api.query_names import refuse_repeated
from api.records import get_records
from api.responses import OrjsonResponse, drop_unknown
from api.schemas.cards import responses
from api.schemas.identifiers import UUID
from api.schemas.instants import InstantText
from api.schemas.orientations import (
    KeptOrientation,
    OrientationBody,
    OrientationList,
    OrientationStateBody,
)
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from api.strict_json import JsonBody
from mappings.records import Offer
from records.access import Actor
from records.database import Database
from records.orientations.ask import AskedBy, FetchOffer, ask_orientation
from records.orientations.document import describe_orientation
from records.orientations.kinds import OrientationState
from records.orientations.life import (
    OrientationFilter,
    change_state,
    list_orientations,
    read_orientation,
)
from records.orientations.values import Orientation, OrientationRequest
from search_engine.lookup.offer import fetch_offer

router = APIRouter(prefix="/v1", tags=["orientations"])

CREATED = 201
PAGE, LARGEST_PAGE = 50, 200
"""Orientations of a page, and the most that may be asked."""

OrientationId = Annotated[str, Path(pattern=UUID, description="UUID of an orientation.")]
Territory = Annotated[
    str | None,
    Query(pattern=r"^SAS-[0-9A-Z]{2,3}$", description="SAS territory of the recipient."),
]
Since = Annotated[InstantText | None, Query(description="Asked at or after this instant.")]
After = Annotated[
    str | None, Query(pattern=UUID, description="`next` of the page before: what follows it.")
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Orientations of the page.")]


@router.post(
    "/orientations",
    summary="Orienter un patient vers une offre",
    status_code=CREATED,
    response_model=KeptOrientation,
    responses=responses(400, 403, 409, 422, 503),
)
async def post_orientation(
    request: Request,
    caller: AdmittedCaller,
    said: Annotated[OrientationBody, Depends(JsonBody(OrientationBody))],
    key: IdempotencyKey,
) -> Response:
    """The same key and request answer the same orientation, as it is now."""
    now, fetch = get_engine(request).clock(), bridge_offers(request)
    asked = OrientationRequest(said.kind, said.offer, said.start, said.slot)

    def ask(database: Database, actor: Actor) -> Orientation:
        return ask_orientation(database, AskedBy(actor, key, now), asked, fetch)

    return _answer(await get_records(request).run_as(caller, ask), created=True)


@router.get(
    "/orientations",
    summary="Les orientations que je peux lire",
    response_model=OrientationList,
    responses=responses(422, 503),
)
async def get_orientations(
    request: Request,
    caller: AdmittedCaller,
    *,
    state: OrientationState | None = None,
    territory: Territory = None,
    since: Since = None,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """The latest first. What follows a page stays the same while new ones come."""
    refuse_repeated(request)
    chosen = OrientationFilter(state, territory, since=since, after=after)
    found = await get_records(request).run_as(
        caller, partial(list_orientations, chosen=chosen, limit=limit + 1)
    )
    page = found[:limit]
    shown = [drop_unknown(describe_orientation(one)) for one in page]
    more = {"next": page[-1].id} if len(found) > limit else {}
    return OrjsonResponse({"orientations": shown, **more})


@router.get(
    "/orientations/{orientation}",
    summary="Une orientation et sa vie",
    response_model=KeptOrientation,
    responses=responses(403, 404, 422, 503),
)
async def get_orientation(
    request: Request, orientation: OrientationId, caller: AdmittedCaller
) -> Response:
    """His own for a regulator, those he receives for a professional."""
    read = partial(read_orientation, orientation_id=orientation)
    return _answer(await get_records(request).run_as(caller, read))


@router.patch(
    "/orientations/{orientation}",
    summary="Dire ce qu'une orientation est devenue",
    response_model=KeptOrientation,
    responses=responses(400, 403, 404, 409, 412, 422, 428, 503),
)
async def patch_orientation(
    request: Request,
    orientation: OrientationId,
    caller: AdmittedCaller,
    version: ReplacedVersion,
    said: Annotated[OrientationStateBody, Depends(JsonBody(OrientationStateBody))],
) -> Response:
    """The regulator books and cancels; who receives gives the outcome too."""
    change = partial(
        change_state,
        orientation_id=orientation,
        state=OrientationState(said.state),
        now=get_engine(request).clock(),
        version=version,
    )
    return _answer(await get_records(request).run_as(caller, change))


def bridge_offers(request: Request) -> FetchOffer:
    """How the thread of a use case reads an offer: by the event loop, which holds the client."""
    loop, engine = asyncio.get_running_loop(), get_engine(request)

    def fetch(offer_id: str) -> Offer | None:
        found = fetch_offer(engine.client, engine.alias, offer_id)
        return asyncio.run_coroutine_threadsafe(found, loop).result()

    return fetch


def _answer(one: Orientation, *, created: bool = False) -> Response:
    headers = {"ETag": build_entity_tag(one.version)}
    if created:
        headers["Location"] = f"/v1/orientations/{one.id}"
    return OrjsonResponse(
        drop_unknown(describe_orientation(one)), CREATED if created else 200, headers
    )
