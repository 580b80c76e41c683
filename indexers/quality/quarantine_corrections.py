"""Rows set aside, written as a file of their source to be corrected, and read back.

Beside the file is its origin, ``<file>.origin.json``: the damaged row that each line replaces.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from indexers.quality.quarantine import LAYOUT, MAX_RAW, Layout, Quarantine
from indexers.quality.reasons import EXPLANATIONS, Reason
from indexers.quality.spreadsheet_cells import find_delimiter, neutralise_row, restore_row
from indexers.runs import folder
from indexers.sources.finess import read_structures
from indexers.sources.own_formats import csv_rows, read_entries
from indexers.sources.reading.corrections import RowReader, document, read_rows
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.skills import read_skills
from mappings.bounds import EXPORTED_ROWS, EXPORTED_SIZE
from mappings.formats import FORMATS
from mappings.state_file import OWNER_ONLY, replace_file
from records.trail.corrections import record_corrections
from records.trail.trail import Trail

ORIGIN = ".origin.json"
"""Suffix of an exported file's name for the file of its origin."""

SPREADSHEETS = frozenset({".csv", ".txt"})
"""Ends of the names of the files whose cells a spreadsheet shows."""

NOT_A_ROW = frozenset({Reason.NOT_LOCATED, Reason.TOO_MANY_ROWS, Reason.LINE_TOO_LONG})
"""Reasons of an offer, of a file or of a line of which only the beginning is kept: no row."""


def _read_own(name: str, path: Path, aside: Quarantine) -> Iterator[Any]:
    return read_entries(path, FORMATS[name], aside)


READERS: Mapping[str, RowReader[Any]] = {
    "rpps": read_activities,
    "rpps-skills": read_skills,
    "finess": read_structures,
    **{name: partial(_read_own, name) for name in FORMATS},
}
"""The reader of each source: the same as a load's."""


class CorrectionFileError(ValueError):
    """A file of corrections cannot be written or read back; the message says how to fix it."""


class UncorrectedRow(NamedTuple):
    """A row that is still damaged: its line in the source, why, and which field."""

    line: int
    reason: Reason
    detail: str


@dataclass(slots=True)
class ReplayResult:
    """Result of a file of corrections: ``recorded`` rows are new, ``known`` ones were there."""

    source: str
    origin: dict[str, str]
    recorded: int = 0
    already_recorded: int = 0
    still_bad: list[UncorrectedRow] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        rows = [
            {**row._asdict(), "explanation": EXPLANATIONS[row.reason]} for row in self.still_bad
        ]
        return {
            "source": self.source,
            "recorded": self.recorded,
            "known": self.already_recorded,
            "still_bad": rows,
        }


def export_rows(run: Path, source: str, path: Path) -> int:
    """Write the rows a run set aside of one source as a file of that source; how many.

    Raises ``CorrectionFileError`` when there is none that can be corrected, or more than
    ``EXPORTED_ROWS``.
    """
    rows = _read_correctable_rows(run, source)
    kept = run / folder.QUARANTINE / f"{source}{LAYOUT}"
    if not rows or not kept.is_file():
        raise CorrectionFileError(
            f"Run {run.name} set no row of {source} aside that can be corrected: "
            "`sas quarantine` lists the sources and reasons."
        )
    layout = Layout(**orjson.loads(kept.read_bytes()))
    origin = {
        "source": source,
        "layout": layout._asdict(),
        "from": folder.read_origin(run),
        "rows": [{key: row[key] for key in ("line", "reason", "raw")} for row in rows],
    }
    exported = _neutralise_document(document([row["raw"] for row in rows], layout), layout)
    _write_private(path, exported.encode())
    _write_private(_origin_path(path), orjson.dumps(origin))
    return len(rows)


def _read_correctable_rows(run: Path, source: str) -> list[dict[str, Any]]:
    rows, size = [], 0
    for row in filter(_is_correctable, folder.read_quarantined_rows(run, source)):
        rows.append(row)
        size += len(row["raw"])
        if len(rows) > EXPORTED_ROWS or size > EXPORTED_SIZE:
            raise CorrectionFileError(
                f"Run {run.name} set over {EXPORTED_ROWS:,} rows or {EXPORTED_SIZE:,} characters "
                f"of {source} aside: nobody corrects so much by hand. Have the file mended where "
                "it is published."
            )
    return rows


def _neutralise_document(text: str, layout: Layout) -> str:
    """The file, where a spreadsheet opens it, without a formula in any cell."""
    if layout.suffix not in SPREADSHEETS:
        return text
    delimiter = find_delimiter(layout.opening)
    return "\n".join(neutralise_row(line, delimiter) for line in text.split("\n"))


