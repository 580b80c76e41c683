"""Departments and collectivities: SAS search radii, centres and time zones.

The published table (``tables/sas_rayons_2025.csv``) stays as it was published. What is wrong in
it is corrected by ``tables/radius_corrections.csv``, computed by ``geography.builders.radii`` and
listed with reasons in docs/reference/radii.md. A file of the operator goes over both (F013), see
``geography.radii_file``.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geography import radii_file
from geography.gazetteer import RETIRED_INSEE_CODES

TABLES = Path(__file__).parent / "tables"
RADII = TABLES / "sas_rayons_2025.csv"
CORRECTIONS = TABLES / "radius_corrections.csv"

METROPOLE_ZONE = "Europe/Paris"
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Etc/GMT+8",
}
"""IANA zone of each territory overseas (F078, W48).

Saint-Pierre-et-Miquelon changes its clocks; Clipperton keeps UTC-8, which IANA writes
``Etc/GMT+8`` and which is not the zone of the Marquesas.
"""

COMMUNE_ZONES = {
    **dict.fromkeys(
        ("98718", "98723", "98731", "98746", "98756", "98757"),
        "Pacific/Marquesas",  # UTC-9:30, half an hour from Tahiti
    ),
    "98719": "Pacific/Gambier",
}
"""Communes of Polynésie française that do not keep the time of Tahiti."""

COLLECTIVITIES = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
}
"""Absent from the published table."""

FIELDS = ("city_radius_km", "step_km", "county_radius_km", "lat", "lon")


class UnknownDepartmentError(ValueError):
    """No department has this code; the message gives the expected form."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One value that differs from the published one; ``old`` is None when there was none."""

    field: str
    old: float | None
    new: float
    reason: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department or collectivity; radii in km, the centre in WGS84 degrees.

    ``city_radius_km`` serves searches around an address or a commune, ``step_km`` is added
    when too few offers are found, ``county_radius_km`` around ``lat``/``lon`` holds every
    commune. ``corrections`` lists the changes to the published table, with their reasons.
    """

    code: str
    name: str
    region: str
    territory: str
    zone: str
    city_radius_km: float
    step_km: float
    county_radius_km: float
    lat: float
    lon: float
    corrections: tuple[Correction, ...] = ()


def departments() -> Mapping[str, Department]:
    """Every department by code: ``01`` to ``95``, ``2A``, ``2B``, ``971`` to ``978``, ``986`` on.

    Read again whenever the file named by SAS_RADII_FILE changes (F013). Raises RadiiFileError
    when that file cannot be used the first time it is read.
    """
    return _apply_overrides(radii_file.read_current_overrides(_department_codes()))


@cache
def _department_codes() -> frozenset[str]:
    return frozenset(load_corrected_departments())


def resolve_department_code(insee: str) -> str:
    """The department code inside a commune code: 2 characters, 3 overseas (``97105``: 971).

    Corsica is 2A or 2B. Raises UnknownDepartmentError for anything else.
    """
    code = RETIRED_INSEE_CODES.get(insee.strip(), insee.strip()).upper()
    department = code[:3] if code.startswith(("97", "98")) else code[:2]
    if department not in load_corrected_departments() and department not in ZONES:
        raise UnknownDepartmentError(
            f"no department in commune code of {len(code)} characters: "
            "expected 5, such as 48095, 2A004 or 97411"
        )
    return department


def find_territory_departments(territories: Iterable[str]) -> frozenset[str]:
    """The departments of some SAS territories, ``SAS-48``; a territory of none is left out."""
    wanted = set(territories)
    return frozenset(code for code, d in departments().items() if d.territory in wanted)


def department_zone(department: str) -> str:
    """The IANA time zone of a department code; raises UnknownDepartmentError (F078)."""
    if department in ZONES:
        return ZONES[department]
    if department in load_corrected_departments():
        return METROPOLE_ZONE
    raise UnknownDepartmentError(f"no department {department!r}: expected 01 to 95, 2A, 971...")


@cache
def load_zones(among: tuple[str, ...] = ()) -> tuple[ZoneInfo, ...]:
    """Every time zone that a place of France can keep, in order of the alphabet (F078).

    ``among`` keeps those that it names, all when it names none. Cached: ``ZoneInfo`` keeps eight
    unreferenced zones and reads the others again.
    """
    names = {METROPOLE_ZONE, *ZONES.values(), *COMMUNE_ZONES.values()}
    return tuple(ZoneInfo(name) for name in sorted(names) if not among or name in among)


def commune_zone(insee: str) -> str:
    """The IANA time zone of a commune: ``department_zone``, save in the Marquesas and Gambier."""
    return COMMUNE_ZONES.get(insee) or department_zone(resolve_department_code(insee))


@cache
def load_corrected_departments() -> Mapping[str, Department]:
    """The published table with its corrections, without the operator's file."""
    corrections: dict[str, list[Correction]] = defaultdict(list)
    with CORRECTIONS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            corrections[row["code"]].append(
                Correction(
                    row["field"],
                    float(row["old"]) if row["old"] else None,
                    float(row["new"]),
                    row["reason"],
                )
            )
    known = (*map(_set_territory, read_published_departments().values()), *_collectivities())
    return MappingProxyType({d.code: apply_corrections(d, corrections[d.code]) for d in known})


def read_published_departments() -> dict[str, Department]:
    """The table as the SAS published it in 2025, faults included (W35)."""
    with RADII.open(encoding="utf-8", newline="") as lines:
        return {row["code_insee"]: _department(row) for row in csv.DictReader(lines)}


def apply_corrections(department: Department, corrections: Iterable[Correction]) -> Department:
    """The department with corrected values, and the list of its corrections."""
    found = tuple(corrections)
    values: dict[str, float] = {c.field: c.new for c in found}
    return replace(department, **values, corrections=(*department.corrections, *found))  # type: ignore[arg-type]


def _set_territory(department: Department) -> Department:
    """The territory named by the code of the department: the table has SAS-20A for 2A (W49)."""
    return replace(department, territory=f"SAS-{department.code}")


def _department(row: dict[str, str]) -> Department:
    code = row["code_insee"]
    return Department(
        code=code,
        name=row["label"],
        region=row["region"],
        territory=row["territory_name"],
        zone=ZONES.get(code, METROPOLE_ZONE),
        city_radius_km=float(row["cityDefaultRadius"]),
        step_km=float(row["enlargementValue"]),
        county_radius_km=float(row["countyRadius"]),
        lat=float(row["barycentreCityLat"]),
        lon=float(row["barycentreCityLon"]),
    )


def _collectivities() -> Iterable[Department]:
    for code, name in COLLECTIVITIES.items():
        yield Department(code, name, name, f"SAS-{code}", ZONES[code], 0, 0, 0, 0, 0)


@cache
def _apply_overrides(
    overrides: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
) -> Mapping[str, Department]:
    result = dict(load_corrected_departments())
    for code, values in overrides:
        before = result[code]
        result[code] = apply_corrections(
            before,
            [
                Correction(field, getattr(before, field), new, radii_file.REASON)
                for field, new in values
            ],
        )
    return MappingProxyType(result)
