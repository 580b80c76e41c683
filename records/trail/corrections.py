"""Corrected rows of damaged ones.

A correction is of a row, whatever file it comes in: the daily register brings the same damage
every morning, and the same correction answers it until the source changes the row.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.database import open_reading, open_transaction
from records.trail.tables import CorrectedRow
from records.trail.trail import Trail

Corrections = Mapping[str, Mapping[str, str]]
"""By source, the corrected row of each damaged row."""


def read_corrections(trail: Trail) -> dict[str, dict[str, str]]:
    """Every correction kept; none when nothing was ever corrected."""
    found: dict[str, dict[str, str]] = {}
    with open_reading(trail.database) as session:
        own = select(CorrectedRow).where(CorrectedRow.prefix == trail.prefix)
        for row in session.scalars(own.order_by(CorrectedRow.key)):
            found.setdefault(row.source, {})[row.raw] = row.corrected
    return found


def record_corrections(trail: Trail, source: str, rows: Mapping[str, str], now: datetime) -> int:
    """Keep corrected rows by their damaged row; returns how many were not known yet.

    A correction of a correction replaces it, so that one step leads from damage to remedy.
    """
    with open_transaction(trail.database) as session:
        known = _read_source(session, trail, source)
        earlier = {raw: rows[kept] for raw, kept in known.items() if kept in rows}
        new = {raw: text for raw, text in {**earlier, **rows}.items() if known.get(raw) != text}
        for raw, corrected in new.items():
            session.merge(
                CorrectedRow(
                    prefix=trail.prefix,
                    key=_hash_damage(source, raw),
                    source=source,
                    raw=raw,
                    corrected=corrected,
                    corrected_at=now,
                )
            )
    return len(new)


def _read_source(session: Session, trail: Trail, source: str) -> dict[str, str]:
    own = select(CorrectedRow).where(CorrectedRow.prefix == trail.prefix)
    rows = session.scalars(own.where(CorrectedRow.source == source))
    return {row.raw: row.corrected for row in rows}


def _hash_damage(source: str, raw: str) -> str:
    return hashlib.sha256(f"{source}\n{raw}".encode()).hexdigest()