def _is_correctable(row: Mapping[str, Any]) -> bool:
    return Reason(row["reason"]) not in NOT_A_ROW and len(row["raw"]) < MAX_RAW


def _write_private(path: Path, content: bytes) -> None:
    """Rows name professionals: the file is its owner's only."""
    if path.is_file():
        path.chmod(OWNER_ONLY)
    replace_file(path, content, mode=OWNER_ONLY)


def _origin_path(path: Path) -> Path:
    return path.with_name(path.name + ORIGIN)


def correction_files(path: Path) -> list[Path]:
    """The file itself, or the exported files of a folder; raises ``CorrectionFileError``."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob(f"*{ORIGIN}"))
    if not found:
        raise CorrectionFileError(f"{path} holds no file that `sas quarantine --export` wrote.")
    return [one.with_name(one.name.removesuffix(ORIGIN)) for one in found]


def replay_corrections(trail: Trail, path: Path, now: datetime) -> ReplayResult:
    """Record the corrected rows of an exported file; those still bad are reported and left out.

    Each row goes through the reader of its source. Nothing is live before the next reindex or
    load. Raises ``CorrectionFileError`` on a file that is not the exported one.
    """
    origin = _read_origin_file(path)
    layout = Layout(**origin["layout"])
    done = ReplayResult(origin["source"], origin["from"])
    healthy = dict(
        _valid_corrections(origin["rows"], _rows(path, layout, done.source), layout, done)
    )
    done.recorded = record_corrections(trail, done.source, healthy, now)
    done.already_recorded = max(len(healthy) - done.recorded, 0)
    return done


def _read_origin_file(path: Path) -> dict[str, Any]:
    beside = _origin_path(path)
    if not beside.is_file():
        raise CorrectionFileError(
            f"{beside.name} is not beside {path.name}: export again with `sas quarantine "
            "--export FILE`, correct that file and keep both together."
        )
    try:
        return dict(orjson.loads(beside.read_bytes()))
    except ValueError as error:
        raise CorrectionFileError(
            f"{beside.name} is not whole: export again with `sas quarantine --export FILE`."
        ) from error


def _valid_corrections(
    damaged: list[dict[str, Any]], corrected: list[str], layout: Layout, done: ReplayResult
) -> Iterator[tuple[str, str]]:
    """Each damaged row with its corrected one; the others go to ``done.bad``."""
    if len(damaged) != len(corrected):
        raise CorrectionFileError(
            f"{len(damaged)} rows were exported and {len(corrected)} came back: keep every row, in "
            "order; leave as it is a row that cannot be mended."
        )
    _check_alike(damaged, corrected)
    for row, text in zip(damaged, corrected, strict=True):
        if text == row["raw"]:
            done.still_bad.append(UncorrectedRow(row["line"], Reason(row["reason"]), "unchanged"))
        elif (fault := _find_fault(done.source, text, layout)) is not None:
            done.still_bad.append(UncorrectedRow(row["line"], *fault))
        else:
            yield row["raw"], text


def _check_alike(damaged: list[dict[str, Any]], corrected: list[str]) -> None:
    """Raise ``CorrectionFileError`` where one damage has two corrections: one would be lost."""
    remedies: dict[str, str] = {}
    for row, text in zip(damaged, corrected, strict=True):
        if text != row["raw"] and remedies.setdefault(row["raw"], text) != text:
            raise CorrectionFileError(
                f"Line {row['line']} is damaged exactly as a line before it and was corrected "
                "otherwise: one damage has one correction, make both rows alike."
            )


def _find_fault(source: str, text: str, layout: Layout) -> tuple[Reason, str] | None:
    """Why the reader of the source sets a row aside, None when it takes it."""
    aside = Quarantine(source)
    found = list(read_rows(READERS[source], [text], layout, aside))
    for reason in aside.rejected:
        return reason, aside.samples[reason][0].detail
    return None if found else (Reason.INVALID_RECORD, "no row")


def _rows(path: Path, layout: Layout, source: str) -> list[str]:
    """The rows of a corrected file, each as its source writes it on one line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if layout.suffix == ".json":
            return [orjson.dumps(entity).decode() for entity in orjson.loads(text)["pmej"]]
        if layout.suffix == ".csv" and source in FORMATS:
            delimiter = find_delimiter(text.partition("\n")[0])
            return [restore_row(row, delimiter) for row in csv_rows(text)]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise CorrectionFileError(
            f"{path.name} is no longer the {layout.suffix} file it was: keep it UTF-8 and "
            f"of its form, or export it again ({error})."
        ) from error
    lines = [line.removesuffix("\r") for line in text.split("\n") if line.strip()]
    if layout.suffix in SPREADSHEETS:
        lines = [restore_row(line, find_delimiter(layout.opening)) for line in lines]
    return lines[1:] if layout.opening else lines
