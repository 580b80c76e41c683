"""Slots written to a live index: each source replaces its own, at once, and loses nobody's."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic import optimistic
from elastic.bulk import BulkResult, Operation
from elastic.optimistic import WriteConflictError
from mappings.bounds import SLOTS_OF_A_PLACE
from mappings.instants import parse_instant, utc_text
from mappings.records import CanonicalSlot, Offer
from slots.loading import importing
from slots.loading.directory_import import import_directory
from slots.loading.importing import import_answer
from slots.loading.requests import SourceAnswer
from slots.stored import AGENDA_SOURCE
from tests.slots.bundles import PS
from tests.slots.loading.test_directory import request, write
from tests.slots.offers import (
    NOW,
    RPPS,
    SIRET,
    build_stored_slot,
    canonical,
    offer,
    sos_point,
    sos_slot,
)

HERE, THERE = offer(), offer("1810004956", lines=["30 RUE MADAME DELMAS"])
ELSEWHERE = {"line": "25 chemin de Mounestie", "postal_code": "31840", "city": "Aussonne"}
Create = Callable[..., str]


def read_offer_slots(es: Elasticsearch, alias: str, of: Offer = HERE) -> list[tuple[str, str, Any]]:
    """(source, start hour, hidden) of the slots stored on an offer."""
    offer = es.get(index=alias, id=of["id"])["_source"]
    found = offer.get("slots", [])
    return [(s["source"], s["start"][11:13], s.get("hidden_reason")) for s in found]


def find_offers_with_source(es: Elasticsearch, alias: str, source: str) -> set[str]:
    """Ids of the offers that a search finds by a slot of this source."""
    query = {"nested": {"path": "slots", "query": {"term": {"slots.source": source}}}}
    return {hit["_id"] for hit in es.search(index=alias, query=query)["hits"]["hits"]}


@pytest.mark.proves("F065")
def test_slots_are_searchable_once_acknowledged(es: Elasticsearch, create_offers: Create) -> None:
    """The import returns after a refresh: nothing waits for the next one."""
    alias = create_offers([HERE, THERE])
    es.indices.put_settings(index=alias, settings={"index.refresh_interval": "-1"})
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)
    assert find_offers_with_source(es, alias, "alpha") == {HERE["id"]}
    assert (report.written, report.removed, report.offers, report.created) == (1, 0, 1, 0)


@pytest.mark.proves("F065")
def test_a_slot_that_is_gone_disappears_and_other_sources_stay(
    es: Elasticsearch, create_offers: Create
) -> None:
    alias = create_offers(
        [offer(slots=[build_stored_slot(11, AGENDA_SOURCE), build_stored_slot(12, "beta")])]
    )
    import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical(), canonical("s2", 10)]), NOW)
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical("s2", 10)]), NOW)
    assert (report.written, report.removed) == (1, 1)
    kept = [(AGENDA_SOURCE, "11", None), ("beta", "12", None)]
    assert read_offer_slots(es, alias) == [("alpha", "10", None), *kept]
    report = import_answer(es, alias, SourceAnswer("alpha", [f"8{RPPS}"], []), NOW)
    assert (report.written, report.removed, report.offers) == (0, 1, 1)
    assert read_offer_slots(es, alias) == kept
    assert import_answer(es, alias, SourceAnswer("alpha", [RPPS], []), NOW).offers == 0


def test_who_was_not_asked_for_keeps_his_slots(es: Elasticsearch, create_offers: Create) -> None:
    other = offer(rpps="10009999999", id="rpps:10009999999@x", slots=[build_stored_slot()])
    alias = create_offers([HERE, other])
    import_answer(es, alias, SourceAnswer("alpha", [RPPS], []), NOW)
    assert read_offer_slots(es, alias, other) == [("alpha", "09", None)]


@pytest.mark.proves("F036", "F040", "F068", "W11", "W27")
def test_coherence_is_applied_to_all_sources_at_once(
    es: Elasticsearch, create_offers: Create
) -> None:
    away = {"gte": "2026-11-23T13:00:00Z", "lt": "2026-11-23T23:00:00Z"}
    here = offer(
        editor_disabled=True, absences=[away], slots=[build_stored_slot(14, AGENDA_SOURCE)]
    )
    alias = create_offers([here])
    report = import_answer(
        es, alias, SourceAnswer("alpha", [RPPS], [canonical(), canonical("s2", 14)]), NOW
    )
    assert read_offer_slots(es, alias) == [
        ("alpha", "09", "editor_disabled"),
        ("alpha", "14", "absent"),
        (AGENDA_SOURCE, "14", "absent"),
    ]
    assert report.hidden == {"editor_disabled": 1, "absent": 1}


@pytest.mark.proves("F066", "F069", "W12")
def test_a_new_place_is_created_once(es: Elasticsearch, create_offers: Create) -> None:
    alias = create_offers([HERE])
    slot = canonical(structure=None, place=ELSEWHERE)
    first = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [slot]), NOW)
    second = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [slot]), NOW)
    assert (first.created, second.created) == (1, 0)
    (created,) = find_offers_with_source(es, alias, "alpha")
    assert created.startswith(f"rpps:{RPPS}@addr-")
    assert es.count(index=alias)["count"] == 2


def test_points_of_an_association_by_siret(es: Elasticsearch, create_offers: Create) -> None:
    practice = offer("x", siret=SIRET)
    alias = create_offers([sos_point(), sos_point("2", slots=[build_stored_slot()]), practice])
    report = import_answer(es, alias, SourceAnswer("alpha", [f"3{SIRET}"], [sos_slot()]), NOW)
    assert find_offers_with_source(es, alias, "alpha") == {sos_point()["id"]}
    assert report.removed == 1


@pytest.mark.proves("F068")
@pytest.mark.proves("F098", "W28")
def test_an_association_is_interfaced_by_its_siret_once_however_often_it_is_told(
    es: Elasticsearch, create_offers: Create
) -> None:
    """Nothing but an answer for the SIRET makes its points known to an editor, or unknown again."""
    other = sos_point(id="sos:00000000000018:1", siret="00000000000018")
    alias = create_offers([sos_point(), other])
    for _ in range(2):
        report = import_answer(es, alias, SourceAnswer("alpha", [f"3{SIRET}"], [sos_slot()]), NOW)
        assert (report.offers, report.created) == (1, 0)
        assert find_offers_with_source(es, alias, "alpha") == {sos_point()["id"]}
        assert len(read_offer_slots(es, alias, sos_point())) == 1
    import_answer(es, alias, SourceAnswer("alpha", [SIRET], []), NOW)
    assert find_offers_with_source(es, alias, "alpha") == set()
    assert es.count(index=alias)["count"] == 2


def test_a_slot_that_the_agenda_tells_too_is_counted_as_hidden(
    es: Elasticsearch, create_offers: Create
) -> None:
    alias = create_offers([offer(slots=[build_stored_slot(9, AGENDA_SOURCE)])])
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)
    assert report.hidden == {"duplicate": 1}
    assert read_offer_slots(es, alias) == [
        ("alpha", "09", "duplicate"),
        (AGENDA_SOURCE, "09", None),
    ]


def test_what_finds_no_card_is_counted(es: Elasticsearch, create_offers: Create) -> None:
    alias = create_offers([HERE])
    slots = [canonical(practitioner={"idnps": "810009999999"}), canonical(hour=7)]
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS, "10009999999"], slots), NOW)
    assert report.unmatched == {"unknown_owner": 1, "past": 1}
    assert report.as_json()["unmatched"] == {"unknown_owner": 1, "past": 1}


def test_an_offer_that_changes_meanwhile_is_read_again(
    es: Elasticsearch, create_offers: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another source writes between our reading and our writing: both end on the card."""
    alias = create_offers([HERE])
    write_once = optimistic.write_operations

    def write_after_other_import(*arguments: Any) -> Any:
        monkeypatch.setattr(optimistic, "write_operations", write_once)
        import_answer(es, alias, SourceAnswer("beta", [RPPS], [canonical("b1", 12)]), NOW)
        return write_once(*arguments)

    monkeypatch.setattr(optimistic, "write_operations", write_after_other_import)
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)
    assert read_offer_slots(es, alias) == [("alpha", "09", None), ("beta", "12", None)]
    assert (report.written, report.offers) == (1, 1)


