"""Who a row may be of, and what it says of that professional."""

from typing import NamedTuple, NotRequired, TypedDict

from indexers.ameli.names import telling_words
from indexers.ameli.towns import Town


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
        return [f"{word}|{rest}" for word in telling_words(self.family)]

    def same_trade(self, other: "Identity") -> bool:
        """Same profession, and no two specialities that contradict each other."""
        apart = self.specialties and other.specialties and not self.specialties & other.specialties
        return self.profession == other.profession and not apart


class Contract(NamedTuple):
    """One row: who, whether he is told to be a man, and his convention."""

    who: Identity
    man: bool
    convention: Convention
