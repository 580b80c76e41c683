"""Radii, centres and zones of departments."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from geography.builders import radii
from geography.departments import (
    CORRECTIONS,
    TABLES,
    UnknownDepartmentError,
    commune_zone,
    department_zone,
    departments,
    load_zones,
    read_published_departments,
    resolve_department_code,
)
from geography.distance import distance_km
from geography.gazetteer import load_gazetteer
from geography.radii_file import RadiiFileError

GAZETTEER = load_gazetteer()
SHIFTED = ("21", "22", "23", "24", "25", "26", "27", "28", "29", "2A", "2B")
OVERSEAS = ("971", "972", "973", "974", "976")
COLLECTIVITIES = ("975", "977", "978", "986", "987", "988")


@pytest.fixture(autouse=True)
def _no_operator_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SAS_RADII_FILE", raising=False)
    monkeypatch.setattr("geography.radii_file._last", None)
    yield


@pytest.mark.proves("F008")
@pytest.mark.parametrize(
    ("code", "km"), [("48", 50), ("75", 5), ("69", 5), ("11", 30), ("01", 20), ("974", 10)]
)
def test_city_radii_are_the_published_ones(code: str, km: float) -> None:
    assert departments()[code].city_radius_km == km


@pytest.mark.proves("F011", "W21", "W35")
def test_every_radius_is_usable_everywhere() -> None:
    assert len(departments()) == 96 + 5 + 6
    for department in departments().values():
        assert department.city_radius_km > 0
        assert department.step_km > 0
        assert department.county_radius_km >= department.city_radius_km / 2
        assert (department.lat, department.lon) != (0, 0)


@pytest.mark.proves("F012")
def test_every_county_circle_holds_all_its_communes() -> None:
    left_out = [
        (d.code, c.insee)
        for d in departments().values()
        for c in GAZETTEER.in_department(d.code)
        if distance_km(d.lat, d.lon, c.lat, c.lon) + c.reach_km > d.county_radius_km
    ]
    assert left_out == []


@pytest.mark.proves("F012", "W35")
def test_the_shifted_rows_follow_the_formula_again() -> None:
    assert departments()["21"].county_radius_km == 133
    formula = radii.formula_km()
    mended = {c: departments()[c].county_radius_km for c in SHIFTED}
    assert mended == {code: formula[code] for code in SHIFTED}
    wrong = [
        c
        for c, d in read_published_departments().items()
        if c in formula and d.county_radius_km != formula[c]
    ]
    assert set(wrong) == set(SHIFTED)


def test_every_centre_lies_in_its_department() -> None:
    scattered = {"986", "975", "987", "971"}  # the mean of islands may be at sea
    elsewhere = [
        d.code
        for d in departments().values()
        if d.code not in scattered and GAZETTEER.nearest(d.lat, d.lon).department != d.code
    ]
    assert elsewhere == []


def test_city_radii_follow_the_density_of_doctors_and_steps_are_their_half() -> None:
    steps = ((5, 5), (25, 10), (50, 20), (75, 30), (100, 40))
    with (TABLES / "anct_densite_mg_2020.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            department = departments()[row["codgeo"]]
            assert department.step_km == -(-department.city_radius_km // 2)
            if row["rayon_estime_km_5_ps"]:
                needed = float(row["rayon_estime_km_5_ps"])
                expected = next((km for limit, km in steps if needed < limit), 50)
                assert department.city_radius_km == expected, row["codgeo"]


def test_every_difference_with_the_published_table_is_told() -> None:
    for code, before in read_published_departments().items():
        after = departments()[code]
        recorded = {c.field: (c.old, c.new) for c in after.corrections}
        changed = {
            field: (getattr(before, field), getattr(after, field))
            for field in radii.FIELDS
            if getattr(before, field) != getattr(after, field)
        }
        assert recorded == changed
    corrected = {code for code, d in departments().items() if d.corrections}
    assert corrected == {*SHIFTED, *OVERSEAS, *COLLECTIVITIES}
    assert all(c.reason for d in departments().values() for c in d.corrections)


def test_the_committed_corrections_are_what_the_sources_give() -> None:
    assert CORRECTIONS.read_text(encoding="utf-8") == radii.corrections_csv()
    listed = radii.DOCUMENT.read_text(encoding="utf-8").split(radii.MARK + "\n")[1]
    assert listed == radii.corrections_markdown()


@pytest.mark.proves("F078", "W48")
@pytest.mark.parametrize(
    ("code", "summer", "winter"),
    [
        ("75", 2, 1),
        ("2A", 2, 1),
        ("971", -4, -4),
        ("972", -4, -4),
        ("973", -3, -3),
        ("974", 4, 4),
        ("975", -2, -3),  # Saint-Pierre-et-Miquelon changes its clocks
        ("976", 3, 3),
        ("977", -4, -4),
        ("978", -4, -4),
        ("986", 12, 12),
        ("987", -10, -10),
        ("988", 11, 11),
        ("989", -8, -8),  # Clipperton is not in the Marquesas
    ],
)
def test_each_territory_has_its_zone(code: str, summer: int, winter: int) -> None:
    zone = ZoneInfo(department_zone(code))
    for month, hours in ((7, summer), (1, winter)):
        offset = datetime(2026, month, 15, 12, tzinfo=UTC).astimezone(zone).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == hours * 3600


@pytest.mark.proves("W48")
def test_the_marquesas_and_gambier_do_not_keep_the_time_of_tahiti() -> None:
    assert commune_zone("98731") == "Pacific/Marquesas"
    assert commune_zone("98719") == "Pacific/Gambier"
    assert commune_zone("98735") == "Pacific/Tahiti"
    assert commune_zone("48095") == "Europe/Paris"


@pytest.mark.proves("F078")
def test_the_known_zones_are_those_of_the_communes() -> None:
    communes = {commune_zone(commune.insee) for commune in GAZETTEER.communes()}
    assert communes <= {zone.key for zone in load_zones()}


@pytest.mark.proves("F078")
def test_every_zone_is_known_to_the_system() -> None:
    known = available_timezones()
    assert {d.zone for d in departments().values()} <= known
    assert all(commune_zone(c.insee) in known for c in GAZETTEER.communes())


@pytest.mark.proves("W49")
@pytest.mark.parametrize(
    ("insee", "department"),
    [
        ("01004", "01"),
        ("2A004", "2A"),
        ("2b033", "2B"),
        ("97105", "971"),
        ("97411", "974"),
        ("97801", "978"),
        ("97127", "978"),
        ("98818", "988"),
        ("75115", "75"),
    ],
)
def test_the_department_is_read_in_the_commune_code(insee: str, department: str) -> None:
    assert resolve_department_code(insee) == department
    assert department in departments()


def test_every_commune_names_its_department() -> None:
    assert all(resolve_department_code(c.insee) == c.department for c in GAZETTEER.communes())


@pytest.mark.parametrize("code", ["", "99132", "20004", "9A101", "Mende"])
def test_what_is_no_commune_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownDepartmentError, match="48095"):
        resolve_department_code(code)


def test_what_is_no_department_has_no_zone() -> None:
    with pytest.raises(UnknownDepartmentError, match="expected"):
        department_zone("20")


def use(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(text)
    stamp = path.stat().st_mtime_ns + len(text) * 1_000_000
    os.utime(path, ns=(stamp, stamp))
    monkeypatch.setenv("SAS_RADII_FILE", str(path))


@pytest.mark.proves("F013")
def test_the_operators_file_is_read_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "radii.json"
    use(path, '{"75": {"city_radius_km": 3}}', monkeypatch)
    assert departments()["75"].city_radius_km == 3
    use(path, '{"75": {"city_radius_km": 4.5, "step_km": 2}}', monkeypatch)
    paris = departments()["75"]
    assert (paris.city_radius_km, paris.step_km, paris.county_radius_km) == (4.5, 2, 14)
    assert [(c.field, c.old, c.new) for c in paris.corrections] == [
        ("city_radius_km", 5, 4.5),
        ("step_km", 3, 2),
    ]
    assert departments()["48"].city_radius_km == 50
    monkeypatch.delenv("SAS_RADII_FILE")
    assert departments()["75"].city_radius_km == 5


@pytest.mark.proves("F013")
def test_the_operators_file_may_be_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "code,city_radius_km,step_km\n75,3,\n976,,12\n"
    use(tmp_path / "radii.csv", text, monkeypatch)
    assert departments()["75"].city_radius_km == 3
    assert (departments()["976"].city_radius_km, departments()["976"].step_km) == (30, 12)


@pytest.mark.proves("F013")
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("r.json", '{"75": {"city_radius_km": 0}}', "department 75, city_radius_km"),
        ("r.json", '{"75": {"city_radius": 3}}', "department 75, city_radius"),
        ("r.json", '{"20": {"city_radius_km": 3}}', "no department '20'"),
        ("r.json", '{"75": {"lat": 48.8}}', "lat and lon together"),
        ("r.json", '{"75": {"city_radius_km": "wide"}}', "department 75, city_radius_km"),
        ("r.json", '["75"]', "expected an object"),
        ("r.json", '{"75": ', "cannot be read"),
        ("r.csv", "department,city_radius_km\n75,3\n", "needs a column code"),
        ("r.csv", "code,city_radius_km\n75,3\n75,4\n", "two lines"),
        ("r.csv", "code,city_radius_km\n75,3,4\n", "department 75, surplus"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_reason(
    name: str, text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(tmp_path / name, text, monkeypatch)
    with pytest.raises(RadiiFileError, match=message) as raised:
        departments()
    assert name in str(raised.value)


def test_a_missing_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAS_RADII_FILE", str(tmp_path / "absent.json"))
    with pytest.raises(RadiiFileError, match=r"absent\.json"):
        departments()


@pytest.mark.proves("F013")
def test_a_file_that_turns_bad_keeps_the_last_good_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "radii.json"
    use(path, json.dumps({"75": {"city_radius_km": 3}}), monkeypatch)
    assert departments()["75"].city_radius_km == 3
    use(path, '{"75": {"city_radius_km"', monkeypatch)
    assert departments()["75"].city_radius_km == 3
    use(path, json.dumps({"75": {"city_radius_km": 7}}), monkeypatch)
    assert departments()["75"].city_radius_km == 7
