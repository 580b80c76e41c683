"""The caller of a request: identified by a credential, or a person of this machine in ``dev``.

The two are different types, and a credential's name is a value with its kind: nothing that a caller
can write is ever compared with a constant of ours, nor with a name of another kind.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from mappings.roles import UserRole
from search_engine.request.criteria import Role


class ClientKind(Enum):
    """What names a client."""

    TOKEN = auto()
    KEY = auto()
    ADDRESS = auto()


class ClientId(NamedTuple):
    """Name of a client among those of its kind; it never reaches a log, a metric or a response."""

    kind: ClientKind
    name: str


@dataclass(frozen=True, slots=True)
class Principal:
    """What a caller may do."""

    roles: frozenset[UserRole]
    territories: tuple[str, ...] = ()

    @property
    def search_role(self) -> Role:
        """The role that decides which slots and information show: the widest one held."""
        if UserRole.OSNP in self.roles:
            return Role.OSNP
        return Role.IOA if UserRole.IOA in self.roles else Role.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedPrincipal(Principal):
    """The holder of a credential that was checked; ``national_id`` is that of a person."""

    client: ClientId = field(repr=False)
    national_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DevPrincipal(Principal):
    """A caller of ``SAS_AUTH=dev``: nothing was checked, so its declared role is believed."""
