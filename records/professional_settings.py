"""Settings of professionals: reading them, changing them with what follows, all at once.

A change and its message are one transaction: settings that no search shows cannot exist for long,
a search that shows what nobody said cannot exist at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from mappings.formats import ParticipationFormat
from records.access import IMPORTER, Actor, require_professional_access
from records.database import Database, open_reading, open_transaction
from records.errors import RecordMissing, RulesBroken, StaleVersion
from records.outbox import add_message
from records.settings_rules import BY_MSP, SoftwareAnswers, find_broken_rules
from records.tables import ProfessionalLocation, ProfessionalSettings

PROJECT_PROFESSIONAL = "project_professional"
"""Kind of the message that brings a professional's settings to his offers; its key is his RPPS."""
PROJECT_MSP = "project_msp"
"""Kind of the message by which an MSP takes part or no longer does; its key is its FINESS."""

SHARED = (
    *("participation", "via", "finess", "siret"),
    *("editor_disabled", "reorientation", "additional_info"),
)
"""Fields with one name in the record and in the exchanged format."""


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Settings to keep, who said so and when, and the version they replace."""

    actor: Actor
    settings: ParticipationFormat
    answers: SoftwareAnswers
    version: int | None
    """The version that was read, None for the first settings."""
    said_at: datetime
    written_at: datetime


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """Settings as they are kept, with the version that a change must name."""

    settings: ParticipationFormat
    answers: SoftwareAnswers
    version: int
    updated_at: datetime
    updated_by: str


def read_professional_settings(database: Database, actor: Actor, rpps: str) -> StoredSettings:
    """The settings of one professional; raises ``AccessDenied``, ``RecordMissing``."""
    require_professional_access(actor, rpps)
    with open_reading(database) as session:
        row = session.get(ProfessionalSettings, rpps)
        if row is None:
            raise RecordMissing(f"Aucun réglage n'est enregistré pour le RPPS {rpps}.")
        return _build_stored(row)


def change_professional_settings(
    database: Database,
    actor: Actor,
    settings: ParticipationFormat,
    answers: SoftwareAnswers,
    *,
    version: int | None,
    now: datetime,
) -> StoredSettings:
    """Replace one professional's settings; his offers follow through the outbox.

    ``version`` is the one that was read, None for the first settings. Raises ``AccessDenied``,
    ``RulesBroken`` with every fault, ``StaleVersion``.
    """
    require_professional_access(actor, settings.rpps)
    if faults := find_broken_rules(settings, answers):
        raise RulesBroken(faults)
    try:
        with open_transaction(database) as session:
            row = _write_row(session, SettingsChange(actor, settings, answers, version, now, now))
            session.flush()
            return _build_stored(row)
    except (StaleDataError, IntegrityError) as error:
        current = read_professional_settings(database, actor, settings.rpps)
        raise StaleVersion(current.version) from error


def read_all_settings(database: Database) -> dict[str, ParticipationFormat]:
    """Every professional's settings by RPPS."""
    with open_reading(database) as session:
        return select_settings(session)


def select_settings(session: Session) -> dict[str, ParticipationFormat]:
    """The same as the transaction sees them."""
    rows = session.scalars(select(ProfessionalSettings).order_by(ProfessionalSettings.rpps))
    return {row.rpps: _build_format(row) for row in rows}


def read_named_settings(database: Database, rpps: Iterable[str]) -> dict[str, ParticipationFormat]:
    """The settings of these professionals by RPPS; who has none is left out."""
    with open_reading(database) as session:
        chosen = select(ProfessionalSettings).where(ProfessionalSettings.rpps.in_(sorted(rpps)))
        return {row.rpps: _build_format(row) for row in session.scalars(chosen)}


def find_active_msp(database: Database, finess: Iterable[str]) -> frozenset[str]:
    """Of these MSP, those through which at least one professional takes part (F044)."""
    with open_reading(database) as session:
        found = session.scalars(
            select(ProfessionalSettings.finess)
            .where(ProfessionalSettings.finess.in_(sorted(finess)))
            .where(ProfessionalSettings.via == BY_MSP, ProfessionalSettings.participation)
            .distinct()
        )
        return frozenset(value for value in found if value)


