"""A refusal as a program reads it: a stable code, and French sentences to show (RFC 9457).

Nothing that the caller sent is ever repeated: places, doctors and texts concern a patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError

from elastic import errors as elastic
from search_engine.request.problems import CursorExpired, PartialAnswer, SearchProblem

TYPE = "urn:sas:problem:{code}"
SERVER_ERROR = 500
"""First HTTP status of a failure of Elasticsearch itself."""
TRY_AGAIN = "Réessayez dans quelques instants."


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. ``errors`` lists every criterion at fault when there are several.

    ``challenge`` is the value of ``WWW-Authenticate`` for a caller that is not identified.
    """

    status: int
    code: str
    title: str
    detail: str
    remedy: str
    field: str | None = None
    retry_after_s: int | None = None
    errors: tuple[Mapping[str, str], ...] = ()
    challenge: str | None = None

    @property
    def sentence(self) -> str:
        """Title, detail and remedy in one line."""
        return f"{self.title} : {self.detail} {self.remedy}"

    def as_json(self, request_id: str) -> dict[str, Any]:
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


INTERNAL_ERROR = Problem(
    500,
    "internal_error",
    "Erreur interne",
    "La demande n'a pas pu être traitée à cause d'une erreur de notre côté.",
    "Signalez l'identifiant de la demande (request_id) à l'équipe technique.",
)
SEARCH_TIMEOUT = Problem(
    504,
    "search_timeout",
    "Délai dépassé",
    "Le moteur de recherche n'a pas répondu à temps.",
    TRY_AGAIN,
    retry_after_s=2,
)
SEARCH_UNAVAILABLE = Problem(
    503,
    "search_unavailable",
    "Recherche indisponible",
    "Le moteur de recherche est arrêté ou injoignable.",
    TRY_AGAIN,
    retry_after_s=5,
)
SEARCH_OVERLOADED = Problem(
    503,
    "search_overloaded",
    "Recherche surchargée",
    "Le moteur de recherche refuse des demandes en ce moment.",
    TRY_AGAIN,
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

INDEX_CLOSED = Problem(
    503,
    "index_closed",
    "Annuaire fermé",
    "L'annuaire chargé a été fermé dans le moteur de recherche.",
    "Rouvrez l'index, ou rechargez-le avec `sas reindex --from DOSSIER`.",
    retry_after_s=30,
)

ELASTIC_PROBLEMS: tuple[tuple[type[elastic.ElasticError], Problem], ...] = (
    (elastic.ElasticTimeout, SEARCH_TIMEOUT),
    (elastic.IndexMissing, INDEX_MISSING),
    (elastic.IndexClosed, INDEX_CLOSED),
    (elastic.ElasticOverloaded, SEARCH_OVERLOADED),
    (elastic.ElasticRejected, INTERNAL_ERROR),
    (elastic.ElasticError, SEARCH_UNAVAILABLE),
)
"""The first that matches an error of Elasticsearch; a rejected query is our own fault."""


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
    """The problem of a raw response of Elasticsearch; 5xx means that shards failed."""
    if error.status_code >= SERVER_ERROR:
        return problem_from_search_error(PartialAnswer())
    return problem_from_elastic_error(elastic.build_elastic_error(error).with_traceback(None))
