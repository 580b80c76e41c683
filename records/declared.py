"""Every kind of declaration, in one table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from records.absences import ABSENCES
from records.agenda.agendas import AGENDAS
from records.kinds import RecordKind
from records.professional_settings import PARTICIPATION
from records.registry.store import REGISTRY
from records.structure_settings import STRUCTURES

DECLARED: Mapping[str, RecordKind[Any]] = MappingProxyType(
    {kind.name: kind for kind in (PARTICIPATION, STRUCTURES, ABSENCES, AGENDAS, REGISTRY)}
)
