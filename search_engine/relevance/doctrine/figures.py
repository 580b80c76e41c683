"""The figures of the doctrine beside their targets."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from geography.density import DensityClass
from search_engine.relevance.doctrine.measures import PageMeasures

GATED_PROFILE = "regulation"
"""The profile that the doctrine is about; another is measured, and misses nothing."""


class Context(StrEnum):
    """Where a patient calls from."""

    DENSE = "dense"
    ELSEWHERE = "elsewhere"


MOST_HIDDEN: Mapping[Context, float] = MappingProxyType(
    {Context.DENSE: 0.08, Context.ELSEWHERE: 0.03}
)
"""Largest share of first pages that may hide somebody nearer and no later."""

LEAST_DRAW_P = 0.01
"""Under it a draw is not fair."""


def find_context(density: DensityClass) -> Context:
    """Dense, or anything else."""
    return Context.DENSE if density is DensityClass.DENSE else Context.ELSEWHERE


@dataclass(frozen=True, slots=True)
class ContextFigures:
    """The measures of the pages of one context."""

    pages: int
    hidden: int
    unexplained: int
    explained_by: Mapping[str, int]
    cards: int
    dominated: int
    late_pairs: int

    @property
    def hidden_share(self) -> float:
        """Share of the pages that hide somebody."""
        return self.hidden / self.pages if self.pages else 0.0


def sum_pages(pages: Sequence[PageMeasures]) -> ContextFigures:
    """The measures of several pages together."""
    hidden = [page for page in pages if page.hidden]
    return ContextFigures(
        len(pages),
        len(hidden),
        sum(not page.explained_by for page in hidden),
        dict(Counter(row for page in hidden for row in page.explained_by)),
        sum(page.cards for page in pages),
        sum(page.dominated for page in pages),
        sum(page.late_pairs for page in pages),
    )


@dataclass(frozen=True, slots=True)
class DrawFigures:
    """Searches of one patient with many seeds: who came first."""

    members: int
    searches: int
    p: float
    """How probable so uneven a draw is by chance."""


@dataclass(frozen=True, slots=True)
class DoctrineFigures:
    """What the doctrine gives on an index.

    ``empty``: pages without a card of somebody who can be seen. ``refused``: searches that were
    refused. ``places``: communes and how many patients called around each.
    """

    profile: str
    contexts: Mapping[Context, ContextFigures]
    draw: DrawFigures | None
    empty: int = 0
    refused: int = 0
    places: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_gate(self) -> bool:
        """Whether a missed target makes the index not good enough."""
        return self.profile == GATED_PROFILE

    @property
    def good(self) -> bool:
        """Whether pages were measured, and no target is missed that matters for the profile."""
        measured = any(found.pages for found in self.contexts.values())
        return measured and not (self.is_gate and self.list_missed_targets())

    def list_missed_targets(self) -> list[str]:
        """Which targets are missed, one sentence each in French."""
        return [*_list_missed(self.contexts), *_list_unfair(self.draw)]


def _list_missed(contexts: Mapping[Context, ContextFigures]) -> Iterable[str]:
    for context, found in contexts.items():
        if found.hidden_share > MOST_HIDDEN[context]:
            yield (
                f"{CONTEXTS[context]} : {found.hidden} premières pages sur {found.pages} cachent "
                "quelqu'un de plus proche et d'aussi tôt"
            )
        if found.unexplained:
            yield f"{CONTEXTS[context]} : {found.unexplained} de ces pages sont sans explication"
        if found.dominated:
            yield f"{CONTEXTS[context]} : {found.dominated} cartes dominées sur {found.cards}"
        if found.late_pairs:
            yield f"{CONTEXTS[context]} : {found.late_pairs} paires plus loin et plus tard d'abord"


CONTEXTS: Mapping[Context, str] = MappingProxyType(
    {Context.DENSE: "ville dense", Context.ELSEWHERE: "ailleurs"}
)
"""What each context is called."""


def _list_unfair(draw: DrawFigures | None) -> Iterable[str]:
    if draw is not None and draw.p <= LEAST_DRAW_P:
        yield f"tirage : {draw.members} offres égales, p = {draw.p:.3f}"
