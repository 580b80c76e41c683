"""Settings and people of the tests of records."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mappings.formats import ParticipationFormat
from records.access import Actor
from records.database import Database
from records.professional_settings import StoredSettings, change_professional_settings
from records.settings_rules import SoftwareAnswers

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANNE, BRUNO = "10100000016", "10100000024"
MSP = "480000017"
IN_ORDER = SoftwareAnswers(has_software=True, hours_available=True)


def build_settings(rpps: str = ANNE, **values: Any) -> ParticipationFormat:
    """Settings of somebody who takes part by himself, unless told otherwise."""
    return ParticipationFormat.model_validate(
        {"rpps": rpps, "participation": True, "via": 1, **values}
    )


def change(database: Database, version: int | None = None, **values: Any) -> StoredSettings:
    """Change the settings of a professional, by himself."""
    settings = build_settings(**values)
    return change_professional_settings(
        database, Actor(settings.rpps), settings, IN_ORDER, version=version, now=NOW
    )
