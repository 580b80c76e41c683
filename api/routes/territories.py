"""``/v1/territories``: the SAS territories, Corsica and overseas included (F124, W49)."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header
from starlette.responses import Response

from api.responses import OrjsonResponse
from api.schemas.caller import Territories
from geography.departments import Department, load_corrected_departments

router = APIRouter(prefix="/v1", tags=["territories"])

CACHE_CONTROL = "private, max-age=86400"
"""A day in the cache of the caller alone, since callers are identified; the list changes with a
version of the program."""

NOT_MODIFIED = 304
_HEADER = {"schema": {"type": "string"}, "required": True}
HEADERS: dict[str, Any] = {
    "ETag": {"description": "Version of the list, for `If-None-Match`.", **_HEADER},
    "Cache-Control": {"description": "How long it may be kept.", **_HEADER},
}

IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="`ETag` of an earlier answer.")
]


@dataclass(frozen=True, slots=True)
class TerritoryList:
    """The list as it is sent, and its version."""

    body: dict[str, Any]
    etag: str


@router.get(
    "/territories",
    summary="Les territoires du SAS",
    response_model=Territories,
    responses={
        200: {"headers": HEADERS},
        NOT_MODIFIED: {"description": "The list at hand is the current one.", "headers": HEADERS},
    },
)
async def get_territories(if_none_match: IfNoneMatch = None) -> Response:
    """Identifier, name, department and time zone, by code of department."""
    current = territory_list()
    headers = {"ETag": current.etag, "Cache-Control": CACHE_CONTROL}
    if if_none_match is not None and is_current_etag(if_none_match, current.etag):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return OrjsonResponse(current.body, headers=headers)


@cache
def territory_list() -> TerritoryList:
    """Every territory of the packaged tables; a file of radii changes nothing in it."""
    found = sorted(load_corrected_departments().values(), key=lambda department: department.code)
    body = {"territories": [_territory(department) for department in found]}
    return TerritoryList(body, f'"{hashlib.sha256(orjson.dumps(body)).hexdigest()[:16]}"')


def is_current_etag(if_none_match: str, etag: str) -> bool:
    """Whether an ``If-None-Match`` names the version (RFC 9110, 13.1.2: weakly compared)."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag in tags


def _territory(department: Department) -> dict[str, str]:
    return {
        "id": department.territory,
        "name": department.name,
        "department": department.code,
        "timezone": department.zone,
    }
