"""``/v1/openapi.json`` and ``/docs``: the contract, for identified callers.

The page is our own: it loads nothing, from this service or from elsewhere.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.responses import OrjsonResponse

router = APIRouter(include_in_schema=False)

OPENAPI_PATH = "/v1/openapi.json"

CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A browser loads nothing for this page, whatever it should ever hold."""

PAGE = """<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<title>{title}</title>
<h1>{title}</h1>
<p>Le contrat complet : <a href="{contract}">{contract}</a> (OpenAPI {version}).</p>
<table>
<tr><th>Méthode</th><th>Adresse</th><th>Objet</th></tr>
{rows}
</table>
</html>
"""


@router.get(OPENAPI_PATH)
async def get_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return OrjsonResponse(request.app.openapi())


@router.get("/docs")
async def get_docs(request: Request) -> Response:
    """The routes in one table, with the address of the OpenAPI document."""
    page = render_routes(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": CONTENT_POLICY})


def render_routes(document: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    return PAGE.format(
        title=escape(document["info"]["title"]),
        contract=OPENAPI_PATH,
        version=escape(document["openapi"]),
        rows="\n".join(_render_rows(document["paths"])),
    )


def _render_rows(paths: dict[str, Any]) -> Iterator[str]:
    for path, operations in paths.items():
        for method, operation in operations.items():
            cells = (method.upper(), path, operation.get("summary", ""))
            yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
