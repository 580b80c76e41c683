"""The gate of a reindex: what must not go live, and that nothing waives what never may."""

from typing import Any

import pytest

from indexers.quality import gate
from indexers.quality.gate import GateClosedError
from indexers.reindex import recipe
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    ReindexHarness,
    assert_untouched,
    many_solutions,
    two_doctors,
)


def test_a_drift_stops_before_the_swap_unless_it_is_accepted(
    reindex_harness: ReindexHarness,
) -> None:
    live = reindex_harness.reindex(many_solutions(reindex_harness, "many", 200)).index
    few = many_solutions(reindex_harness, "few", 100)
    for number in range(100):
        few.line(
            "solutions",
            key=f"off{number}",
            editor="acme",
            name="Acme",
            link="https://acme.example",
            departments=["48"],
            enabled=False,
        )
    with pytest.raises(GateClosedError, match="kind solution went from 200 to 100 offers") as shut:
        reindex_harness.reindex(few)
    assert "department 48 went from 200 to 100" in str(shut.value)
    assert "fewer than 95% of the live 200" in str(shut.value)
    assert reindex_harness.indices == [live]
    assert reindex_harness.reindex(few, accept_drift=True).accepted == shut.value.problems


def test_a_sentence_names_the_first_problems_and_counts_the_others() -> None:
    problems = [f"department {code} went from 0 to 900 offers" for code in range(100)]
    closed = GateClosedError(problems, "Look.")
    assert "department 5 " in str(closed)
    assert "department 6 " not in str(closed)
    assert "94 more of the kind. Look." in str(closed)
    assert closed.problems == problems


def test_a_small_change_is_no_drift(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(many_solutions(reindex_harness, "many", 200))
    reindex_harness.reindex(many_solutions(reindex_harness, "more", 240))
    assert len(reindex_harness.offers()) == 240


def test_too_many_bad_rows_stop_before_the_swap(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).line("participation", rpps="1")
    with pytest.raises(GateClosedError, match=r"100.0% of participation was set aside"):
        reindex_harness.reindex(files)
    assert reindex_harness.indices == []
    assert reindex_harness.reindex(files, accept_drift=True).accepted


def test_lost_answers_of_editors_stop_before_the_swap(reindex_harness: ReindexHarness) -> None:
    """Missing slots must not look like no slot."""
    files = two_doctors(reindex_harness)
    requests = files.directory / "fhir/requests.jsonl"
    requests.parent.mkdir()
    requests.write_text(f'{{"editor":"a","flow":"R01","asked":["8{ANNE}"],"files":["gone.json"]}}')
    with pytest.raises(GateClosedError, match="1 of 1 editors' answers could not be read"):
        reindex_harness.reindex(files)
    assert reindex_harness.indices == []
    assert reindex_harness.reindex(files, accept_drift=True).accepted


def test_the_floor_is_never_waived(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness)
    with pytest.raises(GateClosedError, match="2 offers where at least 3 are needed"):
        reindex_harness.reindex(files, floor=3, accept_drift=True)
    assert reindex_harness.indices == []


def test_an_index_that_cannot_find_its_offers_does_not_go_live(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(reindex_harness)
    written = recipe.write_offers

    def forgets_one(client: Any, index: str, offers: Any, progress: Any) -> int:
        return written(client, index, list(offers)[:-1], progress)

    monkeypatch.setattr(recipe, "write_offers", forgets_one)
    with pytest.raises(GateClosedError, match=r"wrote .* but finds"):
        reindex_harness.reindex(files, accept_drift=True)
    assert reindex_harness.indices == []


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("names", ["..."], "not found by its own name"),
        ("kind", "structure", "wrote"),
    ],
)
def test_smoke_queries_see_a_damaged_offer(
    reindex_harness: ReindexHarness, field: str, value: Any, problem: str
) -> None:
    report = reindex_harness.reindex(reindex_harness.files().doctor(ANNE))
    reindex_harness.es.update(
        index=reindex_harness.alias, id=AT_ANNE, doc={field: value}, refresh=True
    )
    with pytest.raises(GateClosedError, match=problem):
        gate.smoke(reindex_harness.es, reindex_harness.live, report.offers)


def test_a_judge_that_complains_leaves_the_live_index_even_when_drift_is_accepted(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    asked: list[str] = []

    def complains(name: str) -> list[str]:
        asked.append(name)
        assert reindex_harness.es.count(index=name)["count"] == 2
        assert reindex_harness.live == live
        return ["cardiologists are nurses"]

    with pytest.raises(GateClosedError, match=r"cardiologists are nurses. The index was not made"):
        reindex_harness.reindex(files, judge=complains, accept_drift=True)
    assert len(asked) == 1
    assert asked != [live]
    assert_untouched(reindex_harness, live, offers)


def test_a_judge_that_is_satisfied_lets_the_new_index_live(reindex_harness: ReindexHarness) -> None:
    assert (
        reindex_harness.reindex(two_doctors(reindex_harness), judge=lambda name: []).index
        == reindex_harness.live
    )
