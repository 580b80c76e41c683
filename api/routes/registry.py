"""``/v1/lrm/registry``: dispatch software listed, added, switched off by administrators."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from api.preconditions import ExpectedVersion
from api.records import get_records
from api.responses import OrjsonResponse
from api.routes.declarations import READ, answer_record, describe_change, describe_record
from api.schemas.cards import responses
from api.schemas.registry import DispatchSoftwareBody, DispatchSoftwareList, KeptDispatchSoftware
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from api.strict_json import JsonBody
from mappings.bounds import NAME
from mappings.formats import LrmEntry
from records.registry.store import change_entry, list_registry, read_entry

router = APIRouter(prefix="/v1/lrm", tags=["lrm"])

Origin = Annotated[
    str,
    Path(
        min_length=1,
        max_length=NAME.longest,
        pattern=r"^[A-Za-z0-9._:-]+$",
        description="Assignment authority, `origin` of its links.",
    ),
]


@router.get(
    "/registry",
    summary="Les logiciels de régulation inscrits",
    response_model=DispatchSoftwareList,
    responses=responses(403, 503),
)
async def get_registry(request: Request, caller: AdmittedCaller) -> Response:
    """Every one, those that are switched off too."""
    found = await get_records(request).run_as(caller, list_registry)
    return OrjsonResponse({"software": [describe_record(one) for one in found]})


@router.get(
    "/registry/{origin}",
    summary="Un logiciel de régulation",
    response_model=KeptDispatchSoftware,
    responses=READ,
)
async def get_software(request: Request, origin: Origin, caller: AdmittedCaller) -> Response:
    """With its version as ``ETag``."""
    return answer_record(
        await get_records(request).run_as(caller, partial(read_entry, origin=origin))
    )


@router.put(
    "/registry/{origin}",
    summary="Inscrire, renommer ou désactiver un logiciel de régulation",
    response_model=KeptDispatchSoftware,
    responses=describe_change(KeptDispatchSoftware),
)
async def put_software(
    request: Request,
    origin: Origin,
    caller: AdmittedCaller,
    version: ExpectedVersion,
    said: Annotated[DispatchSoftwareBody, Depends(JsonBody(DispatchSoftwareBody))],
) -> Response:
    """Its links are followed or refused within three seconds, in every process."""
    change = partial(
        change_entry,
        entry=LrmEntry(origin=origin, name=said.name, active=said.active),
        version=version,
        now=get_engine(request).clock(),
    )
    stored = await get_records(request).run_as(caller, change)
    return answer_record(stored, created=version is None)
