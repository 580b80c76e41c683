"""Our own formats: good lines come through, bad ones are set aside with their field."""

from pathlib import Path
from typing import Any

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.own_formats import (
    LINES,
    OwnFormatError,
    build_json_schema,
    find_own_file,
    read_entries,
    read_keyed,
)
from mappings.formats import (
    Absence,
    Format,
    LrmEntry,
    ParticipationFormat,
    StructureSettings,
)

ANNE = "10100000016"


def read(path: Path, model: type[Format], text: str) -> tuple[list[tuple[int, Format]], Quarantine]:
    path.write_text(text, encoding="utf-8")
    aside = Quarantine(path.stem)
    return list(read_entries(path, model, aside)), aside


def test_json_lines(tmp_path: Path) -> None:
    text = f'{{"rpps": "{ANNE}", "participation": true, "via": 1}}\n\n{{"rpps": "{ANNE}"}}\n'
    entries, aside = read(tmp_path / "participation.jsonl", ParticipationFormat, text)
    assert [line for line, _ in entries] == [1]
    assert aside.read == 2
    (row,) = aside.samples[Reason.INVALID_RECORD]
    assert (row.line, row.detail.partition(" |")[0]) == (3, "participation: Field required")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{not json", "line: not JSON"),
        ("[1, 2]", "line: "),
        ('{"origin": "x", "name": "y", "colour": "red"}', "colour: Extra inputs"),
        ('{"origin": "", "name": "y"}', "origin: String should have at least 1 character"),
    ],
)
def test_a_bad_line_never_stops_the_file(tmp_path: Path, line: str, problem: str) -> None:
    text = f'{line}\n{{"origin": "samu48", "name": "SAMU 48"}}\n'
    entries, aside = read(tmp_path / "lrm.jsonl", LrmEntry, text)
    assert [number for number, _ in entries] == [2]
    (row,) = aside.samples[Reason.INVALID_RECORD]
    assert row.detail.startswith(problem)
    assert aside.ratio == 0.5


def test_each_rule_of_a_professional_s_settings_names_its_remedy(tmp_path: Path) -> None:
    rows = [
        (f'{{"rpps": "{ANNE}", "participation": true}}', "participation needs via"),
        (f'{{"rpps": "{ANNE}", "participation": true, "via": 3}}', "need finess"),
        (
            f'{{"rpps": "{ANNE}", "participation": true, "via": 2, "finess": "480000017"}}',
            "needs at least one place",
        ),
        (f'{{"rpps": "{ANNE}", "participation": true, "via": 4}}', "needs siret"),
    ]
    text = "\n".join(row for row, _ in rows)
    entries, aside = read(tmp_path / "participation.jsonl", ParticipationFormat, text)
    assert entries == []
    raws = [row.detail for row in aside.samples[Reason.INVALID_RECORD]]
    assert all(remedy in raw for (_, remedy), raw in zip(rows, raws, strict=True))


def test_participation_as_csv_with_several_places(tmp_path: Path) -> None:
    text = (
        "rpps;participation;via;finess;locations\n"
        f"{ANNE};true;2;480000041;410100000016001 410100000016002\n"
        f"{ANNE};non-sense;1;;\n"
        f"{ANNE};true;1\n"
    )
    entries, aside = read(tmp_path / "participation.csv", ParticipationFormat, text)
    ((line, settings),) = entries
    assert line == 2
    assert isinstance(settings, ParticipationFormat)
    assert settings.locations == ["410100000016001", "410100000016002"]
    assert [row.line for row in aside.samples[Reason.INVALID_RECORD]] == [3, 4]


def test_absences_as_csv_with_up_to_three_ranges(tmp_path: Path) -> None:
    text = (
        "rpps,always,range1,range2,range3\n"
        f"{ANNE},,2026-11-23/2026-11-25,2026-12-24,\n"
        f"{ANNE},true,,,\n"
        f"{ANNE},,2026-11-25/2026-11-23,,\n"
    )
    entries, aside = read(tmp_path / "absences.csv", Absence, text)
    (_, dated), (_, always) = entries
    assert isinstance(dated, Absence)
    assert [(str(r.start), str(r.end)) for r in dated.ranges] == [
        ("2026-11-23", "2026-11-25"),
        ("2026-12-24", "2026-12-24"),
    ]
    assert isinstance(always, Absence)
    assert always.always
    (row,) = aside.samples[Reason.INVALID_RECORD]
    assert (row.line, row.detail.partition(":")[0]) == (4, "ranges.0")


@pytest.mark.proves("F037")
def test_a_column_for_a_fourth_range_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "absences.csv"
    path.write_text("rpps,range1,range2,range3,range4\n")
    with pytest.raises(OwnFormatError, match="unknown columns range4"):
        list(read_entries(path, Absence, Quarantine("absences")))


