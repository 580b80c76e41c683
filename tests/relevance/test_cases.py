"""Each judged case on a real index, and what the cases give together."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import fmean

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch
from pydantic import ValidationError

from search_engine.criteria import Criteria
from search_engine.search import search
from tests.relevance.cases import Case, Kind, judgements, load_cases, ndcg, problems
from tests.relevance.offers import judged_offers
from tests.search.conftest import fill, new_index
from tests.search.made import NOW, key_of

CASES = load_cases(Path(__file__).with_name("cases.toml"))
LEAST_NDCG = 0.95


@pytest.fixture(scope="session")
def judged(es: Elasticsearch) -> Iterator[str]:
    """The alias of the judged collection."""
    name = new_index(es)
    fill(es, name.alias, judged_offers())
    yield name.alias
    es.indices.delete(index=str(name))


@pytest.fixture(scope="session")
async def asking(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    opened = AsyncElasticsearch(es_url, request_timeout=30)
    yield opened
    await opened.close()


async def found(client: AsyncElasticsearch, alias: str, case: Case) -> list[str]:
    """The keys of the first page, of 20 cards unless the case says."""
    criteria = Criteria(**{"size": 20, **case.search})
    page = await search(client, alias, criteria, NOW, deps=None)
    return [key_of(card) for card in page["results"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_case(case: Case, judged: str, asking: AsyncElasticsearch) -> None:
    wrong = problems(case, await found(asking, judged, case))
    if case.known_failure is None:
        assert not wrong, f"{case.description}: {wrong}"
    else:
        assert wrong, "passes now: take known_failure away"


async def test_ndcg_of_all_cases(judged: str, asking: AsyncElasticsearch) -> None:
    judged_cases = [case for case in CASES if case.expected and case.known_failure is None]
    gains = [ndcg(await found(asking, judged, case), judgements(case)) for case in judged_cases]
    assert fmean(gains) >= LEAST_NDCG


def test_cases_of_every_kind() -> None:
    assert {case.kind for case in CASES} == set(Kind)


def test_unknown_field_is_refused() -> None:
    whole = CASES[0].model_dump()
    with pytest.raises(ValidationError):
        Case.model_validate({**whole, "expcted": ["a"]})


def test_case_without_judgement_is_refused() -> None:
    with pytest.raises(ValidationError):
        Case.model_validate({**CASES[0].model_dump(), "expected": [], "forbidden": []})


def test_problems_by_kind() -> None:
    case = Case(id="a", description="made by hand", kind="order", search={}, expected=["x", "y"])
    assert problems(case, ["x", "y", "z"]) == []
    assert problems(case, ["y", "x"]) == ["order: ['y', 'x']"]
    precise = case.model_copy(update={"kind": Kind.PRECISION})
    assert problems(precise, ["x", "y", "z"]) == ["unexpected: z"]


def test_ndcg_of_known_lists() -> None:
    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(0.7098, abs=1e-3)
    assert ndcg(["c"], {"a": 1}) == 0.0
