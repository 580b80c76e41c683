"""A slot finds its offer, or makes a new place with an id that lasts."""

from typing import Any

import pytest

from mappings.records import CanonicalSlot, Offer, SlotPlace
from slots.coherence import visible_slots
from slots.matching.attribution import Attribution
from slots.matching.locating import commune_geography
from slots.matching.matching import Geography, OfferIndex, build_offer_index, locate_nowhere
from slots.stored import AGENDA_SOURCE
from tests.slots.offers import NOW, RPPS, SIRET, canonical, offer, sos_point, sos_slot

HERE = offer()
THERE = offer("1810004956", lines=["30 RUE MADAME DELMAS"], point={"lat": 44.25, "lon": 0.62})
STREET = {"line": "1, rue Mme Delmas", "postal_code": "47000", "city": "Agen"}
ELSEWHERE = {"line": "25 chemin de Mounestie", "postal_code": "31840", "city": "Aussonne"}


def match_slot(slot: CanonicalSlot, *offers: Offer, locate: Any = locate_nowhere) -> list[str]:
    """The ids of the offers that receive the slot."""
    found = Attribution(build_offer_index(offers), NOW, locate)
    found.add([slot], "alpha")
    return list(found.slots)


@pytest.mark.proves("F065")
@pytest.mark.parametrize(
    ("idnst", "fields"),
    [
        ("1810004956", {}),
        ("334173748400020", {"siret": "34173748400020"}),
        ("410100050075001", {"idnsts": ["1810004956", "410100050075001"]}),
        ("1810004444", {"finess": "810004444"}),
    ],
)
def test_by_structure_id_whatever_the_address(idnst: str, fields: dict[str, Any]) -> None:
    there = offer("1810004956", lines=["30 RUE MADAME DELMAS"], **fields)
    slot = canonical(structure={"idnst": idnst}, place=STREET)
    assert match_slot(slot, HERE, there) == [there["id"]]


@pytest.mark.proves("F065")
@pytest.mark.parametrize("structure", [None, {}, {"idnst": "1999999999"}])
@pytest.mark.parametrize(
    "place",
    [
        STREET,
        {**STREET, "line": "1 r. mme delmas"},
        {**STREET, "line": "Bâtiment A, 1 rue Mme Delmas", "city": "AGEN CEDEX"},
    ],
)
def test_by_postcode_and_street(structure: Any, place: dict[str, str]) -> None:
    here = offer(lines=["1 RUE MME DELMAS"])
    assert match_slot(canonical(structure=structure, place=place), THERE, here) == [here["id"]]


@pytest.mark.parametrize(
    "place",
    [
        {**STREET, "line": "1 bis rue Mme Delmas"},
        {**STREET, "line": "Bâtiment A"},
        {**STREET, "postal_code": "47001"},
        {"postal_code": "47000", "city": "AGEN"},
        ELSEWHERE,
    ],
)
def test_another_address_is_another_place(place: dict[str, str]) -> None:
    here = offer(lines=["1 RUE MME DELMAS", "BATIMENT A"])
    there = offer("1810004956", lines=["BATIMENT A, 30 RUE MADAME DELMAS"])
    if place["postal_code"] == "47000" and place.get("line") == "Bâtiment A":
        here["lines"] = ["1 RUE MME DELMAS, BATIMENT A"]
    assert match_slot(canonical(structure=None, place=place), here, there) == []


def point(lat: float, precision: str = "housenumber") -> Any:
    """A locator that always answers this point."""

    def locate(place: SlotPlace) -> Geography:
        return {"point": {"lat": lat, "lon": 0.62}, "precision": precision, "city": "AGEN"}

    return locate


@pytest.mark.parametrize(
    ("locate", "near"),
    [
        (point(44.2), True),
        (point(44.20044), True),
        (point(44.20046), False),
        (point(44.2, "municipality"), False),
        (locate_nowhere, False),
    ],
)
def test_by_a_precise_point_within_50_metres(locate: Any, near: bool) -> None:
    slot = canonical(structure=None, place={**STREET, "line": "place de la Mairie"})
    assert match_slot(slot, HERE, THERE, locate=locate) == ([HERE["id"]] if near else [])