@pytest.mark.parametrize("rest", ["", f'{ANNE},"true",1\n'])
def test_a_quote_left_open_costs_its_own_row_alone(tmp_path: Path, rest: str) -> None:
    healthy = f"{ANNE},true,1\n" * 9_000
    text = f'rpps,participation,via\n{ANNE},"true,1\n{healthy}{rest}'
    entries, aside = read(tmp_path / "participation.csv", ParticipationFormat, text)
    assert len(entries) == 9_000 + bool(rest)
    (row,) = aside.samples[Reason.INVALID_RECORD]
    assert (row.line, row.raw) == (2, f'{ANNE},"true,1')
    assert "quote" in row.detail


def test_a_row_is_a_line_whatever_its_quotes_hold(tmp_path: Path) -> None:
    text = f'rpps,participation,via\n{ANNE},true,"1\n?"\n{ANNE},"true","1"\n'
    entries, aside = read(tmp_path / "participation.csv", ParticipationFormat, text)
    assert [line for line, _ in entries] == [4]
    assert [row.line for row in aside.samples[Reason.INVALID_RECORD]] == [2, 3]


def test_structures_as_csv_with_hours(tmp_path: Path) -> None:
    text = (
        "finess,participation,hours_available,practitioner_count,hours\n"
        '480000025,true,true,4,"mon 08:00-12:00 14:00-19:00 | tue 09:00-17:00"\n'
        "480000025,true,true,4,mon 08h00\n"
        "480000025,true,true,0,\n"
    )
    entries, aside = read(tmp_path / "structures.csv", StructureSettings, text)
    ((_, settings),) = entries
    assert isinstance(settings, StructureSettings)
    assert settings.hours == {
        "mon": [("08:00", "12:00"), ("14:00", "19:00")],
        "tue": [("09:00", "17:00")],
    }
    raws = [row.detail for row in aside.samples[Reason.INVALID_RECORD]]
    assert raws[0].startswith("hours: ")
    assert "practitioner_count" in raws[1]


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("mon 20:00-02:00", {"mon": [("20:00", "02:00")]}),
        ("mon 00:00-00:00", {"mon": [("00:00", "00:00")]}),
        ("sat 08:00-07:59", {"sat": [("08:00", "07:59")]}),
        ("mon 08:00-12:00 | mon 14:00-18:00", {"mon": [("08:00", "12:00"), ("14:00", "18:00")]}),
        (
            "mon 08:00-12:00 | holiday 09:00-11:00",
            {"mon": [("08:00", "12:00")], "holiday": [("09:00", "11:00")]},
        ),
        ("mon 08:00-08:00", None),
        ("mon 24:00-02:00", None),
        ("mon 08:00-12:00 |", None),
    ],
)
def test_hours_of_a_csv_go_on_after_midnight_or_are_refused_with_their_reason(
    tmp_path: Path, cell: str, hours: dict[str, Any] | None
) -> None:
    text = f"finess,emergency,hours\n480000025,true,{cell}\n480000033,true,mon 08:00-12:00\n"
    entries, aside = read(tmp_path / "structures.csv", StructureSettings, text)
    read_hours = [entry.hours for _, entry in entries if isinstance(entry, StructureSettings)]
    details = [row.detail for row in aside.samples.get(Reason.INVALID_RECORD, [])]
    assert len(read_hours) == 2 - len(details)
    assert (read_hours[0] if not details else None) == hours
    assert all("hours" in detail for detail in details)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lrm.csv"
    path.write_bytes("\ufefforigin,name\r\nsamu48,SAMU de la Lozère\r\n".encode())
    ((_, entry),) = read_entries(path, LrmEntry, Quarantine("lrm"))
    assert entry.name == "SAMU de la Lozère"


def test_of_two_lines_with_one_key_the_later_wins_and_the_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lrm.jsonl"
    path.write_text('{"origin": "a", "name": "1"}\n{"origin": "a", "name": "2"}\n')
    aside = Quarantine("lrm")
    kept = read_keyed(path, LrmEntry, aside, lambda entry: entry.origin)
    assert kept["a"].name == "2"
    (row,) = aside.samples[Reason.RECORD_SUPERSEDED]
    assert row.line == 1


def test_two_forms_of_one_source_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "lrm.jsonl").touch()
    assert find_own_file(tmp_path, "lrm") == tmp_path / "lrm.jsonl"
    assert find_own_file(tmp_path, "cpts") is None
    (tmp_path / "lrm.csv").touch()
    with pytest.raises(OwnFormatError, match=r"lrm\.jsonl and lrm\.csv"):
        find_own_file(tmp_path, "lrm")


def test_formats_that_are_not_flat_have_no_csv(tmp_path: Path) -> None:
    (tmp_path / "cpts.csv").touch()
    assert find_own_file(tmp_path, "cpts") is None


@pytest.mark.parametrize("name", LINES)
def test_every_format_has_a_json_schema_that_refuses_unknown_fields(name: str) -> None:
    found = build_json_schema(name)
    assert found["additionalProperties"] is False
    assert found["$id"] == f"urn:sas:format:{name}"
    assert found["properties"]


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(OwnFormatError, match="choose one of cpts, sos, solutions"):
        build_json_schema("agenda")
