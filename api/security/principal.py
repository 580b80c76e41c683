"""Who asks, once identified."""

from dataclasses import dataclass, field
from enum import StrEnum

from search_engine.request.criteria import Role


class Duty(StrEnum):
    """What somebody does in the SAS; one person may hold several."""

    OSNP = "OSNP"
    IOA = "IOA"
    DATA_TEAM = "DATA_TEAM"
    ADMINISTRATOR = "ADMINISTRATOR"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Caller:
    """An identified caller. ``subject`` never reaches a log, a metric or an answer."""

    subject: str = field(repr=False)
    duties: frozenset[Duty]
    territories: tuple[str, ...] = ()


def search_role(duties: frozenset[Duty]) -> Role:
    """The role that decides which slots and information show: the widest one held."""
    if Duty.OSNP in duties:
        return Role.OSNP
    return Role.IOA if Duty.IOA in duties else Role.OTHER
