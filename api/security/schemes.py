"""The ways to be identified, told in the OpenAPI document."""

from typing import Any

from fastapi import FastAPI

from api.security.gate import KEY_HEADER, OPEN_PATHS

SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Jeton du fournisseur d'identité (Pro Santé Connect).",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": KEY_HEADER,
        "description": "Clé d'un programme, donnée par `sas api-key new`.",
    },
}


def add_schemes(app: FastAPI) -> None:
    """Name the schemes on every route that asks who calls; either one opens it."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        document.setdefault("components", {})["securitySchemes"] = SCHEMES
        for path, methods in document["paths"].items():
            for operation in methods.values():
                operation["security"] = [] if path in OPEN_PATHS else [{"token": []}, {"key": []}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]
