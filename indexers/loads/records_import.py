"""Files of our own formats into the records, and what a reindex takes from the records."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indexers.offers.settings import DeclaredSources
from indexers.quality import gate
from indexers.runs.folder import Quarantines
from indexers.sources import own_sources
from indexers.sources.own_formats import find_own_file
from mappings.formats import group_absences
from records.absences import ABSENCES
from records.agenda.agendas import AGENDAS, WrittenAgenda, read_written_agendas
from records.database import Database
from records.declared import DECLARED
from records.imports import RecordsImport, import_records, is_imported, preview_import
from records.kinds import RecordKind, count_records, read_values
from records.orientations.counts import count_recent_days
from records.professional_settings import PARTICIPATION
from records.registry.store import REGISTRY
from records.structure_settings import STRUCTURES
from records.upkeep.projected_index import mark_read_changes

Rows = Mapping[str, Any]

READERS: Mapping[str, Callable[[Path, Quarantines], Rows]] = MappingProxyType(
    {
        PARTICIPATION.name: own_sources.read_participation,
        STRUCTURES.name: own_sources.read_structure_settings,
        ABSENCES.name: own_sources.read_absence_lines,
        AGENDAS.name: own_sources.read_agendas,
        REGISTRY.name: own_sources.read_lrm_entries,
    }
)
"""What reads the file of each kind, by the key of its records."""


class RecordsHoldSettings(RuntimeError):
    """A file would come in beside what people changed since: that is an order to give."""

    def __init__(self, kind: str, file: Path) -> None:
        super().__init__(
            f"{file.name} is not in the records, which hold {kind} already. Compare with `sas "
            f"records import {kind} {file} --dry-run`, import it with the same command "
            "without --dry-run, or run this one with --import. Of a row and a record the later "
            "one holds."
        )


@dataclass(frozen=True, slots=True)
class DeclaredInput:
    """What a reindex does with the files of declarations in its directory."""

    import_files: bool = False
    """Import them even when the records hold some."""
    dry_run: bool = False
    """Import them in a transaction that is undone."""
    accept_drift: bool = False
    """Import them although more than 1 % of their rows were set aside."""
    index_name: str | None = None
    """The index that is built from them: what it reads is noted, so that it is not given again."""


def import_records_file(
    database: Database,
    kind: RecordKind[Any],
    file: Path,
    now: datetime,
    *,
    accept_drift: bool = False,
    dry_run: bool = False,
) -> RecordsImport:
    """Import a file of a kind; raises ``GateClosedError`` above 1 % of rows set aside."""
    rows = _read_rows(kind, file, accept_drift)
    return import_records(database, kind, rows, hash_file(file), now=now, dry_run=dry_run)


def prepare_declared(
    database: Database, directory: Path, chosen: DeclaredInput, now: datetime
) -> DeclaredSources:
    """What a reindex takes from the records, kind by kind.

    A file of the directory comes in first: by itself when the records hold nothing of its kind or
    know this very file, on demand otherwise. A file for which the gate of the reindex will stay
    closed does not come in. Raises ``RecordsHoldSettings`` before any file comes in.
    """
    new = [_find_new_file(database, directory, kind, chosen) for kind in DECLARED.values()]
    previewed = {
        kind.name: _bring_in(database, kind, file, chosen, now)
        for kind, file in zip(DECLARED.values(), new, strict=True)
    }
    if chosen.index_name is not None and not chosen.dry_run:
        mark_read_changes(database, chosen.index_name)
    held = {
        name: read_values(database, DECLARED[name]) if rows is None else rows
        for name, rows in previewed.items()
    }
    return DeclaredSources(
        participation=held[PARTICIPATION.name] or None,
        structures=held[STRUCTURES.name] or None,
        absences=group_absences(held[ABSENCES.name].values()) or None,
        agendas=_list_agendas(database, held[AGENDAS.name], chosen, now) or None,
        orientations=count_recent_days(database, now) or None,
    )


def _list_agendas(
    database: Database, held: Rows, chosen: DeclaredInput, now: datetime
) -> tuple[WrittenAgenda, ...]:
    """The agendas as they are, or as an import that is undone would write them now."""
    if chosen.dry_run:
        return tuple(WrittenAgenda(agenda, now) for agenda in held.values())
    return tuple(read_written_agendas(database, now))


def _find_new_file(
    database: Database, directory: Path, kind: RecordKind[Any], chosen: DeclaredInput
) -> "NewFile | None":
    file = find_own_file(directory, kind.name)
    if file is None:
        return None
    digest = hash_file(file)
    if is_imported(database, kind.name, digest):
        return None
    if count_records(database, kind) and not chosen.import_files:
        raise RecordsHoldSettings(kind.name, file)
    return NewFile(file, digest)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that the records do not know, and its SHA-256."""

    path: Path
    digest: str


def _bring_in(
    database: Database,
    kind: RecordKind[Any],
    file: NewFile | None,
    chosen: DeclaredInput,
    now: datetime,
) -> Rows | None:
    """Import a file; of a dry run, what the records would hold after it."""
    if file is None:
        return None
    try:
        rows = _read_rows(kind, file.path, chosen.accept_drift)
    except gate.GateClosedError:
        return None
    if chosen.dry_run:
        return preview_import(database, kind, rows, now)
    import_records(database, kind, rows, file.digest, now=now)
    return None


def hash_file(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _read_rows(kind: RecordKind[Any], file: Path, accept_drift: bool) -> Rows:
    quarantines = Quarantines(None)
    try:
        rows = READERS[kind.name](file, quarantines)
    finally:
        quarantines.close()
    problems = gate.quarantine_problems(quarantines)
    if problems and not accept_drift:
        raise gate.GateClosedError(problems, "Nothing was imported: correct the file.")
    return rows
