"""The shape of the indicators, for the documentation only."""

from api.schemas.cards import Shape


class IndicatorValue(Shape):
    """A number, and what it is of: the members that the indicator is split by."""

    value: float
    territory: str | None = None
    department: str | None = None
    mode: str | None = None
    """Kind of an orientation."""
    outcome: str | None = None
    role: str | None = None
    via: int | None = None
    """Way of taking part, 1 to 4."""


class IndicatorFigures(Shape):
    """One indicator over one period."""

    name: str
    sentence: str
    """In French, for a screen."""
    unit: str
    since: str
    until: str
    """The first instant that is not in the period."""
    values: list[IndicatorValue]


class Indicators(Shape):
    """Every indicator as it is read on a day."""

    day: str
    indicators: list[IndicatorFigures]