def test_a_commune_s_point_is_nobody_s_door() -> None:
    rough = offer(precision="municipality")
    slot = canonical(structure=None, place={**STREET, "line": "place de la Mairie"})
    assert match_slot(slot, rough, locate=point(44.2)) == []


@pytest.mark.proves("E02")
def test_a_slot_that_names_no_place_belongs_to_the_only_one() -> None:
    slot = canonical(structure=None, place=None)
    assert match_slot(slot, HERE) == [HERE["id"]]
    assert match_slot(slot, HERE, THERE) == []


def test_by_adeli_which_is_an_alias_of_the_rpps() -> None:
    slot = canonical(practitioner={"idnps": "0471234567"})
    assert match_slot(slot, offer(adeli=["471234567"])) == [HERE["id"]]


@pytest.mark.proves("C46")
@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"identifiers": ["2222222222", "1111111111"]}, True),
        ({"identifiers": ["1350001234"]}, True),
        (
            {
                "identifiers": ["x"],
                "line": "320 av. Général Georges Patton",
                "postal_code": "35700",
            },
            True,
        ),
        ({"identifiers": ["x"], "line": "1 rue X", "postal_code": "35700"}, False),
        (None, False),
    ],
)
def test_an_association_s_point_by_identifier_or_address(place: Any, found: bool) -> None:
    here, there = sos_point(idnst="1350001234"), sos_point("9", lines=["9 RUE Y"])
    assert match_slot(sos_slot(place=place), there, here) == ([here["id"]] if found else [])


def test_a_siret_of_an_association_is_no_point() -> None:
    slot = sos_slot(place={"identifiers": [f"3{SIRET}"]})
    assert match_slot(slot, sos_point(), sos_point("9")) == []


def attribute_slots(*slots: CanonicalSlot, offers: tuple[Offer, ...] = (HERE,)) -> Attribution:
    """Slots given to offers, new places located offline."""
    found = Attribution(build_offer_index(offers), NOW, commune_geography)
    found.add(slots, "alpha")
    return found


@pytest.mark.proves("F066", "F069", "W12")
def test_a_new_place_is_an_offer_whose_id_comes_from_its_content() -> None:
    slots = [
        canonical(structure=None, place=ELSEWHERE),
        canonical("s2", 10, structure=None, place=ELSEWHERE),
    ]
    first, again = attribute_slots(*slots), attribute_slots(*reversed(slots))
    (created,) = first.created
    assert created["id"].startswith(f"rpps:{RPPS}@addr-")
    assert [o["id"] for o in again.created] == [created["id"]]
    assert len(first.slots[created["id"]]) == 2
    assert (created["title"], created["profession"]) == (HERE["title"], HERE["profession"])
    assert (created["lines"], created["city"]) == (["25 chemin de Mounestie"], "Aussonne")
    assert (created["insee"], created["department"], created["timezone"]) == (
        "31032",
        "31",
        "Europe/Paris",
    )
    assert created["precision"] == "municipality"
    assert created["landmass"] == "mainland"
    assert created["sources"]["place"] == {"source": "alpha"}
    assert "idnst" not in created


def test_a_new_place_leaves_the_names_of_the_known_structure_behind() -> None:
    house = {"names": ["DELMAS Anne"], "place_names": ["MAISON DU LAVOIR"], "name_sound": ["an"]}
    here = offer(**house, labels=["Médecin", "Maison de santé"])
    (created,) = attribute_slots(canonical(structure=None, place=ELSEWHERE), offers=(here,)).created
    assert (created["names"], created["name_sound"]) == (["DELMAS Anne"], ["an"])
    assert "place_names" not in created
    assert created["labels"] == ["Médecin"]


@pytest.mark.proves("F069", "W12")
def test_a_new_place_with_a_structure_id_is_known_by_it() -> None:
    slot = canonical(structure={"idnst": "1310007777", "kind": "FINESS"}, place=ELSEWHERE)
    (created,) = attribute_slots(slot).created
    assert created["id"] == f"rpps:{RPPS}@1310007777"
    assert (created["finess"], created["idnst"]) == ("310007777", "1310007777")


