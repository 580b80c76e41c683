"""``/v1/openapi.json``, ``/docs`` and ``/redoc``: the contract, for identified callers."""

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import Response

from api.responses import OrjsonResponse

router = APIRouter(include_in_schema=False)

OPENAPI_PATH = "/v1/openapi.json"


@router.get(OPENAPI_PATH)
async def get_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return OrjsonResponse(request.app.openapi())


@router.get("/docs")
async def get_docs(request: Request) -> Response:
    """The document in Swagger UI."""
    return get_swagger_ui_html(openapi_url=OPENAPI_PATH, title=f"{request.app.title} - Swagger UI")


@router.get("/redoc")
async def get_redoc(request: Request) -> Response:
    """The document in ReDoc."""
    return get_redoc_html(openapi_url=OPENAPI_PATH, title=f"{request.app.title} - ReDoc")
