"""Failures of Elasticsearch, as types whose message gives the way out.

A message never quotes a query: only the address, the index and the kind of failure.
"""

from contextlib import AbstractContextManager
from http import HTTPStatus
from types import TracebackType

import elasticsearch
from elastic_transport import TlsError

BLOCKED = "cluster_block_exception"
"""Kind of error of a write to an index that takes none: its disk is full."""

CLOSED = "index_closed_exception"
"""Kind of error of a search in an index that was closed (400)."""

CONTEXT_LOST = frozenset(
    {"search_context_missing_exception", "search_context_missing_nodes_exception"}
)
"""Types of the root causes of a search in a point in time that is gone (404)."""


class ElasticError(Exception):
    """Any failure of the seam to Elasticsearch."""


class ElasticUnavailable(ElasticError):
    """No node answers."""


class ElasticUnreadable(ElasticUnavailable):
    """What answers is not Elasticsearch, or not as Elasticsearch answers."""

    def __init__(self) -> None:
        super().__init__(
            "What answers in place of Elasticsearch is none, or answers in another shape: check "
            "SAS_ELASTICSEARCH_URL, and the proxies on the way to it."
        )


class ElasticTimeout(ElasticUnavailable):
    """A node was reached but did not answer in time."""


class ElasticRefused(ElasticError):
    """The cluster refuses our credentials."""


class ElasticForbidden(ElasticRefused):
    """The key is known and lacks the right to do this."""


class ElasticUntrusted(ElasticUnavailable):
    """The certificate of a node is not of the authority that we trust."""


class ElasticOverloaded(ElasticError):
    """The cluster sheds load (429); try again later."""


class DiskFull(ElasticError):
    """The disk of a node is over its flood-stage mark, or ours is under the floor."""


class ElasticRejected(ElasticError):
    """The cluster rejects a request as malformed: a fault of ours, never of the user."""


class IndexMissing(ElasticError):
    """The index or alias does not exist."""


class IndexClosed(ElasticUnavailable):
    """The index exists and was closed by somebody: it can be neither read nor written."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Index {name} is closed: open it (POST /{name}/_open), or load another with "
            "`sas reindex --from DIR`."
        )


class IndexUnassigned(ElasticUnavailable):
    """No node takes an index that was just made, or has not yet taken it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No node of Elasticsearch takes index {name}: free disk space on its nodes, or start "
            "those that are missing; `sas doctor` looks at them. Then run this again."
        )


class IndexAlreadyExists(ElasticError):
    """An index of that name exists already."""


class AliasConflict(ElasticError):
    """The alias is an index, or points at several indices."""


class PointInTimeGone(ElasticError):
    """The point in time was closed, has expired, or lost its index or a node that held it."""

    def __init__(self) -> None:
        super().__init__("The point in time is gone: start the walk again from its first page.")


class LockTaken(ElasticError):
    """Another process holds the lock."""


class LockLost(ElasticError):
    """Our lock expired and another process took it."""


