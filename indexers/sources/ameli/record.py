"""Who a row may be of, and what it says of that professional."""

from typing import NamedTuple, NotRequired, TypedDict

from indexers.sources.ameli.names import Likeness, distinctive_words, likeness
from indexers.sources.ameli.towns import Town


class Convention(TypedDict):
    """What is said of a professional at one address; unknown is absent."""

    sector: str
    optam: NotRequired[bool]
    vitale: NotRequired[bool]


class Identity(NamedTuple):
    """A professional as both files know one: name, trade, town, street line."""

    family: frozenset[str]
    given: str
    profession: str
    specialties: frozenset[str]
    """Groups of a reform, or codes that stand alone; empty when nothing is said."""
    town: Town
    line: str
    postal_code: str

    def lookup_keys(self) -> list[str]:
        """What it is looked up by: one key for each telling word of the family name."""
        rest = f"{self.given}|{self.profession}|{self.town.city}"
        return [f"{word}|{rest}" for word in distinctive_words(self.family)]


def has_specialty_conflict(some: frozenset[str], others: frozenset[str]) -> bool:
    """True when specialities are told on both sides and none is the same."""
    return bool(some and others and some.isdisjoint(others))


class Contract(NamedTuple):
    """One row: who, whether he is told to be a man, and his convention."""

    who: Identity
    man: bool
    convention: Convention
    number: int = -1
    """From 0 in the order of the file, of the contracts that are kept; -1 before."""

    def likeness_to(self, who: Identity) -> Likeness:
        """How the family names compare when given name, profession and town are not others."""
        mine = self.who
        same = (
            mine.given == who.given
            and mine.profession == who.profession
            and mine.town.can_match(who.town)
        )
        return likeness(mine.family, who.family, self.man) if same else Likeness.OTHER
