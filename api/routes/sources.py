"""``/v1/sources``: how fresh and whole each source is, for those who run the service."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.background.freshness import FreshnessMonitor
from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.sources import Sources
from api.security.dependencies import require_operator

router = APIRouter(prefix="/v1", tags=["health"])


@router.get(
    "/sources",
    summary="État et fraîcheur des sources",
    response_model=Sources,
    responses=responses(503),
    dependencies=[Depends(require_operator)],
)
async def get_sources(request: Request) -> Response:
    """Read at once, not from memory; for administrators and the data team."""
    freshness: FreshnessMonitor = request.app.state.freshness
    return OrjsonResponse((await freshness.renew()).as_json())
