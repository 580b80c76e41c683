"""Editors' answers kept in a directory: ``fhir/requests.jsonl``, one line an answer.

``{"editor", "flow", "asked": [...], "files": [...]}``; files are relative to it, several files
are the pages of one answer. And ``agenda.jsonl``, the SAS agenda as canonical slots.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from mappings.instants import InstantError, parse_instant, utc_text
from mappings.records import CanonicalSlot, SlotType
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.identity import RequestedIdError
from slots.fhir.parser import ParsedAnswer, parse_pages

AGENDA_FILE = "agenda.jsonl"
REQUESTS_FILE = "fhir/requests.jsonl"
FLOWS = ("R01", "R04", "SOS1")
WHOLE_ANSWER = ("answer_refused", "bad_request")
"""Reasons that lose an answer with all its slots: a missing file, a refused page, a bad line."""

ROW_TYPES: Mapping[str, Any] = {
    "start": str,
    "end": str,
    "types": list,
    "consultation": list,
    "reasons": list,
    "appointment": str,
    "url": str,
    "phone": str,
    "seats_max": int,
    "seats_taken": int,
    "practitioner": {"idnps": str},
    "sos": {"siret": str},
    "structure": {"idnst": str},
    "place": {"line": str, "postal_code": str, "city": str, "identifiers": list, "name": str},
}
"""Types of the keys of an agenda row that are read; a row with another type is set aside."""


@dataclass(frozen=True, slots=True)
class EditorRequest:
    """One call to an editor and the files of its answer."""

    editor: str
    flow: str
    requested_ids: list[str]
    files: list[Path]

    def parse(self, now: datetime) -> ParsedAnswer:
        """The answer read; raises ``AnswerRefusedError``, ``RequestedIdError`` or ``OSError``."""
        pages = [path.read_bytes() for path in self.files]
        return parse_pages(pages, self.flow, now, self.requested_ids, source=self.editor)


def read_requests(directory: Path, rejected: Counter[str]) -> Iterator[EditorRequest]:
    """The requests of a directory; a damaged line is counted as ``bad_request``."""
    path = directory / REQUESTS_FILE
    for row in _rows(path):
        request = _request(row, path.parent)
        if request is None:
            rejected["bad_request"] += 1
        else:
            yield request


def parse_requests(
    directory: Path, now: datetime, rejected: Counter[str]
) -> Iterator[tuple[EditorRequest, list[CanonicalSlot]]]:
    """Each request with the slots of its answer; what is refused is counted by reason.

    An answer refused as a whole counts once, as ``answer_refused``: the others are not hidden.
    """
    for request in read_requests(directory, rejected):
        try:
            answer = request.parse(now)
        except (AnswerRefusedError, RequestedIdError, OSError):
            rejected["answer_refused"] += 1
            continue
        rejected.update(row["reason"] for row in answer.rejected)
        yield request, answer.slots


def agenda_slots(directory: Path, rejected: Counter[str]) -> Iterator[CanonicalSlot]:
    """The SAS agenda's slots; a damaged line is counted as ``bad_agenda_row``."""
    for row in _rows(directory / AGENDA_FILE):
        slot = _agenda_slot(row)
        if slot is None:
            rejected["bad_agenda_row"] += 1
        else:
            yield slot


def _rows(path: Path) -> Iterator[object]:
    """The lines of a JSON Lines file, None for one that is not JSON; a missing file has none."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in filter(bytes.strip, lines):
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                yield None


def _request(row: object, folder: Path) -> EditorRequest | None:
    if not isinstance(row, dict):
        return None
    editor, flow, asked, files = (row.get(key) for key in ("editor", "flow", "asked", "files"))
    listed = _is_texts(asked) and _is_texts(files)
    if not isinstance(editor, str) or flow not in FLOWS or not listed:
        return None
    return EditorRequest(editor, flow, asked or [], [folder / name for name in files or []])


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _agenda_slot(row: object) -> CanonicalSlot | None:
    """The row with instants in UTC and known types; None when it cannot be shown."""
    if not isinstance(row, dict) or not _is_well_typed(row, ROW_TYPES):
        return None
    try:
        start, end = (utc_text(parse_instant(row.get(name, ""))) for name in ("start", "end"))
    except InstantError:
        return None
    types = [kind.value for kind in SlotType if kind.value in row.get("types", [])]
    if start >= end or not types:
        return None
    slot: dict[str, Any] = {**row, "start": start, "end": end, "types": types}
    return slot  # type: ignore[return-value]


def _is_well_typed(row: Mapping[str, Any], types: Mapping[str, Any]) -> bool:
    """Every key that is there has the type of the table; a table inside is an object's."""
    return all(_has_type(row[name], kind) for name, kind in types.items() if name in row)


def _has_type(value: object, kind: Any) -> bool:
    if isinstance(kind, dict):
        return isinstance(value, dict) and _is_well_typed(value, kind)
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str | dict) for item in value)
    return isinstance(value, kind) and not isinstance(value, bool)
