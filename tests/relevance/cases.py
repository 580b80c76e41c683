"""Relevance cases: what was asked, what must come, and whose complaint or rule it answers."""

import tomllib
from enum import StrEnum
from math import log2
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Kind(StrEnum):
    """What a case judges."""

    PRECISION = "precision"
    RECALL = "recall"
    ORDER = "order"
    FORBIDDEN = "forbidden"


class Case(BaseModel):
    """One judged search. Unknown fields are refused: a misspelt one would judge nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    description: str = Field(min_length=10)
    """The rule or complaint answered, with its number."""
    kind: Kind
    search: dict[str, Any]
    expected: list[str] = []
    """Place keys: all of them on the first page; for ``precision`` no other; in this order for
    ``order``."""
    forbidden: list[str] = []
    grades: dict[str, int] = {}
    """Judgement by key, 0 to 3, over which nDCG@10 is computed."""
    known_failure: str | None = Field(None, min_length=10)
    """Why the case fails today; it is an error once it passes."""

    @model_validator(mode="after")
    def judges_something(self) -> Self:
        """A case without judgement cannot fail."""
        if self.kind is Kind.FORBIDDEN and not self.forbidden:
            raise ValueError("a forbidden case names forbidden keys")
        if self.kind is not Kind.FORBIDDEN and not self.expected:
            raise ValueError("name the expected keys")
        if set(self.expected) & set(self.forbidden):
            raise ValueError("a key is expected or forbidden, not both")
        return self


def load_cases(path: Path) -> list[Case]:
    """The cases of a TOML file; two of one id are refused."""
    cases = [Case.model_validate(row) for row in tomllib.loads(path.read_text("utf-8"))["case"]]
    if len({case.id for case in cases}) < len(cases):
        raise ValueError("two cases bear one id")
    return cases


def problems(case: Case, found: list[str]) -> list[str]:
    """What is wrong with the keys found, in their order; empty when the case is satisfied."""
    said = [f"missing: {key}" for key in case.expected if key not in found]
    said += [f"forbidden: {key}" for key in case.forbidden if key in found]
    if case.kind is Kind.PRECISION:
        said += [f"unexpected: {key}" for key in found if key not in case.expected]
    if case.kind is Kind.ORDER and found[: len(case.expected)] != case.expected:
        said.append(f"order: {found[: len(case.expected)]}")
    return said


def judgements(case: Case) -> dict[str, int]:
    """The grades, or 1 for each expected key."""
    return case.grades or dict.fromkeys(case.expected, 1)


def ndcg(found: list[str], grades: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (gain ``2^grade - 1``), 0 to 1."""
    best = gain(sorted(grades.values(), reverse=True)[:depth])
    return gain([grades.get(key, 0) for key in found[:depth]]) / best if best else 1.0


def gain(grades: list[int]) -> float:
    """Discounted gain of grades in the order shown."""
    return sum((2**grade - 1) / log2(rank + 2) for rank, grade in enumerate(grades))
