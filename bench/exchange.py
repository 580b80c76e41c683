"""The requests of one search, to the byte and in order: the unit that a load repeats."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. ``after``: positions of the calls it waits for within its exchange.

    ``now`` is the instant written in the body that means the present; it is replaced by the
    present when the call is sent, so that nothing is answered from a cache that a real search
    would miss.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: str = ""
    after: tuple[int, ...] = ()
    now: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the line that goes to the load generator."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Call":
        """The call of ``as_dict``."""
        return cls(**{**values, "after": tuple(values["after"])})


Exchange = tuple[Call, ...]
"""The calls of one search, in the order in which they start."""

Plan = list[Exchange]
"""The exchanges of a list of searches, one a search."""
