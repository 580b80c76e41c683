"""Several searches sent as one request; a failure inside it becomes its typed error."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from elastic_transport import ApiResponseMeta
from elasticsearch import ApiError, AsyncElasticsearch
from elasticsearch.exceptions import HTTP_EXCEPTIONS

from elastic.client import LOCAL_PREFERENCE
from elastic.errors import translate_errors


async def run_multi_search(
    client: AsyncElasticsearch, target: str | None, bodies: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The answers in the order of the bodies; ``target`` is None where each names its own.

    Raises the typed errors of ``elastic.errors`` as soon as one search failed.
    """
    header: dict[str, Any] = {"allow_partial_search_results": False}
    if target is not None:
        header["preference"] = LOCAL_PREFERENCE
    searches = [part for body in bodies for part in (header, body)]
    with translate_errors():
        response = await client.msearch(index=target, searches=searches)
        answers: list[dict[str, Any]] = response.body["responses"]
        for answer in answers:
            if "error" in answer:
                raise _failure(answer, response.meta)
    return answers


def _failure(answer: Mapping[str, Any], meta: ApiResponseMeta) -> ApiError:
    """The error of the client for the same search sent alone."""
    status = int(answer["status"])
    kind = HTTP_EXCEPTIONS.get(status, ApiError)
    return kind(str(answer["error"].get("type", "error")), replace(meta, status=status), answer)
