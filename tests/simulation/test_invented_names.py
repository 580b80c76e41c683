"""Names of people, streets and structures: their variety, their regions, their rates."""

from collections import Counter
from typing import Any

import pytest

from geography.departments import departments
from indexers.quality.quarantine import Quarantine
from indexers.sources.finess import read_structures
from indexers.sources.rpps.activities import read_activities
from mappings.codes import structure_categories, structure_kind
from simulation.draws import stream
from simulation.people.names import (
    FRANCE,
    draw_name,
    first_names,
    name_origins,
    surname_parts,
    surnames,
)
from simulation.places.structure_names import (
    SHORT_LENGTH,
    abbreviate,
    drop_accents,
    list_slots,
    patterns,
)
from simulation.places.structures import Wave, categories
from simulation.table_files import read_table, split_texts
from tests.simulation.generated_set import GeneratedSet

DRAWS = 20_000


def draw_families(department: str, count: int = DRAWS) -> Counter[str]:
    rng = stream("families", department)
    return Counter(draw_name(rng, department).family for _ in range(count))


def share_of_origin(families: Counter[str], origin: str) -> float:
    known = set(surnames()[origin].items)
    return sum(n for family, n in families.items() if family in known) / families.total()


def test_martin_comes_first_and_three_people_in_a_thousand_have_it() -> None:
    families = draw_families("21")
    assert families.most_common(1)[0][0] == "MARTIN"
    assert 0.001 <= families["MARTIN"] / families.total() <= 0.004


@pytest.mark.parametrize(
    ("department", "origin", "least", "most"),
    [
        ("29", "brittany", 0.22, 0.42),
        ("2A", "corsica", 0.4, 0.6),
        ("974", "reunion", 0.3, 0.5),
        ("75", "maghreb", 0.05, 0.12),
        ("75", "vietnam", 0.008, 0.03),
        ("21", "portugal", 0.008, 0.03),
    ],
)
def test_names_of_a_region_are_frequent_there(
    department: str, origin: str, least: float, most: float
) -> None:
    assert least <= share_of_origin(draw_families(department), origin) <= most


def test_most_names_are_rare_and_homonyms_are_few() -> None:
    """In a department of 20,000 people: names of one person, and full names of several."""
    rng = stream("homonyms")
    drawn = [draw_name(rng, "35") for _ in range(DRAWS)]
    families = Counter(name.family for name in drawn)
    alone = sum(families[name.family] == 1 for name in drawn)
    full = Counter((name.family, name.given) for name in drawn)
    shared = sum(full[name.family, name.given] > 1 for name in drawn)
    assert 0.2 <= alone / DRAWS <= 0.6
    assert 0.005 <= shared / DRAWS <= 0.1


def test_particles_apostrophes_accents_and_compounds_are_there() -> None:
    families = set(draw_families("29")) | set(draw_families("974"))
    for start in ("LE ", "DE ", "DE LA ", "DU ", "D'", "N'", "L'", "EL ", "DA ", "VAN "):
        assert any(family.startswith(start) for family in families), start
    for sign in ("-", " ", "'", "É", "Œ"):
        assert any(sign in family for family in families), sign
    assert any(len(family) <= 3 for family in families)


def test_every_origin_has_its_names_and_its_share() -> None:
    origins = {row["origin"] for row in read_table("name_origins")} | {FRANCE}
    assert origins == set(surnames())
    assert set(surname_parts()) <= origins
    assert {key.split()[0] for key in first_names()} <= origins
    for department in departments():
        assert min(name_origins(department).weights) > 0, department


def test_five_hundred_streets_and_lieux_dits() -> None:
    rows = read_table("streets")
    names = {(row["label"], name) for row in rows for name in split_texts(row["names"])}
    lieux_dits = {name for label, name in names if label == "Lieu dit"}
    assert len(names) >= 500
    assert len(lieux_dits) >= 100


def test_lieux_dits_are_of_the_country(default_set: GeneratedSet) -> None:
    rows = list(read_activities(default_set.file("PS_*activite*.txt"), Quarantine("rpps")))
    lines = {
        code: [find_line(row) for row in rows if row.get("department") == code]
        for code in ("48", "75")
    }
    shares = {code: sum(map(is_lieu_dit, found)) / len(found) for code, found in lines.items()}
    assert shares["48"] > 0.08
    assert shares["75"] < 0.02


def find_line(row: dict[str, Any]) -> str:
    return row.get("address", {}).get("line", "").lower()


def is_lieu_dit(line: str) -> bool:
    return "lieu dit" in line


def test_every_kind_of_structure_that_is_indexed_is_made_and_has_names() -> None:
    made = {category.code for wave in Wave for category in categories(wave)}
    shown = {code for code in structure_categories() if structure_kind(code) is not None}
    assert shown <= made
    assert made <= set(patterns())
    words = {row["slot"] for row in read_table("structure_words")}
    texts = [text for choice in patterns().values() for text in choice.items]
    assert list_slots(texts) <= words | {"town", "street", "person", "given"}


def test_a_set_has_most_kinds_of_structures(default_set: GeneratedSet) -> None:
    sites = list(read_structures(default_set.file("finess-structures.json"), Quarantine("finess")))
    assert len({site["category"] for site in sites}) >= 28
    names = [site["name"] for site in sites if site["category"] == "620"]
    assert len(set(names)) > 0.55 * len(names)
    assert sum(name.startswith("PHIE") for name in names) > 0.1 * len(names)
    assert any(not name.isascii() for name in names)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("PHARMACIE SAINT-ÉLOI", "PHIE ST-ELOI"),
        ("CENTRE HOSPITALIER UNIVERSITAIRE DIJON", "CHU DIJON"),
        (
            "MAISON DE SANTÉ PLURIPROFESSIONNELLE DE CHÂTEAUNEUF-DE-RANDON",
            "MSP DE CHATEAUNEUF-DE-RANDON",
        ),
        ("EHPAD RÉSIDENCE LE CŒUR", "EHPAD RES LE COEUR"),
    ],
)
def test_short_names_are_abbreviated_without_accents(name: str, short: str) -> None:
    assert abbreviate(name) == short


def test_a_short_name_is_cut() -> None:
    assert len(abbreviate("LABOTERRE " * 9)) <= SHORT_LENGTH
    assert drop_accents("ŒUVRE D'ÉTÉ") == "OEUVRE D'ETE"