def count_professional_settings(database: Database) -> int:
    """Professionals with settings in the records."""
    with open_reading(database) as session:
        return session.scalar(select(func.count()).select_from(ProfessionalSettings)) or 0


def queue_changed_settings(session: Session, since: datetime, now: datetime) -> int:
    """Project again the settings written at or after an instant, and all MSP; returns how many.

    What a file brought counts by the day it came in, not by the day its row was written.
    """
    changed = ProfessionalSettings.written_at >= since
    for rpps in session.scalars(select(ProfessionalSettings.rpps).where(changed)):
        add_message(session, PROJECT_PROFESSIONAL, rpps, now)
    found = select(ProfessionalSettings.finess).where(ProfessionalSettings.via == BY_MSP)
    for finess in session.scalars(found.distinct()):
        if finess:
            add_message(session, PROJECT_MSP, finess, now)
    return len(session.new)


def import_rows(
    session: Session, rows: Iterable[ParticipationFormat], now: datetime
) -> Iterator[str]:
    """Write rows of a file where the records say nothing later; yields the RPPS written.

    A row without instant replaces what a file said, never what a person did. The answers about
    software are kept: files do not hold them.
    """
    for settings in rows:
        row = session.get(ProfessionalSettings, settings.rpps)
        if row is not None and not _replaces(settings, row):
            continue
        answers = SoftwareAnswers() if row is None else _read_answers(row)
        version = None if row is None else row.version
        said_at = settings.updated or now
        _write_row(session, SettingsChange(IMPORTER, settings, answers, version, said_at, now))
        yield settings.rpps


def _replaces(settings: ParticipationFormat, row: ProfessionalSettings) -> bool:
    if _build_format(row).model_copy(update={"updated": settings.updated}) == settings:
        return False
    if settings.updated is not None:
        return settings.updated > row.updated_at
    return row.updated_by == IMPORTER.id


def _write_row(session: Session, change: SettingsChange) -> ProfessionalSettings:
    rpps = change.settings.rpps
    row = session.get(ProfessionalSettings, rpps)
    if row is not None and row.version != change.version:
        raise StaleVersion(row.version)
    if row is None and change.version is not None:
        raise RecordMissing(f"Aucun réglage n'est enregistré pour le RPPS {rpps}.")
    touched = {change.settings.finess, None if row is None else row.finess}
    if row is None:
        row = _add_row(session, change)
    _fill_row(row, change)
    add_message(session, PROJECT_PROFESSIONAL, rpps, change.written_at)
    for finess in sorted(filter(None, touched)):
        add_message(session, PROJECT_MSP, finess, change.written_at)
    return row


def _add_row(session: Session, change: SettingsChange) -> ProfessionalSettings:
    row = ProfessionalSettings(
        rpps=change.settings.rpps, created_at=change.said_at, created_by=change.actor.id
    )
    session.add(row)
    return row


def _fill_row(row: ProfessionalSettings, change: SettingsChange) -> None:
    settings, answers = change.settings, change.answers
    for name in SHARED:
        setattr(row, name, getattr(settings, name))
    row.has_software, row.hours_available = answers.has_software, answers.hours_available
    row.updated_at, row.updated_by = change.said_at, change.actor.id
    row.written_at = change.written_at
    kept = {place.idnst: place for place in row.locations}
    row.locations = [
        kept.get(idnst) or ProfessionalLocation(idnst=idnst)
        for idnst in sorted(set(settings.locations))
    ]


def _build_stored(row: ProfessionalSettings) -> StoredSettings:
    return StoredSettings(
        _build_format(row), _read_answers(row), row.version, row.updated_at, row.updated_by
    )


def _read_answers(row: ProfessionalSettings) -> SoftwareAnswers:
    return SoftwareAnswers(row.has_software, row.hours_available)


def _build_format(row: ProfessionalSettings) -> ParticipationFormat:
    values = {name: getattr(row, name) for name in SHARED}
    locations = [place.idnst for place in row.locations]
    return ParticipationFormat.model_construct(
        None, rpps=row.rpps, locations=locations, updated=row.updated_at, **values
    )
