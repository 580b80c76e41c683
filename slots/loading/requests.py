"""Editors' answers kept in a directory: ``fhir/requests.jsonl``, one line an answer.

``{"editor", "flow", "asked": [...], "files": [...], "answered_at"}``; files are relative to it,
several files are the pages of one answer, ``answered_at`` is when the answer was received. And
``agenda.jsonl``, the SAS agenda as canonical slots.
"""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

import orjson

from mappings.bounds import IDENTIFIER, INSTANTS, LONGEST_LINE, MANY, SLOT_LENGTH, URL
from mappings.files import (
    FileNotUsableError,
    open_regular,
    read_bounded_lines,
    read_whole,
    resolve_inside,
)
from mappings.instants import InstantError, parse_instant, utc_text
from mappings.records import CanonicalSlot, SlotType
from slots.bounds import find_fault, keep_known_fields
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.identity import RequestedIdError
from slots.fhir.parser import ParsedAnswer, parse_pages
from slots.matching.matching import bare_owner, slot_owner
from slots.stored import AGENDA_SOURCE

AGENDA_FILE = "agenda.jsonl"
REQUESTS_FILE = "fhir/requests.jsonl"
FLOWS = ("R01", "R04", "SOS1")
WHOLE_ANSWER = (
    "answer_refused",
    "answer_incomplete",
    "answer_in_error",
    "answer_too_large",
    "bad_request",
)
"""Reasons that lose an answer with all its slots: a missing file, a refused page, a bad line."""


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """The slots that one source gives of the persons and associations queried.

    ``requested_ids`` are RPPS, ADELI or SIRET, prefixed or not. An id without a slot has none left.
    ``answered_at`` is when the answer was received, by our clock: the one clock that all sources
    share. None when it is not known; the instant of its import then counts. ``received_at`` is
    kept with each slot, the instant of the import without it.
    """

    source: str
    requested_ids: Sequence[str]
    slots: Sequence[CanonicalSlot]
    answered_at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditorRequest:
    """One query to an editor and the files of its answer."""

    editor: str
    flow: str
    requested_ids: list[str]
    files: list[Path]
    directory: Path
    """Where every file has to be: one that leads elsewhere is never opened."""
    answered_at: datetime | None = None
    """When the answer was received, if its line has it."""

    def find_answer_instant(self, latest: datetime) -> datetime:
        """When the answer was received: by its line, else when its last page was written.

        At the latest ``latest``: an instant to come would hold back every answer until then.
        """
        if self.answered_at is None:
            return latest_write(self.files, latest)
        return min(self.answered_at, latest)

    def parse(self, now: datetime) -> ParsedAnswer:
        """The answer read, one page at a time; raises ``AnswerRefusedError``,
        ``RequestedIdError``, ``FileNotUsableError`` or ``OSError``."""
        pages = (read_whole(resolve_inside(self.directory, str(path))) for path in self.files)
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
    agenda_file: Path

    def agenda(self) -> Iterator[CanonicalSlot]:
        """The slots of the SAS agenda."""
        return map(orjson.loads, self.agenda_lines)

    def agenda_answered_at(self, latest: datetime) -> datetime:
        """When the agenda was written, at the latest ``latest``."""
        return latest_write([self.agenda_file], latest)

    def owners(self) -> frozenset[str]:
        """RPPS, ADELI and SIRET of every slot there may be, to bound an ``OfferIndex``."""
        requested = {bare_owner(one) for query in self.requests for one in query.requested_ids}
        return frozenset(requested | {slot_owner(slot) for slot in self.agenda()}) - {""}


def read_directory_requests(directory: Path) -> DirectoryRequests:
    """The agenda and the queries of a directory; a missing file holds none."""
    rejected: Counter[str] = Counter()
    agenda = [orjson.dumps(slot) for slot in agenda_slots(directory, rejected)]
    requests = list(read_requests(directory, rejected))
    return DirectoryRequests(agenda, requests, rejected, directory / AGENDA_FILE)


def latest_write(paths: Iterable[Path], latest: datetime) -> datetime:
    """When the last of these files was written, at the latest ``latest``, as when none is there.

    Only our own clock counts, never an instant inside an answer: clocks of editors differ.
    """
    written = []
    for path in paths:
        with suppress(OSError, ValueError):
            written.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    return min(max(written, default=latest), latest)


def read_requests(directory: Path, rejected: Counter[str]) -> Iterator[EditorRequest]:
    """The requests of a directory; a damaged line is counted as ``bad_request``."""
    inside = directory.resolve()
    for row in _rows(directory / REQUESTS_FILE):
        request = _request(row, inside)
        if request is None:
            rejected["bad_request"] += 1
        else:
            yield request


