"""The work of attributing slots grows in proportion to them, also when each is at a new place."""

from collections.abc import Callable

import pytest

from mappings.records import CanonicalSlot, Precision, SlotPlace
from slots.matching import attribution
from slots.matching.attribution import Attribution
from slots.matching.matching import Geography, build_offer_index
from tests.slots.offers import NOW, RPPS, canonical, offer, sos_point, sos_slot
from tests.slots.operations import growth

LINEAR = 2.2


def locate_commune(place: SlotPlace) -> Geography:
    """The centre of one commune."""
    return {"point": {"lat": 44.2, "lon": 0.6}, "precision": "municipality", "department": "47"}


def new_addresses(count: int) -> list[CanonicalSlot]:
    """One professional at as many places, known by their address."""
    places = [{"line": f"{n} rue X", "postal_code": "47000", "city": "Agen"} for n in range(count)]
    return [canonical(structure=None, place=place) for place in places]


def new_structures(count: int) -> list[CanonicalSlot]:
    """One professional in as many structures."""
    numbers = [f"4{RPPS}{n:03}" for n in range(count)]
    return [
        canonical(structure={"idnst": one, "kind": "RPPS_RANG"}, place={"city": "Agen"})
        for one in numbers
    ]


def new_points(count: int) -> list[CanonicalSlot]:
    """One association at as many points."""
    address = {"postal_code": "35700", "city": "RENNES"}
    places = [
        {**address, "line": f"{n} rue X", "identifiers": [f"point-{n}"]} for n in range(count)
    ]
    return [sos_slot(place=place) for place in places]


@pytest.mark.parametrize("shape", [new_addresses, new_structures, new_points])
def test_twice_the_places_are_twice_the_work(shape: Callable[[int], list[CanonicalSlot]]) -> None:
    def attributing(count: int) -> Callable[[], object]:
        slots = shape(count)

        def attribute() -> dict[str, list[object]]:
            found = Attribution(build_offer_index([offer(), sos_point()]), NOW, locate_commune)
            found.add(slots, "alpha")
            return dict(found.slots)

        assert sum(map(len, attribute().values())) == count
        return attribute

    assert growth(attributing, 100) <= LINEAR


def test_an_owner_has_no_endless_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribution, "SOME", attribution.SOME.__class__(5))
    found = Attribution(build_offer_index([offer()]), NOW, locate_commune)
    found.add(new_addresses(20), "alpha")
    assert len(found.created) == 4
    assert found.unmatched == {"too_many_places": 16}


def test_a_place_created_for_one_slot_serves_the_next_by_any_of_its_names() -> None:
    """By its address, by its structure, and by its point to 50 m."""

    def at_the_door(place: SlotPlace) -> Geography:
        here = {"lat": 44.3, "lon": 0.6}
        return {"point": here, "precision": Precision.STREET.value, "department": "47"}  # type: ignore[typeddict-item]

    place = {"line": "9 rue Y", "postal_code": "47300", "city": "X"}
    structure = {"idnst": "410100050075007", "kind": "RPPS_RANG"}
    slots = [
        canonical(hour=9, structure=structure, place=place),
        canonical(hour=10, structure=None, place=place),
        canonical(hour=11, structure=structure, place={**place, "line": "8 rue Z"}),
        canonical(hour=12, structure=None, place={**place, "line": "autre porte"}),
    ]
    found = Attribution(build_offer_index([offer()]), NOW, at_the_door)
    found.add(slots, "alpha")
    (created,) = found.created
    assert {name: len(kept) for name, kept in found.slots.items()} == {created["id"]: 4}
