"""All editors swept at once; their answers are written one after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from editors.asked_people import SOS_FLOW
from editors.call import EditorClient, open_client
from editors.editor import Editor
from editors.sweep import IdsByZone, SweepReport, list_calls, sweep_editor
from slots.loading.requests import SourceAnswer

Write = Callable[[SourceAnswer], Awaitable[None]]
Progress = Callable[[int, int], None]
"""(answers that came, calls in all)."""


def list_editor_flows(editor: Editor, people: Mapping[str, IdsByZone]) -> dict[str, IdsByZone]:
    """Whom an editor is asked about, by the flow that it answers."""
    return {flow: people[SOS_FLOW if flow == SOS_FLOW else "R01"] for flow in editor.list_flows()}


async def sweep_editors(
    editors: Sequence[Editor],
    people: Mapping[str, IdsByZone],
    write: Write,
    clock: Callable[[], datetime],
    progress: Progress,
) -> dict[str, SweepReport]:
    """A report by editor; ``progress`` is called after each call.

    One editor that fails takes nothing from the others (C16). Raises what ``write`` raises, and
    ``OSError`` for a certificate that cannot be read.
    """
    gate = asyncio.Lock()
    reports = {editor.name: SweepReport() for editor in editors}
    calls = {editor.name: list(list_calls(list_editor_flows(editor, people))) for editor in editors}
    total = sum(map(len, calls.values()))

    def advance() -> None:
        progress(sum(report.calls.total() for report in reports.values()), total)

    async def sweep_one(client: EditorClient) -> None:
        name = client.editor.name
        async with client.web:
            async for answer in sweep_editor(client, calls[name], clock, reports[name]):
                async with gate:
                    await write(answer)
                advance()
        advance()

    clients = [open_client(editor) for editor in editors]
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(sweep_one(client))
    return reports
