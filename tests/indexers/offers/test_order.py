"""The order of the rows of a file decides nothing: neither which duplicate counts nor any field."""

import random
from pathlib import Path

import orjson
import pytest

from indexers.offers.directory import directory_locator
from indexers.offers.pipeline import build_offers, open_offer_sources
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from indexers.sources.finess import read_structures
from indexers.sources.geocoding_cache import read_geocoded
from indexers.sources.own_sources import read_participation
from indexers.sources.staging_store import StagingStore
from mappings.records import Offer
from tests.indexers.file_set import (
    CPTS,
    FLORAC,
    MENDE,
    MSP,
    NOW,
    PHARMACY,
    SOS_SIRET,
    FileSet,
)

ANNE, BRUNO = "10100000016", "10100000024"
ADDRESS = {"line": "1 avenue Foch", "postal_code": "48000", "city": "Mende"}


def fill(directory: Path) -> None:
    """Everything twice, otherwise: people, sites, settings, absences, points, solutions."""
    files = FileSet(directory)
    for name in (("MARTIN", "Anne"), ("MARTIN-DURAND", "Anne"), ("MARTIN", "Annie")):
        for phone in ("0466000001", "0466000002", ""):
            files.doctor(ANNE, MENDE, name, phone=phone, company=f"CABINET {phone}")
    files.doctor(ANNE, FLORAC, practice="10100000016002").doctor(BRUNO, civility="", skill="SM26")
    for code in ("SM26", "C05", "CAPA04"):
        files.skill(ANNE, code)
    for closed in ("2020-01-01", "", "2027-01-01"):
        files.site(PHARMACY, "620", f"PHARMACIE {closed}", closed=closed)
    files.site(MSP, "603", "MSP A").site(MSP, "603", "MSP B", etatObjet="I")
    settings = {"rpps": ANNE, "participation": True, "via": 1}
    files.line("participation", **settings, updated="2026-11-01T08:00:00Z", additional_info="new")
    files.line("participation", **settings, updated="2026-10-01T08:00:00+02:00")
    files.line("participation", **settings, additional_info="undated")
    for count in (1, 2):
        hours = {"mon": [["08:00", f"1{count}:00"]]}
        files.line("structures", finess=PHARMACY, hours=hours, additional_info=f"{count}")
        files.line(
            "absences", rpps=ANNE, ranges=[{"start": "2026-12-01", "end": f"2026-12-0{count}"}]
        )
        files.line("cpts", finess=CPTS, name=f"CPTS {count}", communes=["48095", "48061"][:count])
        point = {"id": "P", "name": f"Point {count}", "address": ADDRESS}
        more = {"phone": "0466000009"} if count == 1 else {}
        files.sos(points=[point, {**point, "name": "Z", **more}][:count], name=f"SOS {count}")
        files.line(
            "solutions",
            key="k",
            editor="e",
            name=f"Solution {count}",
            link="https://a.fr",
            departments=["48"],
            enabled=True,
        )
    (directory / "geocoded.csv").write_text(
        "line,postal_code,city,lat,lon,precision,score\n"
        "12 Rue DES TANNEURS,48000,Mende,44.51,3.50,street,0.9\n"
        "12 Rue DES TANNEURS,48000,Mende,44.52,3.51,housenumber,0.8\n"
        "12 Rue DES TANNEURS,48000,Mende,44.53,3.52,housenumber,0.9\n"
    )


def shuffle(directory: Path, seed: int) -> None:
    """Permute the rows of every file, its header kept; sites inside their entity."""
    order = random.Random(seed)
    for path in sorted(directory.iterdir()):
        if path.suffix == ".json":
            whole = orjson.loads(path.read_bytes())
            order.shuffle(whole["pmej"][0]["ege"])
            path.write_bytes(orjson.dumps(whole))
            continue
        lines = path.read_text().splitlines()
        head = 0 if path.suffix == ".jsonl" else 1
        rows = lines[head:]
        order.shuffle(rows)
        path.write_text("\n".join([*lines[:head], *rows]) + "\n")


def build(directory: Path) -> dict[str, Offer]:
    """The offers by id."""
    with open_offer_sources(directory, Quarantines()) as sources:
        locator = directory_locator(directory)
        return {o["id"]: o for o in build_offers(sources, locator, NOW.date(), Quarantines())}


