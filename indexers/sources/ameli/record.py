"""The professional a row may be of, and the convention of that professional."""

from typing import NamedTuple, NotRequired, TypedDict

from indexers.sources.ameli.names import Likeness, distinctive_words, likeness
from indexers.sources.ameli.towns import Town


class Convention(TypedDict):
    """The convention of a professional at one address; unknown is absent."""

    sector: str
    optam: NotRequired[bool]
    vitale: NotRequired[bool]


class Identity(NamedTuple):
    """A professional as both files know one: name, trade, town, street line."""

    family: frozenset[str]
    given: str
    profession: str
    specialties: frozenset[str]
    """Groups of a reform, or codes outside any group; empty when unknown."""
    town: Town
    line: str
    postal_code: str

    def lookup_keys(self) -> list[str]:
        """Lookup keys: one for each distinctive word of the family name."""
        rest = f"{self.given}|{self.profession}|{self.town.city}"
        return [f"{word}|{rest}" for word in distinctive_words(self.family)]


def has_specialty_conflict(some: frozenset[str], others: frozenset[str]) -> bool:
    """True when both sides have specialities and none in common."""
    return bool(some and others and some.isdisjoint(others))


class Contract(NamedTuple):
    """One row: the person, whether the civility is a man's, and the convention."""

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
