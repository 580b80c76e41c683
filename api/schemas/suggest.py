"""The shape of suggestions and of completed places, for the documentation only."""

from api.schemas.cards import Shape


class SuggestedWord(Shape):
    """A speciality, profession or kind of structure; `what` is to be sent to the search."""

    label: str
    what: str
    kind: str
    """`specialty`, `profession` or `structure`."""


class SuggestedPerson(Shape):
    """One professional, whatever his places; `what` of homonyms is their `rpps`."""

    label: str
    what: str
    rpps: str
    profession: str | None = None
    city: str | None = None
    department: str | None = None


class SuggestedStructure(Shape):
    """One structure."""

    label: str
    what: str
    id: str
    kind: str
    city: str | None = None
    department: str | None = None


class Suggestions(Shape):
    """What could be meant by the first letters."""

    specialties: list[SuggestedWord]
    professionals: list[SuggestedPerson]
    structures: list[SuggestedStructure]


class CompletedCounty(Shape):
    """A department; send `department` to the search."""

    label: str
    department: str


class CompletedCity(Shape):
    """A commune or municipal district; send `insee` to the search."""

    label: str
    insee: str
    department: str
    postal_codes: list[str]


class CompletedAddress(Shape):
    """An address; send `lat` and `lon` to the search."""

    label: str
    lat: float
    lon: float
    insee: str
    department: str
    precision: str


class PlaceCompletions(Shape):
    """What place could be meant; `partial` when a source in `unavailable` did not answer."""

    county: list[CompletedCounty]
    city: list[CompletedCity]
    address: list[CompletedAddress]
    partial: bool
    unavailable: list[str] | None = None
