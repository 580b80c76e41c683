"""Security schemes of the OpenAPI document."""

from typing import Any

KEY_HEADER = "X-API-Key"

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

REQUIRED: list[dict[str, list[str]]] = [{"token": []}, {"key": []}]
"""Either one opens a protected route."""
