"""The directory that is written: one open file a source, and the editors' answers."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from indexers.sources.geocoding_cache import COLUMNS as GEOCODED_COLUMNS
from indexers.sources.rpps import activities as rpps
from indexers.sources.rpps import skills
from mappings.formats import FORMATS
from simulation.defect_injection import DefectInjector
from simulation.files import (
    FileSummary,
    LineWriter,
    ameli_line,
    csv_line,
    json_line,
    pipe_line,
    write_whole,
)
from simulation.people import conventions
from simulation.places import finess_json
from simulation.slots.editors import Flow, InventedEditor
from simulation.slots.fhir import Agenda, EditorResponse

MAX_PROFESSIONALS = 25
"""Professionals in one call to an editor (INT_R01)."""
MAX_ASSOCIATIONS = 10
"""Associations in one call (INT_SOS1)."""

ACTIVITIES, SKILLS, FINESS, AMELI, GEOCODED, AGENDA = (
    "activities",
    "skills",
    "finess",
    "ameli",
    "geocoded",
    "agenda",
)
REQUESTS = "requests"
BOM = b"\xef\xbb\xbf"
"""Stands at the head of the Ameli file, and of no other."""


def file_names(now: datetime) -> dict[str, str]:
    """The file of each kind; the RPPS extracts carry the minute they were made."""
    stamp = now.strftime("%Y%m%d%H%M")
    return {
        ACTIVITIES: f"PS_LibreAcces_Personne_activite_{stamp}.txt",
        SKILLS: f"PS_LibreAcces_SavoirFaire_{stamp}.txt",
        FINESS: "finess-structures.json",
        AMELI: f"liste-ps-{stamp[:8]}.csv",
        GEOCODED: "geocoded.csv",
        **{name: f"{name}.jsonl" for name in (*FORMATS, AGENDA)},
        REQUESTS: "fhir/requests.jsonl",
    }


class Outputs:
    """Every file of a set, open until the set is complete."""

    def __init__(self, out: Path, now: datetime, injector: DefectInjector) -> None:
        self.out, self.injector = out, injector
        self._names = file_names(now)
        self._stack = ExitStack()
        self._files = {
            kind: self._stack.enter_context(LineWriter(out / name))
            for kind, name in self._names.items()
        }
        self._sites = 0
        self._last: list[str] = []
        header = injector.damage_header(self._names[ACTIVITIES]) or pipe_line(rpps.COLUMNS)
        self._files[ACTIVITIES].raw(header)
        self._files[SKILLS].raw(pipe_line(skills.COLUMNS))
        self._files[AMELI].raw(BOM + ameli_line(conventions.COLUMNS))
        self._files[GEOCODED].raw(csv_line(GEOCODED_COLUMNS))
        self._files[FINESS].raw(finess_json.build_file_head(now))
        self.responses = EditorResponses(self)

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def write_pipe_row(self, kind: str, row: list[str]) -> None:
        """One row of an RPPS extract."""
        self._row(kind, row, pipe_line)
        if kind == ACTIVITIES:
            self._last = row

    def write_line(self, kind: str, value: dict[str, Any]) -> None:
        """One line of one of our formats."""
        if kind == AGENDA:
            self._row(kind, value, json_line)
            return
        writer = self._files[kind]
        line = writer.lines + 1
        writer.row(value, json_line)
        for damaged in self.injector.lines_after(kind, self._names[kind], line, value):
            writer.row(damaged, json_line)

    def write_contract(self, row: list[str]) -> None:
        """One row of the Ameli file."""
        self._files[AMELI].row(row, ameli_line)

    def write_geocoded(self, fields: tuple[object, ...]) -> None:
        """One answer of the geocoder's batch."""
        self._row(GEOCODED, fields, csv_line)

    def write_entity(self, value: dict[str, Any]) -> None:
        """One legal entity of FINESS+ with its sites, on a line of its own.

        A planted defect is located by the rank of its site, as readers of the JSON count.
        """
        writer = self._files[FINESS]
        if writer.rows:
            writer.raw(b",\n")
        name = self._names[FINESS]
        damaged = self.injector.damage(FINESS, name, self._sites + 1, value)
        written = value if damaged is None else damaged
        writer.row(written, orjson.dumps)
        self._sites += len(written["ege"])

    def finish(self) -> None:
        """Write what is still waiting and the end of the FINESS file."""
        self.responses.flush()
        self._files[FINESS].raw(finess_json.CLOSING)
        activities = self._files[ACTIVITIES]
        cut = self.injector.cut_last_line(self._names[ACTIVITIES], activities.lines + 1, self._last)
        if cut is not None:
            activities.raw(cut)

    def _row(self, kind: str, row: Any, encode: Callable[[Any], bytes]) -> None:
        writer = self._files[kind]
        damaged = self.injector.damage(kind, self._names[kind], writer.lines + 1, row)
        writer.row(row if damaged is None else damaged, encode)

    def summaries(self) -> dict[str, dict[str, Any]]:
        """Rows, size and digest of each file by its name, the editors' answers included."""
        found = {
            str(writer.path.relative_to(self.out)): writer.summary()
            for writer in self._files.values()
        }
        return {name: asdict(summary) for name, summary in (found | self.responses.files).items()}


class EditorResponses:
    """The editors' answers being filled, at most 25 professionals each."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._open: dict[tuple[str, Flow], EditorResponse] = {}
        self._response_counts: Counter[str] = Counter()
        self.files: dict[str, FileSummary] = {}
        self.slots: Counter[str] = Counter()

    def add(self, editor: InventedEditor, idnps: str, agendas: list[Agenda]) -> None:
        """One professional requested from an editor, with its agendas at each place."""
        answer = self._response_with_room(editor, editor.flow, MAX_PROFESSIONALS)
        answer.requested_ids.append(idnps)
        for rank, agenda in enumerate(agendas):
            answer.add_agenda(agenda, rank + 1)

    def sos_response(self, editor: InventedEditor) -> EditorResponse:
        """The answer of an editor for SOS Médecins, with room for one association more."""
        return self._response_with_room(editor, "SOS1", MAX_ASSOCIATIONS)

    def flush(self) -> None:
        """Write the answers that are not full."""
        for answer in list(self._open.values()):
            self._write(answer)
        self._open.clear()

    def _response_with_room(self, editor: InventedEditor, flow: Flow, limit: int) -> EditorResponse:
        answer = self._open.get((editor.id, flow))
        if answer is None or len(answer.requested_ids) >= limit:
            if answer is not None:
                self._write(answer)
            answer = self._open[editor.id, flow] = EditorResponse(editor, flow)
        return answer

    def _write(self, answer: EditorResponse) -> None:
        names = list(self._pages(answer))
        self.slots[answer.flow] += len(answer.slots)
        self._outputs.write_line(
            REQUESTS,
            {
                "editor": answer.editor.id,
                "flow": answer.flow,
                "asked": answer.requested_ids,
                "files": names,
            },
        )

    def _pages(self, answer: EditorResponse) -> Iterator[str]:
        """Write the pages of an answer; their names, relative to the requests file."""
        self._response_counts[answer.editor.id] += 1
        number = self._response_counts[answer.editor.id]
        pages = answer.pages()
        for rank, page in enumerate(pages):
            suffix = f"-p{rank + 1}" if len(pages) > 1 else ""
            name = f"{answer.editor.id}/{answer.flow.lower()}-{number:04d}{suffix}.json"
            path = f"fhir/{name}"
            damaged = self._outputs.injector.damage_page(path, page)
            content = orjson.dumps(page if damaged is None else damaged)
            self.files[path] = write_whole(self._outputs.out / path, content)
            yield name
