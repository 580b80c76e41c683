"""Known items: the table of templates, what a line is made of, who is drawn, what is judged."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from geography.distance import distance_km
from geography.ground import find_ground
from search_engine.relevance.index_probe import IndexProbe
from search_engine.relevance.judge import draw_smoke_templates
from search_engine.relevance.known_items.drawing import draw_items
from search_engine.relevance.known_items.facts import FACTS, DrawnItem, drop_kind_words
from search_engine.relevance.known_items.fill import fill_line, move_away
from search_engine.relevance.known_items.judging import judge_known_items
from search_engine.relevance.known_items.likeness import NameLikeness, measure_likeness
from search_engine.relevance.known_items.misspelling import CHANGES
from search_engine.relevance.known_items.subjects import SUBJECTS, find_subject
from search_engine.relevance.known_items.templates import (
    ItemTemplate,
    TemplatesInvalidError,
    load_templates,
    parse_templates,
)
from search_engine.relevance.limits import SMOKE_TEMPLATES
from search_engine.relevance.verdict import CaseOutcome, Level, RelevanceVerdict, State
from tests.search_engine.sample_offers import NOW

HEADER = "id,group,subject,what,where,expect,level,why"

WRITTEN: list[tuple[str, str, str | None]] = [
    ("lower", "Le Gall", "le gall"),
    ("bare", "Éléonore", "Eleonore"),
    ("start", "Plouzenec", "Plouz"),
    ("start", "Petit", None),
    ("undoubled", "Chevallier", "Chevalier"),
    ("undoubled", "Martinez", None),
    ("cut", "Roussel", "Rou ssel"),
    ("one_letter", "Roux", None),
    ("sound", "Lefebvre", "Lefevre"),
    ("sound", "GAUTHIER", "GAUTIER"),
    ("sound", "Dupuy", "Dupui"),
    ("sound", "Morin", None),
    ("sound", "Beauillaud", "Beauilaud"),
    ("joined", "Anne-Sophie", "AnneSophie"),
    ("joined", "Roux", None),
    ("split", "LEGALL", "LE GALL"),
    ("split", "Martin", None),
    ("unhyphenated", "Morel-Petit", "Morel Petit"),
    ("hyphenated", "Le Gall", "Le-Gall"),
    ("spaced", "O'Brien", "O Brien"),
    ("curly", "N'Guyen", "N’Guyen"),
    ("first_word", "Morel-Petit", "Morel"),
    ("last_word", "D'Angelo", "Angelo"),
    ("initials", "Jean-Pierre", "J.-P."),
    ("grouped", "10001234567", "100 012 345 67"),
    ("pairs", "0199001544", "01 99 00 15 44"),
    ("dotted", "0199001544", "01.99.00.15.44"),
    ("international", "0199001544", "+33 199001544"),
]
"""A change, a text, and what it gives."""


def test_the_table_holds_enough_templates_and_uses_every_subject_and_change() -> None:
    templates = load_templates()
    assert len(templates) >= 150
    used = {template.subject.partition("+")[0].partition("-")[0] for template in templates}
    assert used == set(SUBJECTS)
    changes = {change for one in templates for _, *all_ in one.placeholders for change in all_}
    assert changes == set(CHANGES)


def test_a_row_that_would_judge_nothing_is_refused_with_its_reasons() -> None:
    rows = {
        "a,name,person.none,{family},town,first,must,why": "no subject 'person.none'",
        "a,name,person.rare,{famly},town,first,must,why": "no fact 'famly'",
        "a,name,person.rare,{family|twist},town,first,must,why": "no change 'twist'",
        "a,name,person.rare,{family},here,first,must,why": "where 'here' is none of town",
        "a,name,person.rare,{family},town,second,must,why": "expect 'second' is none of first",
        "a,name,person.rare,{family},town,first,maybe,why": "level 'maybe' is none of must, wish",
        "a,name,person.rare,{family},town,first": "columns are id, group",
    }
    for row, reason in rows.items():
        with pytest.raises(TemplatesInvalidError, match=reason):
            parse_templates([HEADER, row])
    row = "a,name,person.rare,{family},town,first,must,why"
    with pytest.raises(TemplatesInvalidError, match="id a is given twice"):
        parse_templates([HEADER, row, row])


def test_changes_write_what_is_heard_or_mistyped() -> None:
    given = {(name, text): CHANGES[name](text, Random(1)) for name, text, _ in WRITTEN}
    assert given == {(name, text): written for name, text, written in WRITTEN}
    for name in ("one_letter", "missing", "doubled", "swapped"):
        for seed in range(50):
            changed = CHANGES[name]("Roussel", Random(seed))
            assert changed is not None and changed != "Roussel" and changed[0] == "R"


def test_a_structure_is_called_by_its_own_words() -> None:
    assert drop_kind_words("MAISON DE SANTÉ PLOUZÉVÉDÉ") == "PLOUZÉVÉDÉ"
    assert drop_kind_words("Centre Hospitalier de Landerneau") == "de Landerneau"
    assert drop_kind_words("PHARMACIE") is None
    assert drop_kind_words("LABOTERRE NORD") is None


def template(**fields: Any) -> ItemTemplate:
    row = {
        "id": "one",
        "group": "name",
        "subject": "person.rare",
        "what": "dr {family}",
        "where": "town",
        "expect": "first",
        "level": "must",
        "why": "why",
        **fields,
    }
    return parse_templates([HEADER, ",".join(f'"{value}"' for value in row.values())])[0]


def test_a_line_without_a_fact_is_not_typed() -> None:
    item = DrawnItem({"family": "ROUX", "given": "Ève"})  # type: ignore[typeddict-item]
    lines = {
        "dr {family}": "dr ROUX",
        "{given} {family|lower}": "Ève roux",
        "{family|one_letter}": None,
        "{family} {other_family}": None,
    }
    assert {w: fill_line(template(what=w), item, Random(1)) for w in lines} == lines


def test_before_a_swap_some_musts_are_typed_and_few_may_be_missing() -> None:
    drawn = draw_smoke_templates(1)
    assert len({one.id for one in drawn}) == SMOKE_TEMPLATES
    assert {one.level for one in drawn} == {Level.MUST}
    assert drawn == draw_smoke_templates(1) != draw_smoke_templates(2)

    def is_accepted(lost: int, *, smoke: bool) -> bool:
        states = [State.FAILED] * lost + [State.PASSED] * (60 - lost)
        known = [
            CaseOutcome(f"one-{n}", "name", "why", {}, state, ["lost"], level=Level.MUST)
            for n, state in enumerate(states)
        ]
        return not RelevanceVerdict([], known=known, smoke=smoke).faults()

    assert [is_accepted(lost, smoke=True) for lost in (0, 3, 4)] == [True, True, False]
    assert [is_accepted(lost, smoke=False) for lost in (0, 1)] == [True, False]


@pytest.mark.parametrize(
    ("typed", "name", "likeness"),
    [
        ("dr martin", "MARTIN", NameLikeness.WHOLE),
        ("legall", "LE GALL", NameLikeness.WHOLE),
        ("dr nguyen", "N'GUYEN", NameLikeness.WHOLE),
        ("dr martin", "SAINT-MARTIN", NameLikeness.PART),
        ("dr morel", "MAUREL", NameLikeness.SOUND),
        ("galle", "GALLI", NameLikeness.NEAR),
        ("galle", "GALLERNIER", NameLikeness.OTHER),
    ],
)
def test_how_a_name_answers_what_was_typed(typed: str, name: str, likeness: NameLikeness) -> None:
    assert measure_likeness(typed, name) is likeness


def test_a_patient_stands_on_the_same_side_of_the_water() -> None:
    hospital: Any = {"point": {"lat": -12.7806, "lon": 45.2278}, "insee": "97611"}
    hospital["landmass"] = find_ground(**hospital["point"]).landmass
    for km in (2.0, 5.0):
        moved = move_away(hospital, km)
        assert find_ground(**moved).landmass == hospital["landmass"]
        assert distance_km(*hospital["point"].values(), *moved.values()) == pytest.approx(km, 0.02)


# On an index ----------------------------------------------------------------------------------


@pytest.fixture
async def probe(
    relevance_client: AsyncElasticsearch, relevance_index: str
) -> AsyncIterator[IndexProbe]:
    yield IndexProbe(relevance_client, relevance_index, NOW)


async def test_subjects_are_drawn_by_who_else_has_their_name(probe: IndexProbe) -> None:
    drawn = {
        name: {item.offer["family"] for item in await draw_items(probe, find_subject(name), 600, 1)}
        for name in ("person.rare", "person.apostrophe", "person.particle_de", "person.compound")
    }
    assert drawn["person.apostrophe"] == {"D'ANGELO", "N'GUYEN", "O’BRIEN"}
    assert drawn["person.particle_de"] == {"DE LA TOUR", "DU BOIS", "DE SAINT-EXUPÉRY"}
    assert "DURAND-MOREL" in drawn["person.compound"]
    assert "MARTIN" not in drawn["person.rare"]
    assert {"BOIDIN", "JOURNO", "THIBAULT"} <= drawn["person.rare"]


async def test_a_structure_that_shares_its_name_is_not_searched_by_it(probe: IndexProbe) -> None:
    (pharmacy,) = await draw_items(probe, find_subject("structure.pharmacy"), 5, 1)
    assert not pharmacy.shares_name
    name = pharmacy.offer["names"][0]
    assert FACTS["name"](pharmacy) == name
    twin = pharmacy._replace(shares_name=True)
    assert (FACTS["name"](twin), FACTS["own"](twin)) == (None, None)


async def test_the_same_seed_draws_the_same_people(probe: IndexProbe) -> None:
    async def draw(seed: int) -> list[str]:
        drawn = await draw_items(probe, find_subject("person.rare"), 5, seed)
        return [item.offer["id"] for item in drawn]

    assert await draw(1) == await draw(1)
    assert await draw(1) != await draw(2)


async def judge_one(probe: IndexProbe, **fields: Any) -> list[CaseOutcome]:
    return [one async for one in judge_known_items(probe, [template(**fields)], draws=2, seed=1)]


async def test_lines_are_judged_by_their_first_page(probe: IndexProbe) -> None:
    found = await judge_one(probe, what="{family} {given}")
    assert [one.state for one in found] == [State.PASSED, State.PASSED]
    lost = await judge_one(probe, what="xyzvw{family|joined}", subject="person.compound")
    assert {one.state for one in lost} == {State.FAILED}
    assert "n'est pas sur la première page" in lost[0].problems[0]
    wished = await judge_one(
        probe, what="xyzvw{family|joined}", subject="person.compound", level="wish"
    )
    assert {one.state for one in wished} == {State.KNOWN_FAILURE}
    assert {one.level for one in wished} == {Level.WISH}
    kind = {"subject": "structure.pharmacy", "what": "pharmacie"}
    for expect in ("alike", "alike_in_town", "every_alike", "some_alike"):
        assert [o.state for o in await judge_one(probe, expect=expect, **kind)] == [State.PASSED]
    other = await judge_one(probe, subject="structure.pharmacy", what="msp", expect="alike")
    assert other[0].problems == ["la première carte n'est pas de ce genre"]


async def test_who_is_named_by_a_sentence_alone_is_known(probe: IndexProbe) -> None:
    absent = {"subject": "person.absent", "what": "dr {given} {family}"}
    told = await judge_one(probe, expect="known", **absent)
    assert {one.state for one in told} == {State.PASSED}
    shown = await judge_one(probe, expect="first", **absent)
    assert {one.state for one in shown} == {State.FAILED}
    lost = await judge_one(
        probe, what="xyzvw{family|joined}", subject="person.compound", expect="known"
    )
    assert {one.state for one in lost} == {State.FAILED}


async def test_a_line_that_the_index_cannot_fill_is_counted_as_not_judged(
    probe: IndexProbe,
) -> None:
    (one,) = await judge_one(probe, subject="structure.ehpad", what="{name}")
    assert (one.state, one.id) == (State.NOT_JUDGED, "one")
    assert "structure.ehpad" in one.problems[0]
