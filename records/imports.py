"""Files of our own formats on their way into the records, in one transaction each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.access import IMPORTER
from records.database import Database, open_reading, open_transaction
from records.kinds import FormatT, RecordKind, import_values, select_values
from records.tables import Import


@dataclass(frozen=True, slots=True)
class RecordsImport:
    """Rows of a file, and those that changed the records; the others were known or older."""

    kind: str
    rows: int
    written: int
    dry_run: bool = False


def import_records(
    database: Database,
    kind: RecordKind[FormatT],
    rows: Mapping[str, FormatT],
    digest: str,
    *,
    now: datetime,
    dry_run: bool = False,
) -> RecordsImport:
    """Bring the rows of a file into the records, all or none; of one key, the later word holds.

    ``digest`` is the SHA-256 of the file. ``dry_run`` does it all and undoes it.
    """
    with open_transaction(database) as session:
        written = sum(1 for _ in import_values(session, kind, rows.values(), now))
        session.add(
            Import(
                kind=kind.name,
                digest=digest,
                rows=len(rows),
                imported_at=now,
                imported_by=IMPORTER.id,
            )
        )
        session.flush()
        if dry_run:
            session.rollback()
    return RecordsImport(kind.name, len(rows), written, dry_run)


def preview_import(
    database: Database, kind: RecordKind[FormatT], rows: Mapping[str, FormatT], now: datetime
) -> dict[str, FormatT]:
    """The records of a kind as they would be after the import of these rows; nothing is kept."""
    with open_transaction(database) as session:
        for _ in import_values(session, kind, rows.values(), now):
            pass
        session.flush()
        found = select_values(session, kind)
        session.rollback()
    return found


def is_imported(database: Database, kind: str, digest: str) -> bool:
    """True when a file of this very content came in before."""
    with open_reading(database) as session:
        same = select(Import.id).where(Import.kind == kind, Import.digest == digest).limit(1)
        return session.scalar(same) is not None
