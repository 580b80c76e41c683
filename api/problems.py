"""Refusals as RFC 9457 problem documents: a stable code, and French sentences to show.

Nothing of what was asked is ever given back: places, doctors and texts concern a patient.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import orjson
from elasticsearch import ApiError
from starlette.responses import Response

from elastic import errors as elastic
from search_engine.request.problems import CursorExpired, PartialAnswer, SearchProblem

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:sas:problem:{code}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. ``errors`` lists every criterion at fault when there are several."""

    status: int
    code: str
    title: str
    detail: str
    remedy: str
    field: str | None = None
    retry_after_s: int | None = None
    errors: tuple[Mapping[str, str], ...] = ()
    challenge: str | None = None

    def body(self, request_id: str) -> dict[str, Any]:
        """The document, unknown members left out."""
        members: dict[str, Any] = {
            "type": TYPE.format(code=self.code),
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "field": self.field,
            "remedy": self.remedy,
            "request_id": request_id,
            "errors": list(self.errors) if len(self.errors) > 1 else None,
        }
        return {name: value for name, value in members.items() if value is not None}

    def response(self, request_id: str) -> Response:
        """The document as an answer, with ``Retry-After`` where asking again may work."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        if self.challenge is not None:
            headers["WWW-Authenticate"] = self.challenge
        content = orjson.dumps(self.body(request_id))
        return Response(content, self.status, headers, media_type=MEDIA_TYPE)


_TRY_AGAIN = "Réessayez dans quelques instants."

INTERNAL_ERROR = Problem(
    500,
    "internal_error",
    "Erreur interne",
    "La demande n'a pas pu être traitée à cause d'une erreur de notre côté.",
    "Signalez l'identifiant de la demande (request_id) à l'équipe technique.",
)
MALFORMED_BODY = Problem(
    400,
    "malformed_body",
    "Corps illisible",
    "Le corps de la demande n'est pas un objet JSON lisible.",
    "Envoyez un objet JSON avec l'en-tête Content-Type: application/json.",
)
BODY_TOO_LARGE = Problem(
    413,
    "body_too_large",
    "Demande trop longue",
    "La demande dépasse la taille acceptée.",
    "Envoyez moins de critères ou des textes plus courts.",
)
NOT_FOUND = Problem(
    404,
    "not_found",
    "Adresse inconnue",
    "Cette route n'existe pas.",
    "Voyez docs/reference/api.md.",
)
METHOD_NOT_ALLOWED = Problem(
    405,
    "method_not_allowed",
    "Méthode non permise",
    "Cette route ne répond pas à cette méthode HTTP.",
    "Voyez docs/reference/api.md.",
)
BAD_REQUEST = Problem(
    400,
    "bad_request",
    "Demande invalide",
    "La demande n'a pas pu être lue.",
    "Voyez docs/reference/api.md.",
)
OUTSIDE_NETWORK = Problem(
    403,
    "outside_network",
    "Accès refusé",
    "Sans authentification, le service ne répond qu'à la machine qui l'héberge.",
    "Appelez-le depuis cette machine, ou ajoutez votre réseau à SAS_DEV_NETWORKS.",
)
QUERY_TOO_LONG = Problem(
    414,
    "query_too_long",
    "Lien trop long",
    "Les paramètres du lien dépassent la taille acceptée.",
    "Envoyez la recherche par POST, ou avec des textes plus courts.",
)
HEADERS_TOO_LARGE = Problem(
    431,
    "headers_too_large",
    "En-têtes trop longs",
    "Les en-têtes de la demande dépassent la taille acceptée.",
    "Envoyez moins d'en-têtes, ou un jeton plus court.",
)
REQUEST_TIMEOUT = Problem(
    408,
    "request_timeout",
    "Demande incomplète",
    "Le corps de la demande n'est pas arrivé à temps.",
    "Réessayez dans quelques instants.",
)
_REALM = 'Bearer realm="sas"'
IDENTITY_MISSING = Problem(
    401,
    "identity_missing",
    "Identification requise",
    "La demande ne porte pas de jeton ni de clé, ou porte les deux.",
    "Envoyez Authorization: Bearer, ou X-API-Key pour un programme.",
    challenge=_REALM,
)
TOKEN_REFUSED = Problem(
    401,
    "token_refused",
    "Jeton refusé",
    "Le jeton n'est pas valable pour ce service, ou ne l'est plus.",
    "Reconnectez-vous pour obtenir un nouveau jeton.",
    challenge=f'{_REALM}, error="invalid_token"',
)
KEY_REFUSED = Problem(
    401,
    "key_refused",
    "Clé refusée",
    "La clé n'existe pas ou a été révoquée.",
    "Demandez une clé à l'administrateur du service.",
    challenge=_REALM,
)
ROLE_MISSING = Problem(
    403,
    "role_missing",
    "Rôle absent",
    "Votre compte n'a aucun rôle dans ce service.",
    "Demandez un rôle à l'administrateur du service.",
    challenge=f'{_REALM}, error="insufficient_scope"',
)
IDENTITY_UNAVAILABLE = Problem(
    503,
    "identity_unavailable",
    "Identification indisponible",
    "Le service d'identité ne répond pas : personne ne peut être identifié.",
    _TRY_AGAIN,
    retry_after_s=30,
)
RATE_LIMITED = Problem(
    429,
    "rate_limited",
    "Trop de demandes",
    "Ce client envoie trop de demandes à la fois.",
    "Attendez le délai indiqué par Retry-After.",
    retry_after_s=1,
)
SEARCH_TIMEOUT = Problem(
    504,
    "search_timeout",
    "Délai dépassé",
    "Le moteur de recherche n'a pas répondu à temps.",
    _TRY_AGAIN,
    retry_after_s=2,
)
SEARCH_UNAVAILABLE = Problem(
    503,
    "search_unavailable",
    "Recherche indisponible",
    "Le moteur de recherche est arrêté ou injoignable.",
    _TRY_AGAIN,
    retry_after_s=5,
)
SEARCH_OVERLOADED = Problem(
    503,
    "search_overloaded",
    "Recherche surchargée",
    "Le moteur de recherche refuse des demandes en ce moment.",
    _TRY_AGAIN,
    retry_after_s=2,
)
INDEX_MISSING = Problem(
    503,
    "index_missing",
    "Annuaire absent",
    "Aucun annuaire n'est chargé dans le moteur de recherche.",
    "Chargez-le avec `sas reindex --from DOSSIER`.",
    retry_after_s=30,
)
INDEX_TOO_SMALL = Problem(
    503,
    "index_too_small",
    "Annuaire incomplet",
    "L'annuaire chargé compte moins d'offres que le minimum attendu.",
    "Rechargez-le avec `sas reindex --from DOSSIER`, ou revoyez SAS_READY_FLOOR.",
    retry_after_s=30,
)
SCHEMA_MISMATCH = Problem(
    503,
    "schema_mismatch",
    "Version d'annuaire différente",
    "L'annuaire chargé n'a pas le schéma que ce programme attend.",
    "Rechargez-le avec `sas reindex --from DOSSIER` dans la version de ce programme.",
    retry_after_s=30,
)

HTTP_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        problem.status: problem
        for problem in (MALFORMED_BODY, NOT_FOUND, METHOD_NOT_ALLOWED, BODY_TOO_LARGE)
    }
)
"""What the framework refuses, by status; it answers 400 for a body alone."""

ELASTIC_PROBLEMS: tuple[tuple[type[elastic.ElasticError], Problem], ...] = (
    (elastic.ElasticTimeout, SEARCH_TIMEOUT),
    (elastic.IndexMissing, INDEX_MISSING),
    (elastic.ElasticOverloaded, SEARCH_OVERLOADED),
    (elastic.ElasticRejected, INTERNAL_ERROR),
    (elastic.ElasticError, SEARCH_UNAVAILABLE),
)
"""The first that fits an error of Elasticsearch; a rejected query is a fault of ours."""

SERVER_ERROR = 500


def rate_limit_problem(wait_s: int) -> Problem:
    """The refusal of a client whose bucket is empty, with the seconds to wait."""
    return replace(RATE_LIMITED, retry_after_s=wait_s)


MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Ce critère est obligatoire.",
        "extra_forbidden": "Ce critère n'existe pas.",
        "repeated": "Ce critère ne se donne qu'une fois.",
        "unknown_code": "Ce code n'est dans aucune nomenclature.",
        "incomplete_point": "La latitude et la longitude vont ensemble.",
        "one_place": "Donnez un lieu et un seul : un point, un texte, une commune ou un "
        "département.",
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
        "list_type": "Une liste est attendue.",
        "greater_than": "La valeur doit dépasser {gt}.",
        "greater_than_equal": "La valeur minimale est {ge}.",
        "less_than": "La valeur doit rester sous {lt}.",
        "less_than_equal": "La valeur maximale est {le}.",
    }
)
"""What each kind of validation error says; limits are ours, what was given is never repeated."""

OTHER_MESSAGE = "Cette valeur n'est pas acceptée."
PLACE_FIELDS = {
    "incomplete_point": "lat",
    "one_place": "where",
    "cursor_and_page": "page",
    "page_too_deep": "page",
}
"""Criterion named for an error that concerns several."""

SAFE_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
UNREADABLE_NAME = "(unreadable)"
"""Said for a name that is none: a misplaced piece of an address is not sent back."""

CODES = {"extra_forbidden": "unknown_parameter", "unknown_code": "unknown_code"}
INVALID = "invalid_parameter"


def problem_from_search_error(error: SearchProblem) -> Problem:
    """The problem of a typed refusal of the search."""
    return Problem(
        error.status,
        error.code,
        error.title,
        error.detail,
        error.remedy,
        error.field,
        error.retry_after_s,
    )


def problem_from_elastic_error(error: elastic.ElasticError) -> Problem:
    """The problem of a failure of Elasticsearch: never an empty page (F072, W19)."""
    if isinstance(error, elastic.PointInTimeGone):
        return problem_from_search_error(CursorExpired())
    cause = error.__cause__
    if isinstance(error, elastic.ElasticRejected) and isinstance(cause, ApiError):
        return problem_from_client_error(cause)
    return next(problem for kind, problem in ELASTIC_PROBLEMS if isinstance(error, kind))


def problem_from_client_error(error: ApiError) -> Problem:
    """The problem of a raw answer of Elasticsearch; 5xx means shards that did not answer."""
    if error.status_code >= SERVER_ERROR:
        return problem_from_search_error(PartialAnswer())
    return problem_from_elastic_error(elastic.build_elastic_error(error).with_traceback(None))


def problem_from_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem of a request that does not fit the criteria: 422, or 400 when not JSON."""
    found = list(errors)
    if any(_is_malformed(error) for error in found):
        return MALFORMED_BODY
    faults = tuple({"field": _field(error), "detail": _message(error)} for error in found)
    first = faults[0]
    return Problem(
        422,
        CODES.get(found[0]["type"], INVALID),
        "Critère invalide",
        first["detail"],
        _remedy(found[0]),
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
    return name in ("gt", "ge", "lt", "le")


def _remedy(error: Mapping[str, Any]) -> str:
    expected = error.get("ctx", {}).get("expected")
    if error["type"] in ("enum", "literal_error") and isinstance(expected, str):
        values = expected.replace(" or ", ", ").replace("'", "")
        return f"Valeurs permises : {values}."
    if error["type"] == "extra_forbidden":
        return "Retirez ce critère ; la liste est dans docs/reference/api.md."
    return "Corrigez ce critère ; la liste est dans docs/reference/api.md."
