"""What a page is worth against a judged case: its problems, and its nDCG."""

from dataclasses import dataclass
from math import log2

from search_engine.relevance.cases import Case, CaseKind

DEPTH = 10
"""Cards over which the gain is counted."""


@dataclass(frozen=True, slots=True)
class PageIds:
    """The ids of a first page in order, those pinned above it, and the codes of its warnings."""

    results: list[str]
    pinned: list[str]
    warnings: list[str]


def problems(case: Case, shown: PageIds) -> list[str]:
    """What is wrong with the page; empty when the case is satisfied."""
    found = shown.results
    problems = [f"manque : {key}" for key in case.expected if key not in found]
    problems += [f"interdit : {key}" for key in case.forbidden if key in found]
    if case.kind is CaseKind.PRECISION:
        problems += [f"de trop : {key}" for key in found if key not in case.expected]
    if case.kind is CaseKind.ORDER and found[: len(case.expected)] != case.expected:
        problems.append(f"ordre : {_join_keys(found[: len(case.expected)])}")
    if case.pinned is not None and case.pinned != shown.pinned:
        problems.append(f"médecin traitant : {_join_keys(shown.pinned)}")
    if case.warnings is not None and case.warnings != shown.warnings:
        problems.append(f"avertissements : {_join_keys(shown.warnings)}")
    return problems


def _join_keys(keys: list[str]) -> str:
    return ", ".join(keys) or "aucun"


def judgements(case: Case) -> dict[str, int]:
    """The grades, or 1 for each expected id."""
    return case.grades or dict.fromkeys(case.expected, 1)


def ndcg(found: list[str], grades: dict[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain (gain ``2^grade - 1``), 0 to 1."""
    best = gain(sorted(grades.values(), reverse=True)[:depth])
    return gain([grades.get(key, 0) for key in found[:depth]]) / best if best else 1.0


def gain(grades: list[int]) -> float:
    """Discounted gain of grades in the order shown."""
    return sum((2.0**grade - 1) / log2(rank + 2) for rank, grade in enumerate(grades))