class _ErrorTranslator(AbstractContextManager[None]):
    """Holds nothing, so one serves every call: a generator made anew is felt in a search."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, elasticsearch.ApiError | elasticsearch.TransportError):
            raise build_elastic_error(error) from error


_ERROR_TRANSLATOR = _ErrorTranslator()


def translate_errors() -> AbstractContextManager[None]:
    """Turn the client's exceptions raised inside into typed ones of this module.

    Works around ``await`` too: the body may be asynchronous.
    """
    return _ERROR_TRANSLATOR


def build_elastic_error(
    error: elasticsearch.ApiError | elasticsearch.TransportError,
) -> ElasticError:
    """The typed error for an exception of the client."""
    if isinstance(error, elasticsearch.TransportError):
        return _transport_error(error)
    if isinstance(
        error, elasticsearch.AuthenticationException | elasticsearch.AuthorizationException
    ):
        return _refusal_error(error)
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return _overload_error(error)
    is_foreign = isinstance(error, elasticsearch.UnsupportedProductError)
    if is_foreign or not isinstance(error.body, dict):
        return ElasticUnreadable()
    if isinstance(error, elasticsearch.NotFoundError):
        return _missing_error(error)
    return _rejection_error(error)


def _rejection_error(error: elasticsearch.ApiError) -> ElasticError:
    if _kind(error) == "resource_already_exists_exception":
        return IndexAlreadyExists(f"Index {_index(error)} exists already; choose another name.")
    if CLOSED in {_kind(error), *_root_causes(error)}:
        return IndexClosed(_index(error))
    if not _details(error):
        return ElasticUnreadable()
    return ElasticRejected(f"Elasticsearch answered {error.status_code} {_kind(error)}.")


def _transport_error(error: elasticsearch.TransportError) -> ElasticError:
    if isinstance(error, elasticsearch.ConnectionTimeout):
        return ElasticTimeout(
            "Elasticsearch did not answer in time: look at its load, or raise "
            "SAS_REQUEST_TIMEOUT_S."
        )
    if isinstance(error, TlsError):
        return ElasticUntrusted(
            "The certificate of Elasticsearch is not of an authority that we trust: set "
            "SAS_ELASTICSEARCH_CA to the PEM file of its authority."
        )
    return ElasticUnavailable(
        "Elasticsearch cannot be reached: start it with `sas up`, or check SAS_ELASTICSEARCH_URL."
    )


def _missing_error(error: elasticsearch.NotFoundError) -> ElasticError:
    if CONTEXT_LOST & _root_causes(error):
        return PointInTimeGone()
    if _kind(error) == "index_not_found_exception":
        return index_missing_error(_index(error))
    return IndexMissing("The document asked for does not exist.")


def _refusal_error(error: elasticsearch.ApiError) -> ElasticError:
    if "read-only-allow-delete" in str(error):
        return disk_full_error()
    if isinstance(error, elasticsearch.AuthorizationException):
        return ElasticForbidden(
            "The key in SAS_ELASTICSEARCH_API_KEY lacks the right to do this: the API takes the "
            "key `reader`, commands that write the key `writer`; `sas index keys` makes them."
        )
    return ElasticRefused(
        "Elasticsearch refuses our credentials: set SAS_ELASTICSEARCH_API_KEY to a key that "
        "`sas index keys` makes, or check SAS_ELASTICSEARCH_USERNAME and "
        "SAS_ELASTICSEARCH_PASSWORD."
    )


def _overload_error(error: elasticsearch.ApiError) -> ElasticError:
    if _kind(error) == BLOCKED:
        return disk_full_error()
    return overload_error()


def overload_error(details: str = "") -> ElasticOverloaded:
    """The error of a request, or of documents, that the cluster turns away for load."""
    more = f" {details}" if details else ""
    return ElasticOverloaded(f"Elasticsearch sheds load (429): try again in a few seconds.{more}")


def index_missing_error(name: str) -> IndexMissing:
    """The error of an index or alias that does not exist."""
    return IndexMissing(f"Index {name} does not exist: load data with `sas reindex --from DIR`.")


def disk_full_error() -> DiskFull:
    """The error of a write that a node refuses for its disk."""
    return DiskFull(
        "The disk of an Elasticsearch node is over its flood-stage mark (95 % by default), so its "
        "indices take no more writes: free disk space; the block lifts by itself."
    )


def _kind(error: elasticsearch.ApiError) -> str:
    details = _details(error)
    return str(details.get("type", "error"))


def _root_causes(error: elasticsearch.ApiError) -> set[str]:
    """The types under the failure of the whole, which a failed shard names differently."""
    causes = _details(error).get("root_cause")
    if not isinstance(causes, list):
        return set()
    return {str(cause.get("type")) for cause in causes if isinstance(cause, dict)}


def _index(error: elasticsearch.ApiError) -> str:
    return str(_details(error).get("index", "(unnamed)"))


def _details(error: elasticsearch.ApiError) -> dict[str, object]:
    body = error.body
    details = body.get("error") if isinstance(body, dict) else None
    return details if isinstance(details, dict) else {}
