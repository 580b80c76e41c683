"""Settings of professionals (F110): rules, access, and the MSP that follow from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappings.formats import ParticipationFormat
from records.access import Actor, require_professional_access
from records.database import Database, open_reading
from records.errors import RulesBroken
from records.kinds import Message, RecordChange, RecordKind, StoredRecord, change_record, get_row
from records.outbox import add_message
from records.settings_rules import BY_MSP, SoftwareAnswers, find_broken_rules
from records.tables import ProfessionalLocation, ProfessionalSettings

PROJECT_PROFESSIONAL = "project_professional"
"""Kind of the message that brings a professional's settings to his offers; its key is his RPPS."""
PROJECT_MSP = "project_msp"
"""Kind of the message by which an MSP takes part or no longer does; its key is its FINESS."""

SHARED = (
    *("rpps", "participation", "via", "finess", "siret"),
    *("editor_disabled", "reorientation", "additional_info"),
)
"""Fields with one name in the record and in the exchanged format."""


def _fill(row: ProfessionalSettings, settings: ParticipationFormat) -> None:
    for name in SHARED:
        setattr(row, name, getattr(settings, name))
    kept = {place.idnst: place for place in row.locations}
    row.locations = [
        kept.get(idnst) or ProfessionalLocation(idnst=idnst)
        for idnst in sorted(set(settings.locations))
    ]


def _build(row: ProfessionalSettings) -> ParticipationFormat:
    values = {name: getattr(row, name) for name in SHARED}
    locations = [place.idnst for place in row.locations]
    return ParticipationFormat.model_construct(
        None, locations=locations, updated=row.updated_at, **values
    )


def _follow(row: ProfessionalSettings) -> Iterable[Message]:
    yield Message(PROJECT_PROFESSIONAL, row.rpps)
    if row.finess:
        yield Message(PROJECT_MSP, row.finess)


PARTICIPATION = RecordKind(
    "participation",
    ProfessionalSettings,
    lambda settings: settings.rpps,
    _fill,
    _build,
    _follow,
    "Aucun réglage n'est enregistré pour le RPPS {key}.",
)


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """A professional's settings as they are kept, with what files do not hold."""

    record: StoredRecord[ParticipationFormat]
    answers: SoftwareAnswers

    @property
    def settings(self) -> ParticipationFormat:
        """The settings as exchanged."""
        return self.record.value


def read_professional_settings(database: Database, actor: Actor, rpps: str) -> StoredSettings:
    """The settings of one professional; raises ``AccessDenied``, ``RecordMissing``."""
    require_professional_access(actor, rpps)
    with open_reading(database) as session:
        row = get_row(session, PARTICIPATION, rpps)
        record = StoredRecord(_build(row), row.version, row.updated_at, row.updated_by)
        return StoredSettings(record, SoftwareAnswers(row.has_software, row.hours_available))


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
    columns = {name: getattr(answers, name) for name in SoftwareAnswers.__slots__}
    change = RecordChange(actor, settings, version, now, now, columns)
    return StoredSettings(change_record(database, PARTICIPATION, change), answers)


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


def queue_all_msp(session: Session, now: datetime) -> int:
    """Project every MSP that professionals name again; returns how many."""
    named = select(ProfessionalSettings.finess).where(ProfessionalSettings.via == BY_MSP)
    found = [finess for finess in session.scalars(named.distinct()) if finess]
    for finess in found:
        add_message(session, PROJECT_MSP, finess, now)
    return len(found)
