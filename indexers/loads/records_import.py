"""Files of our own formats into the records, and what a reindex takes from the records."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from indexers.quality import gate
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import find_own_file
from indexers.sources.own_sources import read_participation
from mappings.formats import ParticipationFormat
from records.database import Database
from records.imports import (
    PARTICIPATION,
    RecordsImport,
    import_participation,
    is_imported,
    preview_participation,
)
from records.professional_settings import count_professional_settings, read_all_settings


class RecordsHoldSettings(RuntimeError):
    """A file would come in beside what people changed since: that is an order to give."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file.name} is not in the records, which hold settings already. Compare with `sas "
            f"records import {PARTICIPATION} {file} --dry-run`, import it with the same command "
            "without --dry-run, or run this one with --import. Of a row and a record the later "
            "one holds."
        )


@dataclass(frozen=True, slots=True)
class SettingsInput:
    """What a reindex does with a file of settings in its directory."""

    import_files: bool = False
    """Import it even when the records hold settings."""
    dry_run: bool = False
    """Import it in a transaction that is undone."""
    accept_drift: bool = False
    """Import it although more than 1 % of its rows were set aside."""


def import_participation_file(
    database: Database,
    file: Path,
    now: datetime,
    *,
    accept_drift: bool = False,
    dry_run: bool = False,
) -> RecordsImport:
    """Import a file of settings; raises ``GateClosedError`` above 1 % of rows set aside."""
    rows = _read_rows(file, accept_drift)
    return import_participation(database, rows, hash_file(file), now=now, dry_run=dry_run)


def prepare_settings(
    database: Database, directory: Path, chosen: SettingsInput, now: datetime
) -> Mapping[str, ParticipationFormat] | None:
    """The settings a reindex takes from the records, None when they hold none.

    A file of settings in the directory comes in first: by itself when the records hold none or
    know this very file, on demand otherwise. A file for which the gate of the reindex will stay
    closed does not come in. Raises ``RecordsHoldSettings``.
    """
    file = find_own_file(directory, PARTICIPATION)
    digest = None if file is None else hash_file(file)
    if file is None or digest is None or is_imported(database, PARTICIPATION, digest):
        return read_all_settings(database) or None
    if count_professional_settings(database) and not chosen.import_files:
        raise RecordsHoldSettings(file)
    try:
        rows = _read_rows(file, chosen.accept_drift)
    except gate.GateClosedError:
        return read_all_settings(database) or None
    if chosen.dry_run:
        return preview_participation(database, rows, now) or None
    import_participation(database, rows, digest, now=now)
    return read_all_settings(database) or None


def hash_file(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _read_rows(file: Path, accept_drift: bool) -> Mapping[str, ParticipationFormat]:
    quarantines = Quarantines(None)
    try:
        rows = read_participation(file, quarantines)
    finally:
        quarantines.close()
    problems = gate.quarantine_problems(quarantines)
    if problems and not accept_drift:
        raise gate.GateClosedError(problems, "Nothing was imported: correct the file.")
    return rows
