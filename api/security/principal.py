"""The identified caller of a request."""

from dataclasses import dataclass, field

from mappings.roles import UserRole
from search_engine.request.criteria import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """An identified caller. ``subject`` never reaches a log, a metric or an answer."""

    subject: str = field(repr=False)
    roles: frozenset[UserRole]
    territories: tuple[str, ...] = ()


def search_role(roles: frozenset[UserRole]) -> Role:
    """The role that decides which slots and information show: the widest one held."""
    if UserRole.OSNP in roles:
        return Role.OSNP
    return Role.IOA if UserRole.IOA in roles else Role.OTHER
