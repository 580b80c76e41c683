"""``/metrics``: the figures of this process, for those who run the service."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from api.metrics import Metrics
from api.security.dependencies import require_operator

router = APIRouter(tags=["health"])

MEDIA_TYPE = "text/plain; version=0.0.4"


@router.get(
    "/metrics",
    summary="Mesures pour Prometheus",
    response_class=PlainTextResponse,
    dependencies=[Depends(require_operator)],
)
async def get_metrics(request: Request) -> Response:
    """Requests, refusals and times of stages; for administrators and the data team."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), media_type=MEDIA_TYPE)
