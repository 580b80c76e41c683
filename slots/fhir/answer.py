"""An editor's answer as bytes: decoded with indulgence, refused as a whole when it is no answer."""

import codecs
import json
from collections.abc import Sequence

import orjson

from slots.fhir.elements import Json, text

MAX_PAGE_BYTES = 64 * 1024 * 1024
"""A thousand slots with their includes weigh 3 MB (E14)."""

MAX_ENTRIES = 100_000
"""Entries of one answer, all pages together (E14)."""

_BROKEN_BYTES = "indexers-slots-cp1252"


class AnswerRefusedError(ValueError):
    """The answer itself cannot be used: the editor is in error, which is not "no slot" (C21)."""


def read_page(raw: bytes | Json) -> Json:
    """One page as a Bundle of type searchset; raises ``AnswerRefusedError`` (E06, E08)."""
    page = _document(raw) if isinstance(raw, bytes) else raw
    if not isinstance(page, dict):
        raise AnswerRefusedError("The answer is not a Bundle but a bare JSON list or value.")
    kind = text(page.get("resourceType"))
    if kind == "OperationOutcome":
        raise AnswerRefusedError("The editor answered with an OperationOutcome, not with slots.")
    if kind != "Bundle":
        shown = kind if kind.isalnum() else "something else"
        raise AnswerRefusedError(f"The answer is not a Bundle but a bare {shown}.")
    if text(page.get("type")).lower() != "searchset":
        raise AnswerRefusedError("The answer is a Bundle of another type than searchset.")
    return page


def _document(raw: bytes) -> object:
    if len(raw) > MAX_PAGE_BYTES:
        raise AnswerRefusedError(
            f"A page of the answer is over {MAX_PAGE_BYTES // 1024**2} MiB: ask for fewer ids."
        )
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _parse_leniently(raw)


def _parse_leniently(raw: bytes) -> object:
    """JSON that the fast reader refuses: a BOM, another encoding, raw control characters."""
    try:
        return json.loads(decode_json_text(raw), strict=False)
    except (ValueError, RecursionError):
        raise AnswerRefusedError(
            "The answer is not readable JSON: it is cut, empty or in another format."
        ) from None


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
    if len(found) > MAX_ENTRIES:
        raise AnswerRefusedError(f"The answer has over {MAX_ENTRIES} entries: ask for fewer ids.")
    return found
