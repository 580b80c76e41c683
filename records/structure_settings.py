"""Settings of structures by FINESS and of SOS associations by SIRET (F112): rules and access."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mappings.formats import StructureSettings
from records.access import Actor, require_structure_access
from records.database import Database
from records.errors import RulesBroken
from records.kinds import (
    Message,
    RecordChange,
    RecordKind,
    StoredRecord,
    change_record,
    read_record,
)
from records.rules import Rule, list_broken_rules
from records.tables import StructureDeclaration

PROJECT_STRUCTURE = "project_structure"
"""Kind of the message that brings settings to a structure, or to the points of an association."""

FINESS_LENGTH = 9

SHARED = (
    *("participation", "hours_available", "practitioner_count", "maternity_level"),
    *("emergency", "additional_info"),
)
"""Fields with one name and one type in the record and in the exchanged format."""


def _identify(settings: StructureSettings) -> str:
    return settings.finess or settings.siret or ""


def _fill(row: StructureDeclaration, settings: StructureSettings) -> None:
    row.structure = _identify(settings)
    row.hours = settings.model_dump(mode="json")["hours"]
    for name in SHARED:
        setattr(row, name, getattr(settings, name))


def _build(row: StructureDeclaration) -> StructureSettings:
    values: dict[str, Any] = {name: getattr(row, name) for name in SHARED}
    values |= name_structure(row.structure)
    values["hours"] = {day: [(*span,) for span in spans] for day, spans in row.hours.items()}
    return StructureSettings.model_construct(None, updated=row.updated_at, **values)


def name_structure(key: str) -> dict[str, str]:
    """The identifier of a structure under its name in the exchanged format."""
    return {"finess" if len(key) == FINESS_LENGTH else "siret": key}


def _follow(row: StructureDeclaration) -> Iterable[Message]:
    yield Message(PROJECT_STRUCTURE, row.structure)


STRUCTURES = RecordKind(
    "structures",
    StructureDeclaration,
    _identify,
    _fill,
    _build,
    _follow,
    "Aucun réglage n'est enregistré pour la structure {key}.",
)

RULES: tuple[Rule[StructureSettings], ...] = (
    Rule(
        "hours_available",
        lambda settings: not settings.hours_available,
        "Pour participer, la structure déclare au moins deux heures de disponibilité par semaine.",
    ),
    Rule(
        "practitioner_count",
        lambda settings: settings.finess is not None and settings.practitioner_count == 0,
        "Indiquez combien de praticiens du centre de santé participent.",
    ),
)
"""For a structure that takes part (1.5 of the published engine)."""


def parse_structure_settings(
    values: Mapping[str, Any], *, participation: bool
) -> StructureSettings:
    """Settings whose values are valid one by one; the rules say what they lack together.

    Raises ``ValidationError``.
    """
    alone = StructureSettings.model_validate({**values, "participation": False})
    return alone.model_copy(update={"participation": participation})


def read_structure_settings(
    database: Database, actor: Actor, structure: str
) -> StoredRecord[StructureSettings]:
    """The settings of one structure; raises ``AccessDenied``, ``RecordMissing``."""
    require_structure_access(actor, structure)
    return read_record(database, STRUCTURES, structure)


def change_structure_settings(
    database: Database,
    actor: Actor,
    settings: StructureSettings,
    *,
    version: int | None,
    now: datetime,
) -> StoredRecord[StructureSettings]:
    """Replace the settings of a structure; its offers follow through the outbox.

    Raises ``AccessDenied``, ``RulesBroken``, ``StaleVersion``.
    """
    require_structure_access(actor, _identify(settings))
    if settings.participation and (faults := list_broken_rules(RULES, settings)):
        raise RulesBroken(faults)
    return change_record(database, STRUCTURES, RecordChange(actor, settings, version, now, now))