def test_a_place_created_twice_at_once_is_one(
    es: Elasticsearch, create_offers: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = create_offers([HERE])
    write_once = optimistic.write_operations
    there = {"structure": None, "place": ELSEWHERE}

    def write_after_other_import(*arguments: Any) -> Any:
        monkeypatch.setattr(optimistic, "write_operations", write_once)
        import_answer(es, alias, SourceAnswer("beta", [RPPS], [canonical("b1", 12, **there)]), NOW)
        return write_once(*arguments)

    monkeypatch.setattr(optimistic, "write_operations", write_after_other_import)
    import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical(**there)]), NOW)
    assert es.count(index=alias)["count"] == 2
    assert find_offers_with_source(es, alias, "alpha") == find_offers_with_source(es, alias, "beta")


def test_endless_conflicts_end_in_an_error(
    es: Elasticsearch, create_offers: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = create_offers([HERE])

    def refuse_all(
        _client: Any, _index: str, operations: Iterable[Operation], *_: Any
    ) -> BulkResult:
        return BulkResult(conflicts=[operation.id for operation in operations])

    monkeypatch.setattr(optimistic, "write_operations", refuse_all)
    with pytest.raises(WriteConflictError, match="run the command again"):
        import_answer(es, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)


def agenda(*slots: CanonicalSlot) -> Iterable[Any]:
    """Rows of agenda.jsonl."""
    return [{**slot, "seats_max": 1, "seats_taken": 0} for slot in slots]


@pytest.mark.proves("F068", "W11")
def test_a_directory_replaces_the_agenda_and_each_editor(
    es: Elasticsearch, create_offers: Create, tmp_path: Path
) -> None:
    gone = offer(
        rpps="10009999999", id="rpps:10009999999@x", slots=[build_stored_slot(15, AGENDA_SOURCE)]
    )
    alias = create_offers(
        [offer(slots=[build_stored_slot(11, "alpha"), build_stored_slot(12, AGENDA_SOURCE)]), gone]
    )
    directory = write(tmp_path, agenda(canonical()), [request(PS, f"8{RPPS}")])
    seen: list[int] = []
    result = import_directory(es, alias, directory, NOW, seen.append)
    assert read_offer_slots(es, alias) == [(AGENDA_SOURCE, "09", None)]
    assert read_offer_slots(es, alias, gone) == []
    assert find_offers_with_source(es, alias, AGENDA_SOURCE) == {HERE["id"]}
    assert result.slots.written == 1
    assert result.slots.removed == 3
    assert result.rejected == {"past": 2, "not_asked": 2}
    assert seen[-1] == 1


def test_an_agenda_that_names_a_person_by_adeli_keeps_the_slots_however_it_is_divided(
    es: Elasticsearch, create_offers: Create, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The live index knows the RPPS alone: an answer about it may not erase that of the ADELI."""
    monkeypatch.setattr(importing, "BATCH", 1)
    alias = create_offers([offer(adeli=["019999999"])])
    by_adeli = canonical(practitioner={"idnps": "0019999999"})
    directory = write(tmp_path, agenda(by_adeli))
    for _ in range(2):
        result = import_directory(es, alias, directory, NOW)
        assert (result.slots.written, result.slots.removed) == (1, 0)
        assert read_offer_slots(es, alias) == [(AGENDA_SOURCE, "09", None)]


def test_a_later_answer_of_a_directory_empties_a_place_that_an_earlier_one_created(
    es: Elasticsearch, create_offers: Create, tmp_path: Path
) -> None:
    """The new place is not searchable yet when the later answer is read."""
    alias = create_offers([HERE])
    es.indices.put_settings(index=alias, settings={"index.refresh_interval": "-1"})
    asked = f"8{RPPS}"
    lines = [
        request(PS, asked, answered_at="2021-11-04T14:00:00Z"),
        request(PS, asked, answered_at="2021-11-04T14:10:00Z", files=["empty.json"]),
    ]
    directory = write(tmp_path, requests=lines)
    (directory / "fhir/empty.json").write_text('{"resourceType": "Bundle", "type": "searchset"}')
    result = import_directory(es, alias, directory, parse_instant(PS.now))
    assert (result.slots.created, result.slots.removed) == (1, 2)
    assert find_offers_with_source(es, alias, "alpha") == set()


def test_more_slots_than_an_offer_takes_are_set_aside_alone(
    es: Elasticsearch, create_offers: Create
) -> None:
    """Elasticsearch refuses a document of over 10,000 nested ones: the import ended there."""
    alias = create_offers([HERE])
    first = datetime(2026, 11, 23, 9, tzinfo=UTC)
    times = (first + timedelta(seconds=30 * rank) for rank in range(10_001))
    slots = [
        canonical(start=utc_text(at), end=utc_text(at + timedelta(seconds=30))) for at in times
    ]
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], slots), NOW)
    kept = SLOTS_OF_A_PLACE.most
    assert (report.written, report.unmatched) == (kept, {"too_many_slots": 10_001 - kept})
    report = import_answer(es, alias, SourceAnswer("alpha", [RPPS], slots[:kept]), NOW)
    assert (report.written, report.unmatched) == (kept, {})
