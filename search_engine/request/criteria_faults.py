"""Faults of a request found by its validation, as one problem in French.

Limits are ours and are shown; the value that the caller gave is never repeated.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from search_engine.request.problem_document import Problem

MALFORMED_BODY = Problem(
    400,
    "malformed_body",
    "Corps illisible",
    "Le corps de la demande n'est pas un objet JSON lisible.",
    "Envoyez un objet JSON avec l'en-tête Content-Type: application/json.",
)

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Ce critère est obligatoire.",
        "extra_forbidden": "Ce critère n'existe pas.",
        "repeated": "Ce critère ne se donne qu'une fois.",
        "unknown_code": "Ce code n'est dans aucune nomenclature.",
        "incomplete_point": "La latitude et la longitude vont ensemble.",
        "one_place": "Donnez un seul lieu : un point, un texte, une commune ou un département.",
        "no_place": "Aucun lieu n'est donné, ni reconnu dans la recherche. Ajoutez une commune, un "
        "code postal, une adresse ou un département.",
        "cursor_and_page": "Le curseur dit déjà la page : ne donnez pas « page » avec lui.",
        "page_too_deep": "Au-delà de 10 000 résultats, précisez la recherche.",
        "string_too_short": "Ce texte ne peut pas être vide.",
        "string_too_long": "Ce texte est trop long.",
        "string_pattern_mismatch": "Ce code n'a pas la forme attendue.",
        "string_type": "Un texte est attendu.",
        "enum": "Cette valeur n'est pas permise.",
        "literal_error": "Cette valeur n'est pas permise.",
        "float_parsing": "Un nombre est attendu.",
        "float_type": "Un nombre est attendu.",
        "finite_number": "Un nombre fini est attendu.",
        "int_parsing": "Un nombre entier est attendu.",
        "int_type": "Un nombre entier est attendu.",
        "int_from_float": "Un nombre entier est attendu.",
        "bool_parsing": "Vrai ou faux (true, false) est attendu.",
        "bool_type": "Vrai ou faux (true, false) est attendu.",
        "date_from_datetime_parsing": "Cette date n'existe pas : écrivez AAAA-MM-JJ.",
        "no_such_instant": "Écrivez l'instant avec son décalage : 2026-12-24T14:15:00+01:00.",
        "days_in_disorder": "Le dernier jour est avant le premier.",
        "no_such_hour": "Cette heure n'existe pas : écrivez HH:MM par quart d'heure, de 00:00 à "
        "24:00, ou 23:59.",
        "hours_in_disorder": "La fin doit suivre le début, le même jour.",
        "list_type": "Une liste est attendue.",
        "too_long": "Il y en a trop : {max_length} au plus.",
        "greater_than": "La valeur doit dépasser {gt}.",
        "greater_than_equal": "La valeur minimale est {ge}.",
        "less_than": "La valeur doit rester sous {lt}.",
        "less_than_equal": "La valeur maximale est {le}.",
    }
)
"""The sentence of each kind of validation error."""

OTHER_MESSAGE = "Cette valeur n'est pas acceptée."
PLACE_FIELDS = {
    "incomplete_point": "lat",
    "one_place": "where",
    "no_place": "where",
    "cursor_and_page": "page",
    "page_too_deep": "page",
    "hours_in_disorder": "end",
    "days_in_disorder": "until",
}
"""Criterion named for an error that concerns several."""

MAX_FAULTS = 20
"""Most faults told by one answer: a body may hold thousands of unknown names."""

SAFE_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
UNREADABLE_NAME = "(unreadable)"
"""Replaces a malformed name: a misplaced piece of an address is not sent back."""

CODES = {"extra_forbidden": "unknown_parameter", "unknown_code": "unknown_code"}
INVALID = "invalid_parameter"


def problem_from_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem of a request that does not fit the criteria: 422, or 400 when not JSON."""
    raised = list(errors)
    if any(_is_malformed(error) for error in raised):
        return MALFORMED_BODY
    told = raised[:MAX_FAULTS]
    faults = tuple({"field": _field(error), "detail": _message(error)} for error in told)
    first = faults[0]
    return Problem(
        422,
        CODES.get(raised[0]["type"], INVALID),
        "Critère invalide",
        first["detail"],
        _remedy(raised[0]),
        first["field"],
        errors=faults,
    )


def _is_malformed(error: Mapping[str, Any]) -> bool:
    """Not JSON at all, or JSON that is no object."""
    whole_body = tuple(error["loc"]) == ("body",)
    return error["type"] == "json_invalid" or (whole_body and error["type"] not in PLACE_FIELDS)


def _field(error: Mapping[str, Any]) -> str:
    names = [str(part) for part in error["loc"] if part not in ("body", "query", "header", "path")]
    if not names:
        return PLACE_FIELDS.get(error["type"], "what")
    return names[0] if SAFE_FIELD_NAME.fullmatch(names[0]) else UNREADABLE_NAME


def _message(error: Mapping[str, Any]) -> str:
    text = MESSAGES.get(error["type"], OTHER_MESSAGE)
    limits = {name: f"{value:g}" for name, value in error.get("ctx", {}).items() if _is_limit(name)}
    return text.format_map(limits) if limits else text


def _is_limit(name: str) -> bool:
    return name in ("gt", "ge", "lt", "le", "max_length")


def _remedy(error: Mapping[str, Any]) -> str:
    expected = error.get("ctx", {}).get("expected")
    if error["type"] in ("enum", "literal_error") and isinstance(expected, str):
        values = expected.replace(" or ", ", ").replace("'", "")
        return f"Valeurs permises : {values}."
    if error["type"] == "extra_forbidden":
        return "Retirez ce critère ; la liste est dans docs/reference/api.md."
    return "Corrigez ce critère ; la liste est dans docs/reference/api.md."
