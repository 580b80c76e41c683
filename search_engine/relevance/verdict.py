"""What became of each case, and whether the index is good enough."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean
from typing import Any

from mappings.text.french_counts import agree_word, format_count
from search_engine.relevance.limits import GATES, LEAST_NDCG, SMOKE_LOST_SHARE, TypedSet

NAMED = 5
"""Missing items named in a sentence."""

REJECTED = "Elasticsearch refuse cette recherche : la structure de l'index n'est pas celle attendue"
"""A search that the index cannot answer at all, found before it runs."""

UNEXPECTED = "réussit maintenant : retirez known_failure"


class Level(StrEnum):
    """How much a typed search matters."""

    MUST = "must"
    WISH = "wish"


class State(StrEnum):
    """What became of a case."""

    PASSED = "passed"
    FAILED = "failed"
    KNOWN_FAILURE = "known_failure"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One search, judged. ``group`` is its kind in the report, ``found`` the titles it showed."""

    id: str
    group: str
    description: str
    search: dict[str, Any]
    state: State = State.NOT_JUDGED
    problems: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    ndcg: float | None = None
    tolerated: bool = False
    """A failure that counts through the mean nDCG alone: one offer not found by its name."""
    level: Level | None = None
    """How much a typed search matters; None for a case."""

    def as_not_judged(self, reason: str) -> "CaseOutcome":
        """Nothing to judge there; the reason takes the place of the problems."""
        return replace(self, state=State.NOT_JUDGED, problems=[reason])

    def with_problems(
        self, problems: list[str], found: Sequence[str] = (), ndcg: float | None = None
    ) -> "CaseOutcome":
        """Passed, unless there are problems."""
        state = State.FAILED if problems else State.PASSED
        return replace(self, state=state, problems=problems, found=list(found), ndcg=ndcg)

    def as_known_failure(self, reason: str) -> "CaseOutcome":
        """A failure that is known does not count; a success that was not expected does."""
        if self.state is State.FAILED:
            return replace(self, state=State.KNOWN_FAILURE, problems=[reason], ndcg=None)
        return replace(self, state=State.FAILED, problems=[UNEXPECTED])

    def as_tolerated(self) -> "CaseOutcome":
        """The same failure, counted through the mean alone."""
        return replace(self, tolerated=True)


@dataclass(frozen=True, slots=True)
class RelevanceVerdict:
    """What all the cases give together.

    ``readings`` are those of typed lines, which need no index (``readings``), ``known`` those of
    known items (``known_items``): a wish that is not met is a known failure, told and not counted.
    ``smoke``: the bounded part was judged, before a swap.
    """

    outcomes: list[CaseOutcome]
    readings: list[CaseOutcome] = field(default_factory=list)
    known: list[CaseOutcome] = field(default_factory=list)
    smoke: bool = False

    @property
    def ndcg(self) -> float | None:
        """Mean nDCG@10, None when nothing was graded."""
        graded = [one.ndcg for one in self.outcomes if one.ndcg is not None]
        return fmean(graded) if graded else None

    @property
    def counts(self) -> dict[str, Counter[State]]:
        """How many of each group passed, failed, were not judged."""
        return count_states(self.outcomes)

    @property
    def lost_items(self) -> list[CaseOutcome]:
        """The known items that must be found and are not."""
        return [one for one in self.known if one.state is State.FAILED]

    @property
    def are_too_many_lost(self) -> bool:
        """More known items are lost than may be: none may in full, a share before a swap."""
        judged = sum(one.state is not State.NOT_JUDGED for one in self.known)
        allowed = SMOKE_LOST_SHARE * judged if self.smoke else 0
        return GATES[TypedSet.KNOWN_ITEMS] and len(self.lost_items) > allowed

    @property
    def failures(self) -> list[CaseOutcome]:
        """The cases that failed, those first that no mean excuses."""
        lost = [one for one in self.outcomes if one.state is State.FAILED]
        return sorted(lost, key=lambda one: one.tolerated)

    @property
    def has_no_judgement(self) -> bool:
        """Whether the index held nothing to judge: no reason to refuse it, none to praise it.

        False where the readings alone were judged.
        """
        if self.readings and not self.outcomes:
            return False
        return all(one.state is State.NOT_JUDGED for one in self.outcomes)

    @property
    def misread(self) -> list[CaseOutcome]:
        """The lines that must be read otherwise."""
        return [one for one in self.readings if one.state is State.FAILED]

    @property
    def unmet_wishes(self) -> list[CaseOutcome]:
        """The lines that are to be read otherwise one day."""
        return [one for one in self.readings if one.state is State.KNOWN_FAILURE]

    @property
    def good(self) -> bool:
        """Whether something was judged, and every limit is kept (``limits``)."""
        return not self.has_no_judgement and not self.faults()

    def faults(self) -> list[str]:
        """Which limits are not kept, one sentence each in French, naming the cases."""
        summary = [f"{one.id} : {one.problems[0]}" for one in self.failures if not one.tolerated]
        if self.ndcg is not None and self.ndcg < LEAST_NDCG:
            low = f"nDCG@10 de {_decimal(self.ndcg)}, sous {_decimal(LEAST_NDCG)}"
            lost = [one.id for one in self.failures if one.tolerated]
            many = format_count(len(lost), "offre", "introuvable")
            named = f"{many} par leur nom ({', '.join(lost[:NAMED])})"
            summary.append(f"{low} : {named}" if lost else low)
        if self.misread and GATES[TypedSet.READINGS]:
            named = ", ".join(f"« {one.id} »" for one in self.misread[:NAMED])
            texts, read = format_count(len(self.misread), "texte"), len(self.misread)
            summary.append(f"{texts} mal {agree_word('lu', read)} : {named}")
        if self.are_too_many_lost:
            named = ", ".join(one.id for one in self.lost_items[:NAMED])
            many = format_count(len(self.lost_items), "recherche", "tapée")
            summary.append(f"{many} sans leur réponse : {named}")
        return summary


def count_states(outcomes: Iterable[CaseOutcome]) -> dict[str, Counter[State]]:
    """How many of each group passed, failed, were not judged."""
    counted: dict[str, Counter[State]] = {}
    for one in outcomes:
        counted.setdefault(one.group, Counter())[one.state] += 1
    return counted


def measure_share(outcomes: Iterable[CaseOutcome], level: Level) -> float | None:
    """Share of the judged outcomes of a level that passed; None when none was judged."""
    judged = [o for o in outcomes if o.level is level and o.state is not State.NOT_JUDGED]
    return sum(one.state is State.PASSED for one in judged) / len(judged) if judged else None


def _decimal(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
