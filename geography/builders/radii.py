"""Computes what is wrong in the published radius table, and writes the corrections.

    python -m geography.builders.radii

writes ``tables/radius_corrections.csv`` and the table of docs/reference/radii.md from the
published table and the gazetteer. A test fails when they are not what it would write.
"""

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

from geography.departments import (
    COLLECTIVITIES,
    CORRECTIONS,
    FIELDS,
    RADII,
    Department,
    read_published_departments,
)
from geography.distance import distance_km
from geography.gazetteer import Commune, load_gazetteer

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "radii.md"
MARK = "<!-- corrections: written by python -m geography.builders.radii -->"
CITY_STEPS_KM = (5, 10, 20, 30, 40, 50)
"""The only city radii the published table uses."""

SHIFTED = "formula round(sqrt(2 x area)) two rows away in the source"
CENTRE = "no centre: mean of the communes, weighted by inhabitants"
COVER = "no radius: smallest whole number that holds every commune from the centre"
CITY = "no city radius: smallest of 5, 10, 20, 30, 40, 50 holding the territory, at most 50"
STEP = "no enlargement: half the city radius, rounded up, as everywhere in the table"

CorrectionRow = tuple[str, str, str, str, str]
"""Code, field, old value or nothing, new value, reason."""


def mean_centre(communes: tuple[Commune, ...]) -> tuple[float, float]:
    """The mean point of the communes in degrees, weighted by inhabitants."""
    people = sum(commune.population for commune in communes)
    lat = sum(commune.lat * commune.population for commune in communes) / people
    lon = sum(commune.lon * commune.population for commune in communes) / people
    return round(lat, 4), round(lon, 4)


def covering_km(lat: float, lon: float, communes: tuple[Commune, ...]) -> int:
    """The radius in whole km that holds every corner of every commune."""
    return math.ceil(max(distance_km(lat, lon, c.lat, c.lon) + c.reach_km for c in communes))


def formula_km() -> dict[str, int]:
    """The county radius the published formula gives, by department with a known area."""
    with RADII.open(encoding="utf-8", newline="") as lines:
        areas = {row["code_insee"]: float(row["area"]) for row in csv.DictReader(lines)}
    return {code: round(math.sqrt(2 * area)) for code, area in areas.items() if area}


def overseas_values(department: Department) -> dict[str, tuple[float, str]]:
    """The values of a row left at zero or missing, with the reason of each."""
    communes = load_gazetteer().in_department(department.code)
    lat, lon = mean_centre(communes)
    county = covering_km(lat, lon, communes)
    city = department.city_radius_km or next(
        (step for step in CITY_STEPS_KM if step >= county), CITY_STEPS_KM[-1]
    )
    return {
        "city_radius_km": (city, CITY),
        "step_km": (department.step_km or math.ceil(city / 2), STEP),
        "county_radius_km": (county, COVER),
        "lat": (lat, CENTRE),
        "lon": (lon, CENTRE),
    }


def corrections() -> Iterator[CorrectionRow]:
    """Every correction, in the order of departments."""
    formula = formula_km()
    for code, department in read_published_departments().items():
        if code not in formula:
            yield from _missing_values(department)
        elif department.county_radius_km != formula[code]:
            old = f"{department.county_radius_km:g}"
            yield code, "county_radius_km", old, str(formula[code]), SHIFTED
    for code, name in COLLECTIVITIES.items():
        empty = Department(code, name, name, "", "", 0, 0, 0, 0, 0)
        for _, field, _, new, reason in _missing_values(empty):
            yield code, field, "", new, reason


def _missing_values(department: Department) -> Iterator[CorrectionRow]:
    values = overseas_values(department)
    for field in FIELDS:
        new, reason = values[field]
        old = getattr(department, field)
        if old != new:
            yield department.code, field, f"{old:g}", f"{new:g}", reason


def corrections_csv() -> str:
    """The corrections as the committed table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "field", "old", "new", "reason"))
    writer.writerows(corrections())
    return text.getvalue()


def corrections_markdown() -> str:
    """The corrections as the table of docs/reference/radii.md."""
    names = {code: d.name for code, d in read_published_departments().items()} | COLLECTIVITIES
    rows = [
        f"| {code} {names[code]} | {field} | {old or 'no row'} | {new} | {reason} |"
        for code, field, old, new, reason in corrections()
    ]
    head = "| department | value | published | corrected | reason |\n|---|---|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


def main() -> None:
    """Write the table of corrections and the list in docs/reference/radii.md."""
    CORRECTIONS.write_text(corrections_csv(), encoding="utf-8")
    before = DOCUMENT.read_text(encoding="utf-8").split(MARK)[0]
    DOCUMENT.write_text(f"{before}{MARK}\n{corrections_markdown()}", encoding="utf-8")


if __name__ == "__main__":
    main()
