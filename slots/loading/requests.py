"""Editors' answers kept in a directory: ``fhir/requests.jsonl``, one line an answer.

``{"editor", "flow", "asked": [...], "files": [...]}``; files are relative to it, several files
are the pages of one answer. And ``agenda.jsonl``, the SAS agenda as canonical slots.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from slots.matching.matching import bare_owner, slot_owner

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
class SourceAnswer:
    """The slots that one source gives of the persons and associations queried.

    ``requested_ids`` are RPPS, ADELI or SIRET, prefixed or not. An id without a slot has none left.
    ``answered_at`` is when the answer was received, by our clock: the one clock that all sources
    share. None when it is not known; the instant of its import then counts.
    """

    source: str
    requested_ids: Sequence[str]
    slots: Sequence[CanonicalSlot]
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditorRequest:
    """One query to an editor and the files of its answer."""

    editor: str
    flow: str
    requested_ids: list[str]
    files: list[Path]

    def parse(self, now: datetime) -> ParsedAnswer:
        """The answer read; raises ``AnswerRefusedError``, ``RequestedIdError`` or ``OSError``."""
        pages = [path.read_bytes() for path in self.files]
        return parse_pages(pages, self.flow, now, self.requested_ids, source=self.editor)


@dataclass(frozen=True, slots=True)
class DirectoryRequests:
    """The slots of a directory, read once: the agenda, and the queries whose answers it holds.

    The pages of the answers are read one answer at a time, by ``parse_requests``.
    """

    agenda_lines: Sequence[bytes]
    """Canonical slots as JSON, a fifth of their size as objects."""
    requests: Sequence[EditorRequest]
    rejected: Counter[str]
    """Damaged lines of both files, by reason."""
    has_files: bool
    """True when one of the files is there, even empty."""

    def agenda(self) -> Iterator[CanonicalSlot]:
        """The slots of the SAS agenda."""
        return map(orjson.loads, self.agenda_lines)

    def owners(self) -> frozenset[str]:
        """RPPS, ADELI and SIRET of every slot there may be, to bound an ``OfferIndex``."""
        requested = {bare_owner(one) for query in self.requests for one in query.requested_ids}
        return frozenset(requested | {slot_owner(slot) for slot in self.agenda()}) - {""}


def read_directory_requests(directory: Path) -> DirectoryRequests:
    """The agenda and the queries of a directory; a missing file holds none."""
    rejected: Counter[str] = Counter()
    agenda = [orjson.dumps(slot) for slot in agenda_slots(directory, rejected)]
    requests = list(read_requests(directory, rejected))
    has_files = any((directory / name).is_file() for name in (AGENDA_FILE, REQUESTS_FILE))
    return DirectoryRequests(agenda, requests, rejected, has_files)


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
    requests: Iterable[EditorRequest], now: datetime, rejected: Counter[str]
) -> Iterator[SourceAnswer]:
    """The answer to each request, read when its turn comes; refusals are counted by reason.

    An answer refused as a whole counts once, as ``answer_refused``: the others are not hidden.
    """
    for request in requests:
        try:
            answer = request.parse(now)
        except (AnswerRefusedError, RequestedIdError, OSError):
            rejected["answer_refused"] += 1
            continue
        rejected.update(row["reason"] for row in answer.rejected)
        yield SourceAnswer(request.editor, request.requested_ids, answer.slots)


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
    editor, flow, ids, files = (row.get(key) for key in ("editor", "flow", "asked", "files"))
    listed = _is_texts(ids) and _is_texts(files)
    if not isinstance(editor, str) or flow not in FLOWS or not listed:
        return None
    return EditorRequest(editor, flow, ids or [], [folder / name for name in files or []])


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
