"""An editor's answer as bytes: decoded with indulgence, refused as a whole when it is no answer."""

import codecs
import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

import orjson

from mappings.bounds import (
    ANSWER_ENTRIES,
    ANSWER_VALUES,
    CODE,
    JSON_DIGITS,
    LARGEST_ANSWER,
    LARGEST_PAGE,
    MANY,
    MIB,
)
from slots.fhir.elements import Json, child, objects, text

HARMLESS = frozenset({"information", "warning", "success"})
"""Severities of an OperationOutcome beside slots; ``error``, ``fatal`` and any other refuse."""

_BROKEN_BYTES = "indexers-slots-cp1252"


class AnswerRefusedError(ValueError):
    """The answer itself cannot be used: the editor is in error, which is not "no slot" (C21).

    ``reason`` is the code that an answer of a directory is counted under.
    """

    def __init__(self, message: str, reason: str = "answer_refused") -> None:
        super().__init__(message)
        self.reason = reason


def read_pages(pages: Iterable[bytes | Json]) -> list[Json]:
    """The pages of one answer, each read in its turn; raises ``AnswerRefusedError`` (E06, E08).

    What an answer may take in memory is bounded over all its pages.
    """
    found: list[Json] = []
    size = values = 0
    for page in pages:
        if isinstance(page, bytes):
            size, values = size + len(page), values + _count_values(page)
        if size > LARGEST_ANSWER or values > ANSWER_VALUES:
            raise _too_large("The answer is too large")
        found.append(read_page(page))
        if not MANY.holds(found):
            raise _too_large(f"The answer has over {MANY.most} pages")
    if not found:
        raise AnswerRefusedError(
            'The answer has no page, which is not "no slot": give the files of its pages.',
            "answer_incomplete",
        )
    return found


def _count_values(raw: bytes) -> int:
    """Values of a JSON text, at most: each follows a comma or opens a list or an object."""
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{") + 1


def _too_large(what: str) -> AnswerRefusedError:
    return AnswerRefusedError(f"{what}: ask for fewer ids.", "answer_too_large")


def read_page(raw: bytes | Json) -> Json:
    """One page as a Bundle of type searchset; raises ``AnswerRefusedError`` (E06, E08)."""
    page = _document(raw) if isinstance(raw, bytes) else raw
    if not isinstance(page, dict):
        raise AnswerRefusedError("The answer is not a Bundle but a bare JSON list or value.")
    kind = text(page.get("resourceType"))
    if kind == "OperationOutcome":
        raise AnswerRefusedError(
            "The editor answered with an OperationOutcome, not with slots: ask again.",
            "answer_in_error",
        )
    if kind != "Bundle":
        shown = kind if kind.isalnum() and CODE.holds(kind) else "something else"
        raise AnswerRefusedError(f"The answer is not a Bundle but a bare {shown}.")
    if text(page.get("type")).lower() != "searchset":
        raise AnswerRefusedError("The answer is a Bundle of another type than searchset.")
    _require_no_error(page)
    return page


def _require_no_error(page: Json) -> None:
    """An error inside a searchset is no "no slot": part of the search has failed."""
    if any(_is_error(outcome) for outcome in _outcomes(page)):
        raise AnswerRefusedError(
            "The editor put an OperationOutcome of severity error beside its slots: some may be "
            "missing. Ask again.",
            "answer_in_error",
        )


def _outcomes(page: Json) -> Iterator[Json]:
    """OperationOutcomes of a page: its entries, what an entry answers, its issues (FHIR R5)."""
    yield from objects(page.get("issues"))
    for entry in objects(page.get("entry")):
        yield child(entry, "resource")
        yield child(child(entry, "response"), "outcome")


def _is_error(resource: Json) -> bool:
    if text(resource.get("resourceType")) != "OperationOutcome":
        return False
    issues = objects(resource.get("issue"))
    return any(text(issue.get("severity")).lower() not in HARMLESS for issue in issues)


def _document(raw: bytes) -> object:
    if len(raw) > LARGEST_PAGE:
        raise _too_large(f"A page of the answer is over {LARGEST_PAGE // MIB} MiB")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _parse_leniently(raw)


def _parse_leniently(raw: bytes) -> object:
    """JSON that the fast reader refuses: a BOM, another encoding, raw control characters.

    A number too long for any field reads as absent: it is lost alone.
    """
    try:
        return json.loads(
            decode_json_text(raw), strict=False, parse_int=_read_int, parse_float=_read_float
        )
    except (ValueError, RecursionError):
        raise AnswerRefusedError(
            "The answer is not readable JSON: it is cut, empty or in another format."
        ) from None


def _read_int(figures: str) -> int | None:
    return int(figures) if len(figures) <= JSON_DIGITS else None


def _read_float(figures: str) -> float | None:
    number = float(figures)
    return number if isfinite(number) else None


def decode_json_text(raw: bytes) -> str:
    """The text of bytes that should be UTF-8: a byte that is not is read as Windows-1252 (E43).

    ``S\\xe9bastien`` and a valid ``Sébastien`` may be in one file: both are decoded correctly.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16")
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8", _BROKEN_BYTES)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return broken.decode("cp1252", "replace"), error.end


codecs.register_error(_BROKEN_BYTES, _as_windows_1252)


def page_entries(pages: Sequence[Json]) -> list[object]:
    """The raw entries of every page in order, whatever they hold; raises over the cap."""
    found: list[object] = []
    for page in pages:
        entries = page.get("entry")
        if isinstance(entries, list):
            found.extend(entries)
        elif isinstance(entries, dict):
            found.append(entries)
    if len(found) > ANSWER_ENTRIES:
        raise _too_large(f"The answer has over {ANSWER_ENTRIES} entries")
    return found