@pytest.mark.parametrize("seed", range(12))
def test_permuted_rows_give_the_same_offers(tmp_path: Path, seed: int) -> None:
    fill(tmp_path)
    expected = build(tmp_path)
    assert f"finess:{PHARMACY}" in expected
    assert f"finess:{MSP}" in expected
    shuffle(tmp_path, seed)
    assert build(tmp_path) == expected


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"closed": "2020-01-01"}, {}),
        ({"etatObjet": "I"}, {}),
        ({"closed": "2020-01-01"}, {"closed": "2030-01-01"}),
        ({"dateDerniereMaj": "2020-01-01"}, {"dateDerniereMaj": "2026-01-01"}),
    ],
    ids=["closed", "inactive", "closed earlier", "older"],
)
def test_of_one_finess_number_the_open_or_newer_site_counts(
    tmp_path: Path, worse: dict[str, str], better: dict[str, str], order: int
) -> None:
    files = FileSet(tmp_path)
    rows = [("LEFT", worse), ("KEPT", better)]
    for name, facts in rows[::-1] if order else rows:
        files.site(PHARMACY, "620", name, **facts)
    quarantines = Quarantines()
    assert files.offers(quarantines)[f"finess:{PHARMACY}"]["title"] == "KEPT"
    aside = quarantines.get_quarantine("finess")
    assert aside.rejected == {Reason.FINESS_DUPLICATE: 1}
    (row,) = aside.samples[Reason.FINESS_DUPLICATE]
    assert '"LEFT"' in row.raw
    assert row.line == (2 if order else 1)


FIXTURES = Path(__file__).parents[2] / "fixtures/finess"


@pytest.mark.parametrize("order", [0, 1])
def test_the_forms_in_lines_decide_alike(tmp_path: Path, order: int) -> None:
    header, first = (FIXTURES / "finess-2020-ain-100.csv").read_text().splitlines()[:2]
    day = first.rsplit(";", 1)[1]
    older = first.removesuffix(day) + "1999-01-01"
    assert older != first
    path = tmp_path / "finess.csv"
    path.write_text("\n".join([header, *([first, older][:: -1 if order else 1])]) + "\n")
    quarantine = Quarantine("finess")
    with StagingStore() as store:
        store.add_structures(read_structures(path, quarantine))
        (kept,) = store.structures()
    assert kept["updated"] == day[:10]
    (row,) = quarantine.samples[Reason.FINESS_DUPLICATE]
    assert row.raw == older


@pytest.mark.parametrize("order", [0, 1])
def test_the_point_of_a_site_is_the_latest(tmp_path: Path, order: int) -> None:
    site = ";".join(["structureet", PHARMACY, *[""] * 16, "620", *[""] * 13])
    points = [
        f"geolocalisation;{PHARMACY};1;2;;2020-01-01",
        f"geolocalisation;{PHARMACY};3;4;;2026-01-01",
    ]
    path = tmp_path / "finess.csv"
    lines = ["finess;etalab;93;2026-05-04", site, *points[:: -1 if order else 1]]
    path.write_text("\n".join(lines) + "\n")
    (kept,) = read_structures(path, Quarantine("finess"))
    assert kept["coordinates"] == [{"x": "3", "y": "4"}]


@pytest.mark.parametrize("order", [0, 1])
def test_the_most_precise_answer_of_a_geocoder_counts(tmp_path: Path, order: int) -> None:
    rows = [
        "1 rue A,48000,Mende,44.5,3.5,street,0.99",
        "1 rue A,48000,Mende,44.6,3.6,housenumber,0.7",
    ]
    path = tmp_path / "geocoded.csv"
    path.write_text(
        "\n".join(["line,postal_code,city,lat,lon,precision,score", *rows[:: -1 if order else 1]])
    )
    ((lat, _, _),) = read_geocoded(path).values()
    assert lat == 44.6


@pytest.mark.parametrize("order", [0, 1])
def test_the_latest_settings_count_else_a_refusal(tmp_path: Path, order: int) -> None:
    files = FileSet(tmp_path)
    rows = [
        {"rpps": ANNE, "participation": True, "via": 1, "updated": "2026-11-02T00:30:00+02:00"},
        {"rpps": ANNE, "participation": False, "updated": "2026-11-01T22:00:00Z"},
        {"rpps": BRUNO, "participation": True, "via": 1},
        {"rpps": BRUNO, "participation": False},
    ]
    for row in rows[:: -1 if order else 1]:
        files.line("participation", **row)
    found = read_participation(tmp_path / "participation.jsonl", Quarantines())
    assert found[ANNE].participation
    assert not found[BRUNO].participation


def test_every_site_of_an_association_has_one_point_an_id(tmp_path: Path) -> None:
    point = {"id": "P", "name": "A", "address": ADDRESS}
    full = {**point, "name": "B", "phone": "0466000009"}
    for number, points in enumerate(([point, full], [full, point])):
        offers = FileSet(tmp_path / str(number)).sos(points=points).offers()
        assert offers[f"sos:{SOS_SIRET}:P"]["title"] == "B"
