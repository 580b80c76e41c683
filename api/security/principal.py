"""The identified caller of a request."""

from dataclasses import dataclass, field

from mappings.roles import UserRole
from search_engine.request.criteria import Role

ANONYMOUS = "dev"
"""Subject of every caller with ``SAS_AUTH=dev``."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An identified caller. ``subject`` never reaches a log, a metric or a response."""

    subject: str = field(repr=False)
    roles: frozenset[UserRole]
    territories: tuple[str, ...] = ()

    @property
    def is_anonymous(self) -> bool:
        """No identity was checked: ``SAS_AUTH=dev``."""
        return self.subject == ANONYMOUS

    @property
    def search_role(self) -> Role:
        """The role that decides which slots and information show: the widest one held."""
        if UserRole.OSNP in self.roles:
            return Role.OSNP
        return Role.IOA if UserRole.IOA in self.roles else Role.OTHER
