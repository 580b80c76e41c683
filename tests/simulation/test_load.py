"""A generated set is loaded by the real pipeline: what its manifest announces comes out."""

from collections import Counter
from collections.abc import Iterator

import pytest

from indexers.offers.directory import open_source_directory
from mappings.records import Offer
from slots.loading.directory import DirectorySlots
from tests.simulation.generated_set import NOW, GeneratedSet


@pytest.fixture(scope="module")
def directory_load(
    healthy_set: GeneratedSet,
) -> Iterator[tuple[list[Offer], DirectorySlots, Counter[str]]]:
    with open_source_directory(healthy_set.folder, NOW, None) as sources:
        offers = list(sources.offers())
        slots = sources.slots()
        rejected = Counter(
            f"{one.source}:{reason}" for one in sources.quarantines for reason in one.rejected
        )
        yield offers, slots, rejected


DirectoryLoad = tuple[list[Offer], DirectorySlots, Counter[str]]


def test_every_announced_offer_comes_out_and_nothing_is_set_aside(
    healthy_set: GeneratedSet, directory_load: DirectoryLoad
) -> None:
    offers, slots, rejected = directory_load
    assert Counter(str(offer["kind"]) for offer in offers) == healthy_set.manifest["offers"]
    assert len({offer["id"] for offer in offers}) == len(offers)
    assert (rejected, slots.rejected) == (Counter(), Counter())


def test_most_places_are_precise_and_some_are_only_known_by_their_commune(
    directory_load: DirectoryLoad,
) -> None:
    found = Counter(offer["precision"] for offer in directory_load[0] if "precision" in offer)
    assert found["housenumber"] > 0.6 * found.total()
    assert 0 < found["municipality"] < 0.3 * found.total()


def test_slots_meet_their_offers_and_only_full_ones_are_left_aside(
    healthy_set: GeneratedSet, directory_load: DirectoryLoad
) -> None:
    _, slots, _ = directory_load
    assert set(slots.unmatched) <= {"full"}
    given = sum(map(len, slots.slots.values()))
    assert given > 0.9 * sum(healthy_set.manifest["slots"].values())
    cases = healthy_set.manifest["cases"]
    assert len({offer["rpps"] for offer in slots.created}) <= cases["editor_only_place"]


def test_every_rule_of_visibility_has_something_to_hide(directory_load: DirectoryLoad) -> None:
    hidden = directory_load[1].hidden
    for reason in ("absent", "editor_disabled", "sos"):
        assert hidden[reason], reason


def test_every_way_of_taking_part_is_there(directory_load: DirectoryLoad) -> None:
    vias = Counter(via for offer in directory_load[0] for via in offer.get("via", ()))
    assert set(vias) == {"own", "cpts", "msp", "sos"}
    kinds = Counter(str(offer["kind"]) for offer in directory_load[0] if offer.get("participant"))
    assert {"professional", "structure", "sos_point", "cpts"} <= set(kinds)
