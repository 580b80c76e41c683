"""Each judged case on a real index, and what the cases give together."""

import re
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch
from pydantic import ValidationError

from search_engine.execution.search import search
from search_engine.relevance.cases import Case, CaseKind, load_cases
from search_engine.relevance.limits import LEAST_NDCG, PAGE_SIZE
from search_engine.relevance.measures import PageIds, judgements, ndcg, problems
from search_engine.request.criteria import Criteria
from tests.search_engine.sample_offers import NOW, offer_key

CASES = load_cases(Path(__file__).with_name("cases.toml")).case


async def run_case(client: AsyncElasticsearch, alias: str, case: Case) -> PageIds:
    """The first page as its keys, of 20 cards unless the case says; by the published order, which
    draws nothing from a patient's point, unless it names another profile."""
    criteria = Criteria(**{"size": PAGE_SIZE, "profile": "published", **case.search})
    page = await search(client, alias, criteria, NOW, geocoder=None)
    warnings = [warning["code"] for warning in page["warnings"]]
    return PageIds(keys(page["results"]), keys(page["pinned"]), warnings)


def keys(cards: list[dict[str, Any]]) -> list[str]:
    return [offer_key(card) for card in cards]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_case(case: Case, relevance_index: str, relevance_client: AsyncElasticsearch) -> None:
    wrong = problems(case, await run_case(relevance_client, relevance_index, case))
    if case.known_failure is None:
        assert not wrong, f"{case.description}: {wrong}"
    else:
        assert wrong, "passes now: take known_failure away"


async def test_ndcg_of_all_cases(
    relevance_index: str, relevance_client: AsyncElasticsearch
) -> None:
    graded = [case for case in CASES if case.expected and case.known_failure is None]
    found = [(await run_case(relevance_client, relevance_index, case)).results for case in graded]
    gains = [ndcg(ids, judgements(case)) for ids, case in zip(found, graded, strict=True)]
    assert fmean(gains) >= LEAST_NDCG


def test_cases_of_every_kind() -> None:
    assert {case.kind for case in CASES} == set(CaseKind)
    assert len(CASES) >= 200
    assert sum(case.kind is CaseKind.ORDER and bool(case.grades) for case in CASES) >= 30


def test_each_case_names_its_rule() -> None:
    rule = re.compile(r"([FW]\d{2,3}|design \d+|decision \d+)\b")
    assert [case.id for case in CASES if not rule.match(case.description)] == []


def test_no_two_cases_are_one() -> None:
    judged = [case.model_dump(exclude={"id", "description", "grades"}) for case in CASES]
    assert all(one not in judged[rank + 1 :] for rank, one in enumerate(judged))


def test_unknown_field_is_refused() -> None:
    whole = CASES[0].model_dump()
    with pytest.raises(ValidationError):
        Case.model_validate({**whole, "expcted": ["a"]})


def test_case_without_judgement_is_refused() -> None:
    with pytest.raises(ValidationError):
        Case.model_validate({**CASES[0].model_dump(), "expected": [], "forbidden": []})


def test_problems_by_kind() -> None:
    case = Case(
        id="a", description="made by hand", kind="order", search={"what": "MG"}, expected=["x", "y"]
    )
    assert problems(case, build_case_page("x", "y", "z")) == []
    assert problems(case, build_case_page("y", "x")) == ["ordre : y, x"]
    precise = case.model_copy(update={"kind": CaseKind.PRECISION})
    assert problems(precise, build_case_page("x", "y", "z")) == ["de trop : z"]
    apart = case.model_copy(update={"pinned": ["p"], "warnings": []})
    assert problems(apart, build_case_page("x", "y")) == ["médecin traitant : aucun"]


def build_case_page(*found: str) -> PageIds:
    return PageIds(list(found), pinned=[], warnings=[])


def test_ndcg_of_known_lists() -> None:
    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(0.7098, abs=1e-3)
    assert ndcg(["c"], {"a": 1}) == 0.0
