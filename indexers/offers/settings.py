"""Our own sources in memory, by key: small sources that every offer is joined to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mappings.formats import (
    Absence,
    Cpts,
    ParticipationFormat,
    Solution,
    SosAssociation,
    StructureSettings,
)
from mappings.records import OrientationsToday
from records.agenda.agendas import WrittenAgenda


@dataclass(frozen=True, slots=True)
class DeclaredSources:
    """What the records hold, in place of the files of a directory; None where they hold nothing."""

    participation: Mapping[str, ParticipationFormat] | None = None
    structures: Mapping[str, StructureSettings] | None = None
    absences: Mapping[str, tuple[Absence, ...]] | None = None
    agendas: tuple[WrittenAgenda, ...] | None = None
    orientations: Mapping[str, OrientationsToday] | None = None


NOTHING_DECLARED = DeclaredSources()


@dataclass(frozen=True, slots=True)
class OwnSources:
    """The own sources of one load; a source that was not given is empty.

    ``dates`` has the day of each dated source, by source name.
    """

    participation: Mapping[str, ParticipationFormat] = field(default_factory=dict)
    """By RPPS."""
    structures: Mapping[str, StructureSettings] = field(default_factory=dict)
    """By FINESS (health centres) and by SIRET (SOS associations): 9 and 14 characters."""
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    """By RPPS (professionals) and by FINESS (structures): 11 and 9 characters."""
    cpts: Mapping[str, Cpts] = field(default_factory=dict)
    """By FINESS."""
    sos: tuple[SosAssociation, ...] = ()
    solutions: tuple[Solution, ...] = ()
    agendas: tuple[WrittenAgenda, ...] | None = None
    """SAS agendas of the records; None: the records hold none."""
    orientations: Mapping[str, OrientationsToday] = field(default_factory=dict)
    """Orientations of the last days, by ``person_key``."""
    dates: Mapping[str, str] = field(default_factory=dict)

    def with_declared(self, declared: DeclaredSources) -> "OwnSources":
        """These sources, with what the records hold in place of what the files say."""
        held = {name: getattr(declared, name) for name in DeclaredSources.__slots__}
        return replace(self, **{name: found for name, found in held.items() if found is not None})
