"""A sweep: every professional and association asked of an editor once, the answers written.

Each answer goes through the one parser of ``slots`` and the one writer of slots, so that an answer
that came late, or a second time, changes nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from editors.call import CallFailed, CallOutcome, EditorClient, fetch_pages
from editors.requests import build_target, split_lots
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.parser import parse_pages
from slots.loading.requests import SourceAnswer

IdsByZone = Mapping[str, Sequence[str]]
"""National identifiers with their prefix, by the IANA zone of where they practise."""


@dataclass(frozen=True, slots=True)
class EditorCall:
    """One call of a sweep."""

    flow: str
    zone: str
    ids: tuple[str, ...]


@dataclass(slots=True)
class SweepReport:
    """Calls by outcome, slots that came, entries refused by reason, of one editor."""

    calls: Counter[CallOutcome] = field(default_factory=Counter)
    slots: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def list_calls(flows: Mapping[str, IdsByZone]) -> Iterator[EditorCall]:
    """The calls that ask for everybody, by flow and zone."""
    for flow, by_zone in flows.items():
        for zone, ids in by_zone.items():
            for lot in split_lots(ids, flow):
                yield EditorCall(flow, zone, tuple(lot))


async def sweep_editor(
    client: EditorClient,
    calls: Sequence[EditorCall],
    clock: Callable[[], datetime],
    report: SweepReport,
) -> AsyncIterator[SourceAnswer]:
    """The answers that count, as they come; the others are counted in ``report``.

    An answer without a slot is an answer: it empties what the editor had said of those persons.
    """
    gate = asyncio.Semaphore(client.editor.parallel_calls)

    async def ask(call: EditorCall) -> SourceAnswer | None:
        async with gate:
            return await _ask_once(client, call, clock(), report)

    tasks = [asyncio.create_task(ask(call)) for call in calls]
    try:
        for task in asyncio.as_completed(tasks):
            if (answer := await task) is not None:
                yield answer
    finally:
        for task in tasks:
            task.cancel()


async def _ask_once(
    client: EditorClient, call: EditorCall, now: datetime, report: SweepReport
) -> SourceAnswer | None:
    editor = client.editor
    try:
        pages = await fetch_pages(client, build_target(call.flow, call.ids, now, call.zone))
        parsed = await asyncio.to_thread(
            parse_pages, pages, call.flow, now, call.ids, origin=editor.origin, source=editor.name
        )
    except CallFailed as error:
        report.calls[error.outcome] += 1
        return None
    except AnswerRefusedError:
        report.calls[CallOutcome.UNUSABLE] += 1
        return None
    report.calls[CallOutcome.OK] += 1
    report.slots += len(parsed.slots)
    report.rejected.update(row["reason"] for row in parsed.rejected)
    return SourceAnswer(editor.name, list(call.ids), parsed.slots, now)
