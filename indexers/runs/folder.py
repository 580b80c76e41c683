"""The folder of a run: its quarantine files and its report, kept under the state directory."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from indexers.quality.quarantine import NO_CORRECTIONS, Quarantine
from indexers.quality.reasons import EXPLANATIONS, Reason
from mappings.state_file import replace_file

KEPT_RUNS = 20
"""Newest runs kept; a quarantine file names professionals, so it is not kept for ever."""

QUARANTINE = "quarantine"
REPORT = "report.json"
ORIGIN = "origin.json"
PAGE = "report.html"
_STAMP = "%Y%m%d-%H%M%S-%f"


class NoSuchRunError(ValueError):
    """No run of that name is kept."""


class Quarantines:
    """The quarantines of one run, one a source, made at first use."""

    def __init__(
        self, folder: Path | None = None, corrections: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """``folder`` receives ``<source>.jsonl`` files; None keeps samples in memory only.

        ``corrections`` are those of each source (``indexers.quality.corrections``).
        """
        self.folder = folder
        self._corrections = corrections or {}
        self._quarantine_by_source: dict[str, Quarantine] = {}

    def get_quarantine(self, source: str) -> Quarantine:
        """The quarantine of a source."""
        if source not in self._quarantine_by_source:
            path = None if self.folder is None else self.folder / f"{source}.jsonl"
            corrections = self._corrections.get(source, NO_CORRECTIONS)
            self._quarantine_by_source[source] = Quarantine(source, path, corrections)
        return self._quarantine_by_source[source]

    def __iter__(self) -> Iterator[Quarantine]:
        return iter(self._quarantine_by_source.values())

    def close(self) -> None:
        """Close every file."""
        for quarantine in self:
            quarantine.close()

    def as_json(self) -> dict[str, Any]:
        """Counts by source and reason, without any row."""
        return {
            q.source: {
                "read": q.read,
                "ratio": round(q.ratio, 6),
                "rejected": _by_code(q.rejected),
                "warned": _by_code(q.warned),
                "skipped": _by_code(q.skipped),
                "points": dict(q.points),
                "corrected": q.corrected,
                "unknown": dict(q.unknown),
            }
            for q in self
        }


def _by_code(counts: Mapping[Reason, int]) -> dict[str, int]:
    return {reason.value: count for reason, count in counts.items() if count}


def runs_folder(state_dir: Path) -> Path:
    """Where runs are kept."""
    return state_dir / "runs"


def create_run(state_dir: Path, now: datetime) -> Path:
    """A new empty folder for a run, readable by its owner only; the oldest runs go."""
    folder = runs_folder(state_dir) / now.astimezone(UTC).strftime(_STAMP)
    folder.mkdir(parents=True)
    runs_folder(state_dir).chmod(0o700)
    for old in list_runs(state_dir)[KEPT_RUNS:]:
        shutil.rmtree(old)
    return folder


def list_runs(state_dir: Path) -> list[Path]:
    """Folders of the runs, newest first."""
    folder = runs_folder(state_dir)
    return sorted((path for path in folder.glob("*-*") if path.is_dir()), reverse=True)


def write_origin(run: Path, origin: Mapping[str, str]) -> None:
    """Keep the origin of a run: ``directory``, or ``source`` and ``path``."""
    run.mkdir(parents=True, exist_ok=True)
    replace_file(run / ORIGIN, orjson.dumps(origin))


def read_origin(run: Path) -> dict[str, str]:
    """The origin of a run; ``{}`` when it ended before writing one that can be read."""
    return _read_document(run / ORIGIN)


def find_last_run(state_dir: Path, origin: Mapping[str, str]) -> Path | None:
    """The newest run of ``origin``, or a real run that covers it: of any directory, or of a file of
    its source. None when none is kept.
    """
    for run in list_runs(state_dir):
        read = read_origin(run)
        covers = "directory" in read or (read and read.get("source") == origin.get("source"))
        rehearsed = str(_read_record(run).get("command")).endswith("--dry-run")
        if read == origin or (covers and not rehearsed):
            return run
    return None


def find_run(state_dir: Path, name: str | None) -> Path:
    """The folder of a run by the beginning of its name, the last one without a name.

    Raises ``NoSuchRunError``, also when several runs begin so.
    """
    kept = list_runs(state_dir)
    if not kept:
        raise NoSuchRunError("No run is kept yet: run `sas reindex --from DIR` first.")
    found = [run for run in kept if run.name.startswith(name or "")]
    if name is None or len(found) == 1:
        return found[0]
    listed = ", ".join(run.name for run in (found or kept)[:5])
    how = "Several runs begin with" if found else "No run kept is called"
    raise NoSuchRunError(f"{how} {name!r}: choose among {listed}.")


def write_report(run: Path, report: dict[str, Any]) -> None:
    """Keep the report of a run beside its quarantine files."""
    run.mkdir(parents=True, exist_ok=True)
    as_text = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    replace_file(run / REPORT, orjson.dumps(report, option=as_text))


def write_page(run: Path, page: str) -> None:
    """Keep the page of a run beside its report."""
    replace_file(run / PAGE, page.encode())


def read_report(run: Path) -> dict[str, Any]:
    """The report of a run; ``{}`` when it ended before writing one that can be read."""
    return _read_document(run / REPORT)


def _read_document(path: Path) -> dict[str, Any]:
    """A JSON object; ``{}`` for a file that is missing, cut or of another form."""
    try:
        found = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def has_read_rows(run: Path) -> bool:
    """Whether a run came as far as the rows of a source."""
    counts = read_report(run).get("quarantine", {})
    return any(of.get("read") for of in counts.values()) or (run / QUARANTINE).is_dir()


def read_outcome(run: Path) -> str | None:
    """How a run ended, a value of ``RunOutcome``; None when it is not recorded."""
    outcome: str | None = _read_record(run).get("outcome")
    return outcome


def _read_record(run: Path) -> dict[str, Any]:
    return dict(read_report(run).get("run", {}))


def read_quarantined_rows(run: Path, source: str | None = None) -> Iterator[dict[str, Any]]:
    """The rows a run set aside, with the explanation of each reason, by source and line.

    A line that a full disk or a kill cut is left out.
    """
    pattern = "*.jsonl" if source is None else f"{source}.jsonl"
    for path in sorted((run / QUARANTINE).glob(pattern)):
        with path.open("rb") as lines:
            yield from filter(None, map(_parse_quarantined_row, lines))


def _parse_quarantined_row(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
        return {**row, "explanation": EXPLANATIONS[Reason(row["reason"])]}
    except (ValueError, KeyError, TypeError):
        return None
