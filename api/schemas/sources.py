"""The shape of the state of the sources, for the documentation only."""

from api.schemas.cards import Shape


class SourceNotice(Shape):
    """A source that is stale or partial, for who reads a page."""

    source: str
    state: str
    """`stale` or `partial`; stale when both."""
    as_of: str
    message: str


class SourceFacts(Shape):
    """One source of facts as it stands in the live index."""

    source: str
    label: str
    """In French, for a screen."""
    file: str | None = None
    edition: str | None = None
    """The day that the file tells."""
    rows: int
    as_of: str
    """The edition, else the load: what the age counts from."""
    loaded_at: str
    age_s: int
    bound_s: int
    """Age from which the source is stale."""
    stale: bool
    partial: bool
    """More than 1 % of it was set aside."""
    rejected: int
    """Rows set aside by its last load."""


class SlotSource(SourceFacts):
    """A source of slots: an editor, or the SAS agenda."""

    live_slots: int
    """Its slots that are not over, shown or hidden."""


class Sources(Shape):
    """Every source that a load brought, as the live index has them."""

    at: str
    sources: list[SourceFacts]
    slot_sources: list[SlotSource]
    """By editor; one that was never read by an import has no entry."""
