"""``/v1/indicators``: figures of the service, computed from events without persons and records."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api.query_names import refuse_repeated
from api.records import get_records
from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.indicators import Indicators
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from mappings.formats import Day
from records.indicators.definitions import compute_indicators
from records.indicators.files import describe_indicators, write_csv
from records.indicators.periods import find_day

router = APIRouter(prefix="/v1", tags=["health"])

CSV = "text/csv"


class IndicatorFormat(StrEnum):
    """How the figures are written."""

    JSON = "json"
    CSV = "csv"


class IndicatorQuery(BaseModel):
    """The day and the format; other names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    day: Day | None = None
    """Day on which the figures are read, for the weeks and months before it; default: today."""
    format: IndicatorFormat = IndicatorFormat.JSON
    """`csv`: one line a value, for a spreadsheet."""


@router.get(
    "/indicators",
    summary="Les indicateurs du service",
    response_model=Indicators,
    responses=responses(403, 422, 503)
    | {200: {"content": {CSV: {"schema": {"type": "string"}}}, "description": "Indicateurs"}},
)
async def get_indicators(
    request: Request, query: Annotated[IndicatorQuery, Query()], caller: AdmittedCaller
) -> Response:
    """For administrators and the data team. No figure is about a person."""
    refuse_repeated(request)
    day = query.day or find_day(get_engine(request).clock())
    found = await get_records(request).run_as(
        caller, lambda database, actor: compute_indicators(database, actor, day)
    )
    if query.format is IndicatorFormat.CSV:
        return Response(write_csv(found), media_type=CSV)
    return OrjsonResponse({"day": day.isoformat(), "indicators": describe_indicators(found)})
