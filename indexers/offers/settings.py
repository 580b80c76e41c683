"""Our own sources in memory, by key: small sources that every offer is joined to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.formats import (
    Absence,
    Cpts,
    ParticipationFormat,
    Solution,
    SosAssociation,
    StructureSettings,
)

ProfessionalSettingsByRpps = Mapping[str, ParticipationFormat]


@dataclass(frozen=True, slots=True)
class OwnSources:
    """The own sources of one load; a source that was not given is empty.

    ``dates`` has the day of each dated source, by source name.
    """

    participation: ProfessionalSettingsByRpps = field(default_factory=dict)
    """By RPPS."""
    structures: Mapping[str, StructureSettings] = field(default_factory=dict)
    """By FINESS (health centres) and by SIRET (SOS associations): 9 and 14 characters."""
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    """By RPPS (professionals) and by FINESS (structures): 11 and 9 characters."""
    cpts: Mapping[str, Cpts] = field(default_factory=dict)
    """By FINESS."""
    sos: tuple[SosAssociation, ...] = ()
    solutions: tuple[Solution, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
