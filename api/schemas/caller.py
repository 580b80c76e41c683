"""The shape of who asks and of the territories, for the documentation only."""

from api.schemas.cards import Shape
from mappings.records import SlotType
from mappings.roles import UserRole
from search_engine.request.criteria import Mode


class Me(Shape):
    """The caller as the service knows him; nothing that names him."""

    roles: list[UserRole]
    modes: list[Mode]
    """Modes open to these roles, the default first."""
    slot_types: list[SlotType]
    """Types of slots that show."""
    territories: list[str]
    """Territories said by the token; they restrict nothing."""


class Territory(Shape):
    """A SAS territory: one department or collectivity."""

    id: str
    """`SAS-48`, `SAS-2A`, `SAS-974`: what the criterion `territory` takes."""
    name: str
    department: str
    timezone: str
    """IANA zone; communes of Polynésie française may differ from it."""


class Territories(Shape):
    """Every territory, by code of department."""

    territories: list[Territory]
