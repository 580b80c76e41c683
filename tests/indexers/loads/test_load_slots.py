"""Slots and points of the cards that a load rewrites: they stay, judged by the new settings."""

from typing import Any

import pytest

from elastic import optimistic
from indexers.changes import patching
from tests.indexers.file_set import CPTS, SOS_SIRET
from tests.indexers.loads.load_harness import (
    ANNE,
    AT_ANNE,
    BRUNO,
    CARD,
    DAY,
    OWN,
    SOS_IN,
    THROUGH_CPTS,
    apply_load,
    base,
)
from tests.indexers.reindex_harness import TEN, ReindexHarness, slot


def test_stored_slots_are_judged_again_by_a_new_setting(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness).line("cpts", **CARD))
    both = {**TEN, "declared_types": ["PUBLIC", "CPTS"], "cpts": [CPTS]}
    reindex_harness.give_slots(AT_ANNE, both)
    apply_load(reindex_harness, "participation", THROUGH_CPTS)
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["types"] == ["PUBLIC", "CPTS"]
    apply_load(reindex_harness, "participation", OWN)
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["types"] == ["PUBLIC"]
    apply_load(reindex_harness, "absences", {"rpps": ANNE, "ranges": [DAY]})
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["hidden_reason"] == "absent"
    apply_load(reindex_harness, "absences", {"rpps": BRUNO, "ranges": [DAY]})
    (slot_again,) = reindex_harness.offers()[AT_ANNE]["slots"]
    assert slot_again["types"] == ["PUBLIC"]
    assert "hidden_reason" not in slot_again


@pytest.mark.proves("F036", "W27")
def test_an_absence_of_one_day_hides_that_day_s_slots_of_every_source(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(base(reindex_harness))
    tomorrow = ("2026-11-24T10:00:00Z", "2026-11-24T10:20:00Z")
    agenda = slot("sas-agenda:1", TEN["start"], "2026-11-23T10:30:00Z", source="sas-agenda")
    reindex_harness.give_slots(AT_ANNE, TEN, agenda, slot("acme:2", *tomorrow))
    apply_load(reindex_harness, "absences", {"rpps": ANNE, "ranges": [DAY]})
    hidden = {
        one["id"]: one.get("hidden_reason") for one in reindex_harness.offers()[AT_ANNE]["slots"]
    }
    assert hidden == {"acme:1": "absent", "sas-agenda:1": "absent", "acme:2": None}


def test_the_slots_of_a_point_stay_when_its_association_is_loaded_again(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(base(reindex_harness).line("structures", **SOS_IN))
    point = f"sos:{SOS_SIRET}:PFG-1"
    reindex_harness.give_slots(point, TEN)
    address = {"line": "2 avenue Foch", "postal_code": "48000", "city": "Mende"}
    kept = {"id": "PFG-1", "name": "Garde de Mende", "address": address}
    added = {**kept, "id": "PFG-2", "name": "Garde de Florac"}
    apply_load(reindex_harness, "sos", {"siret": SOS_SIRET, "name": "SOS", "points": [kept, added]})
    offers = reindex_harness.offers()
    assert offers[point]["slots"] == [TEN]
    assert offers[point]["lines"] == ["2 avenue Foch"]
    assert offers[point]["participant"] is True
    assert offers[f"sos:{SOS_SIRET}:PFG-2"]["participant"] is True
    apply_load(reindex_harness, "sos", {"siret": SOS_SIRET, "name": "SOS", "points": [added]})
    assert point not in reindex_harness.offers()


def test_a_cpts_keeps_the_seat_that_finess_gave_it(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness).site(CPTS, "604", "CPTS").line("cpts", **CARD))
    seat = reindex_harness.offers()[f"cpts:{CPTS}"]["point"]
    apply_load(reindex_harness, "cpts", {**CARD, "name": "CPTS Mende"})
    card = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert (card["title"], card["point"]) == ("CPTS Mende", seat)


def test_a_card_keeps_the_point_a_geocoder_gave_its_address(
    reindex_harness: ReindexHarness,
) -> None:
    """A load asks no geocoder; the reindex had answers for this address, and not for another."""
    address = {"line": "5 rue du Collège", "postal_code": "48000", "city": "Mende"}
    files = base(reindex_harness).line("cpts", **CARD, address=address)
    header = "line,postal_code,city,lat,lon,precision,score"
    row = "5 rue du Collège,48000,Mende,44.5201,3.5011,housenumber,0.95"
    (files.directory / "geocoded.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    reindex_harness.reindex(files)
    before = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert before["precision"] == "housenumber"
    apply_load(reindex_harness, "cpts", {**CARD, "name": "CPTS Mende", "address": address})
    card = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert card["title"] == "CPTS Mende"
    assert (card["point"], card["sources"]) == (before["point"], before["sources"])
    apply_load(
        reindex_harness, "cpts", {**CARD, "address": {**address, "line": "6 rue du Collège"}}
    )
    assert reindex_harness.offers()[f"cpts:{CPTS}"]["precision"] == "municipality"


def test_a_slot_that_arrives_while_a_card_is_written_stays(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load has read the card, an editor writes it, the load writes: a conflict, read again."""
    at_centre = {"id": "1", "name": "Mende", "address": {"postal_code": "48000", "city": "Mende"}}
    association = {"siret": SOS_SIRET, "name": "SOS", "points": [at_centre]}
    reindex_harness.reindex(reindex_harness.files().line("sos", **association))
    point = f"sos:{SOS_SIRET}:1"
    usual, rounds = optimistic.write_operations, []

    def write_late(client: Any, index: str, operations: Any, *more: Any) -> Any:
        ready = list(operations)
        rounds.append(len(ready))
        if len(rounds) == 1:
            reindex_harness.give_slots(point, TEN)
        return usual(client, index, ready, *more)

    monkeypatch.setattr(optimistic, "write_operations", write_late)
    report = apply_load(reindex_harness, "sos", {**association, "name": "SOS Lozère"})
    offer = reindex_harness.offers()[point]
    assert (offer["association"], offer["slots"]) == ("SOS Lozère", [TEN])
    assert (rounds, report["writes"]) == ([1, 1], 1)


def test_an_offer_that_changes_meanwhile_is_read_again(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex_harness.reindex(base(reindex_harness))
    usual, arrived = patching.apply_patch, []

    def while_a_slot_arrives(offer: Any, patch: Any) -> Any:
        if offer["id"] == AT_ANNE and not arrived:
            arrived.append(True)
            reindex_harness.give_slots(AT_ANNE, TEN)
        return usual(offer, patch)

    monkeypatch.setattr(patching, "apply_patch", while_a_slot_arrives)
    apply_load(reindex_harness, "participation", OWN)
    offer = reindex_harness.offers()[AT_ANNE]
    assert offer["participant"] is True
    assert offer["slots"] == [TEN]