OnRefusal = Callable[[EditorRequest, Exception], None]
"""Called with a request whose answer is refused, and the error that says why."""


def ignore_refusal(request: EditorRequest, error: Exception) -> None:
    """Refusals without a listener."""


def parse_requests(
    requests: Iterable[EditorRequest],
    now: datetime,
    rejected: Counter[str],
    on_refusal: OnRefusal = ignore_refusal,
    latest: datetime | None = None,
) -> Iterator[SourceAnswer]:
    """The answer to each request, oldest first; refusals are counted by reason.

    Each is read when its turn comes. An answer refused as a whole counts once, under its reason of
    ``WHOLE_ANSWER``, and goes to ``on_refusal`` with its error: the others are not hidden. None
    was received after ``latest``, or ``now``.
    """
    dated = [(one.find_answer_instant(latest or now), one) for one in requests]
    for answered_at, request in sorted(dated, key=lambda pair: pair[0]):
        try:
            answer = request.parse(now)
        except (AnswerRefusedError, RequestedIdError, FileNotUsableError, OSError) as error:
            rejected[getattr(error, "reason", "answer_refused")] += 1
            on_refusal(request, error)
            continue
        rejected.update(row["reason"] for row in answer.rejected)
        yield SourceAnswer(request.editor, request.requested_ids, answer.slots, answered_at)


def agenda_slots(directory: Path, rejected: Counter[str]) -> Iterator[CanonicalSlot]:
    """The SAS agenda's slots; a damaged line is counted as ``bad_agenda_row``."""
    for row in _rows(directory / AGENDA_FILE):
        slot = _agenda_slot(row)
        if slot is None:
            rejected["bad_agenda_row"] += 1
        else:
            yield slot


def _rows(path: Path) -> Iterator[object]:
    """The lines of a JSON Lines file, None for one that is not JSON or too long.

    A missing file has none; one that is no regular file is one line that cannot be read.
    """
    try:
        handle = open_regular(path)
    except FileNotFoundError:
        return
    except FileNotUsableError:
        yield None
        return
    with handle:
        for number, line in read_bounded_lines(handle):
            content = line.removeprefix(BOM_UTF8) if number == 1 else line
            if content.strip():
                yield _parse_line(content)


def _parse_line(line: bytes) -> object:
    try:
        return orjson.loads(line) if len(line) <= LONGEST_LINE else None
    except orjson.JSONDecodeError:
        return None


def _request(row: object, directory: Path) -> EditorRequest | None:
    if not isinstance(row, dict):
        return None
    editor, flow, ids, files = (row.get(key) for key in ("editor", "flow", "asked", "files"))
    listed = _is_texts(ids) and _is_texts(files)
    if not is_editor_name(editor) or flow not in FLOWS or not listed:
        return None
    try:
        answered_at = parse_instant(row["answered_at"]) if "answered_at" in row else None
    except (InstantError, AttributeError):
        return None
    folder = (directory / REQUESTS_FILE).parent
    paths = [folder / name for name in files or []]
    return EditorRequest(editor, flow, ids or [], paths, directory, answered_at)


def is_editor_name(value: object) -> TypeGuard[str]:
    """True for a text that may name a source of slots: short, printable, not the SAS agenda's.

    Spaces around it would make another source of it.
    """
    return (
        isinstance(value, str)
        and bool(value)
        and value == value.strip()
        and value.isprintable()
        and IDENTIFIER.holds(value)
        and value != AGENDA_SOURCE
    )


def _is_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and MANY.holds(value)
        and all(isinstance(item, str) and URL.holds(item) for item in value)
    )


def _agenda_slot(row: object) -> CanonicalSlot | None:
    """The row with instants in UTC and known types; None when it cannot be shown."""
    if not isinstance(row, dict) or find_fault(row):
        return None
    try:
        first, last = (parse_instant(row.get(name, "")) for name in ("start", "end"))
    except InstantError:
        return None
    start, end = utc_text(first), utc_text(last)
    types = [kind.value for kind in SlotType if kind.value in row.get("types", [])]
    is_short = start < end and last - first <= SLOT_LENGTH and INSTANTS.holds(first)
    if not is_short or not types:
        return None
    known = keep_known_fields(row)
    slot: dict[str, Any] = {**known, "start": start, "end": end, "types": types}
    return slot  # type: ignore[return-value]
