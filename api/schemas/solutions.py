"""The shape of marketplace solutions, for the documentation only."""

from typing import Any

from api.schemas.cards import CodeLabel, Shape, Total


class SolutionCoverage(Shape):
    """Why the solution is shown here: the most local of the ways it covers the place.

    For a whole department, the widest one.
    """

    kind: str
    """`commune`, `circle` or `department`."""
    km: float | None = None
    """Radius of the circle in which the solution acts, not a distance to the patient."""


class SolutionCard(Shape):
    """A marketplace offer: no place and no slot, a link to ask for it."""

    id: str
    kind: str
    title: str
    editor: str
    link: str | None = None
    """The editor's page, with exactly one `origin` parameter."""
    phones: list[str] | None = None
    professions: list[CodeLabel] | None = None
    """Who can be sent; absent when the solution says nothing of it."""
    specialties: list[CodeLabel] | None = None
    consultation: list[str] | None = None
    """`AMB` office, `HH` home, `VR` remote; absent when the solution says nothing of it."""
    coverage: SolutionCoverage
    additional_info: str | None = None
    sources: dict[str, Any]


class Solutions(Shape):
    """The first solutions for the place and the need, and how many there are.

    Those that name the speciality first, then the most local, then drawn from the `seed`.
    """

    total: Total
    """`relation` is `gte` when there are too many to be counted."""
    results: list[SolutionCard]