@pytest.mark.proves("W13", "F066", "F101")
@pytest.mark.parametrize(
    ("phone", "expected"), [(None, "+33553000000"), ("+33561855977", "+33561855977")]
)
def test_an_editor_without_phone_keeps_the_directory_s(phone: str | None, expected: str) -> None:
    slot = canonical(structure=None, place=ELSEWHERE, phone=phone)
    (created,) = attribute_slots(slot).created
    assert created["phones"] == [expected]


def test_what_is_declared_for_a_place_is_not_copied_to_a_new_one() -> None:
    away = {"gte": "2026-11-23T00:00:00Z", "lt": "2026-11-24T00:00:00Z"}
    here = offer(cpts=["950047225"], absences=[away], via=["sos"], participant=True)
    there = offer("1810004956", absences=[away, {**away, "lt": "2026-11-25T00:00:00Z"}])
    slot = canonical(structure=None, place=ELSEWHERE)
    (created,) = attribute_slots(slot, offers=(here, there)).created
    assert "cpts" not in created
    assert created["absences"] == [away]
    assert created["via"] == ["sos"]


def test_a_new_point_of_an_association() -> None:
    place = {**ELSEWHERE, "identifiers": ["p-9"], "name": "Point Aussonne"}
    (created,) = attribute_slots(sos_slot(place=place), offers=(sos_point(),)).created
    assert created["id"] == f"sos:{SIRET}:p-9"
    assert (created["kind"], created["siret"]) == ("sos_point", SIRET)
    assert created["place_name"] == "Point Aussonne"


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        (canonical(practitioner={"idnps": "810009999999"}), "unknown_owner"),
        (canonical(practitioner=None), "unknown_owner"),
        (canonical(structure=None, place={"line": "1 rue X"}), "no_place"),
        (canonical(structure=None, place={"city": "Nulle-Part-sur-Rien"}), "no_place"),
        (canonical(hour=7), "past"),
        (canonical(seats_max=3, seats_taken=3), "full"),
        (canonical(seats_max=-1, seats_taken=1), "full"),
    ],
)
def test_a_slot_that_is_left_aside_is_counted(slot: CanonicalSlot, reason: str) -> None:
    found = attribute_slots(slot, offers=(HERE, THERE))
    assert found.unmatched == {reason: 1}
    assert (found.slots, found.created) == ({}, [])


@pytest.mark.proves("F063", "F064")
def test_seats_of_the_agenda() -> None:
    found = Attribution(build_offer_index([HERE]), NOW, locate_nowhere)
    found.add(
        [canonical(seats_max=3, seats_taken=1), canonical("s2", 10, seats_max=-1)], AGENDA_SOURCE
    )
    one, two = found.slots[HERE["id"]]
    assert (one["seats_max"], one["seats_left"]) == (3, 2)
    assert (two["seats_max"], two["seats_left"]) == (1, 1)
    assert one["source"] == AGENDA_SOURCE


@pytest.mark.proves("F068", "W11")
def test_both_sources_reach_one_card() -> None:
    found = Attribution(build_offer_index([HERE]), NOW, locate_nowhere)
    found.add([canonical(seats_max=1)], AGENDA_SOURCE)
    found.add([canonical("e1"), canonical("e2", 10)], "alpha")
    judged = visible_slots(HERE, found.slots[HERE["id"]])
    assert [(s["source"], s.get("hidden_reason")) for s in judged] == [
        ("alpha", "duplicate"),
        (AGENDA_SOURCE, None),
        ("alpha", None),
    ]


def test_an_index_keeps_only_who_is_wanted() -> None:
    index = OfferIndex({RPPS})
    for one in (HERE, sos_point(), offer("x", rpps="10009999999")):
        index.add(one)
    assert len(index) == 1
    assert index.find_offers(RPPS) == [HERE]
    assert index.offer(HERE["id"]) == HERE


def test_a_slot_a_source_tells_again_counts_once_as_told_last() -> None:
    found = Attribution(build_offer_index([HERE]), NOW, locate_nowhere)
    found.add([canonical("a")], "alpha")
    found.add([canonical("b", types=["SNP"])], "alpha")
    (slot,) = found.slots[HERE["id"]]
    assert slot["types"] == ["SNP"]
