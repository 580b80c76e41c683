"""The agenda from the command line to the next search; what is refused, and how it is mended."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import offers_alias
from mappings.agenda.formats import DAY_NAMES
from tests.cli.commands import ANNE, BRUNO, Run, assert_refused, read_json_output
from tests.indexers.file_set import CAYENNE, FileSet, rang

FIRST, SECOND = f"4{rang(ANNE)}", f"4{rang(ANNE, 2)}"
DAY = ("--day", "2099-12-07")
MORNING = ("--from", "08:00", "--to", "12:00")
EVERY_DAY = ("--weekly", "lun-dim", "--seats", "6")


@pytest.fixture
def index_files(run: Run, files: FileSet) -> FileSet:
    """Both doctors are in the index."""
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    return files


def add(run: Run, *words: str, rpps: str = ANNE) -> dict[str, Any]:
    return read_json_output(run("agenda", "add", rpps, *words, "--json"))


def read_starts(es: Elasticsearch, prefix: str) -> list[str]:
    """Starts of the agenda's slots in the index."""
    alias = offers_alias(prefix)
    lifecycle.refresh_index(es, alias)
    (hit,) = es.search(index=alias, query={"term": {"rpps": ANNE}})["hits"]["hits"]
    slots = hit["_source"].get("slots", [])
    return [slot["start"] for slot in slots if slot["source"] == "sas-agenda"]


@pytest.mark.proves("F105", "F108", "F111")
def test_a_range_is_on_the_next_search_until_it_is_removed(
    run: Run, index_files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    agenda = add(run, "--day", "2099-12-07", *EVERY_DAY, *MORNING)
    (slot,) = agenda["slots"]
    assert (slot["idnst"], slot["timezone"], slot["seats"]) == (FIRST, "Europe/Paris", 6)
    assert agenda["version"] == 1
    read_json_output(run("worker", "--once", "--json"))
    assert read_starts(es, index_prefix) == []
    line = {**slot, "day": "2020-01-01", "id": slot["id"]}
    file = index_files.directory / "one.jsonl"
    file.write_bytes(orjson.dumps({"rpps": BRUNO, "slots": [{**line, "idnst": f"4{rang(BRUNO)}"}]}))
    read_json_output(run("records", "import", "agendas", file, "--json"))
    assert read_json_output(run("records", "status", "--json"))["held"]["agendas"] == 2
    shown = run("agenda", "list", BRUNO, "--days", "3").output
    assert "lundi, mardi, mercredi, jeudi, vendredi, samedi et dimanche, 08:00-12:00" in shown
    assert "6 places" in shown
    read_json_output(run("worker", "--once", "--json"))
    removed = read_json_output(run("agenda", "remove", ANNE, slot["id"], "--json"))
    assert (removed["slots"], removed["version"]) == ([], 2)
    assert "aucun créneau" in run("agenda", "list", ANNE).output


def test_a_file_of_slots_takes_no_agenda_of_the_records_out_of_the_searches(
    run: Run, index_files: FileSet, es: Elasticsearch, index_prefix: str, tmp_path: Path
) -> None:
    slot = {"idnst": FIRST, "timezone": "Europe/Paris", "weekdays": list(DAY_NAMES)}
    slot |= {"day": "2020-01-01", "start": "23:00", "end": "23:15"}
    file = tmp_path / "agendas.jsonl"
    file.write_bytes(orjson.dumps({"rpps": ANNE, "slots": [slot]}))
    read_json_output(run("records", "import", "agendas", file, "--json"))
    read_json_output(run("worker", "--once", "--json"))
    before = read_starts(es, index_prefix)
    assert len(before) in (2, 3)
    theirs = {"practitioner": {"idnps": f"8{BRUNO}"}, "types": ["SNP"]}
    times = {"start": "2099-12-01T10:00:00Z", "end": "2099-12-01T10:15:00Z"}
    index_files.line("agenda", slot="1", **times, **theirs)
    imported = run("slots", "import", "--from", index_files.directory, "--json")
    assert "agenda.jsonl is not read" in imported.stderr
    assert read_starts(es, index_prefix) == before
    again = run("reindex", "--from", index_files.directory, "--json")
    assert "agenda.jsonl is not read" in again.stderr
    assert read_starts(es, index_prefix) == before


@pytest.mark.proves("F108", "W51")
def test_one_occurrence_and_the_following_are_changed_by_a_command(
    run: Run, index_files: FileSet
) -> None:
    slot = add(run, *DAY, "--weekly", "lun,jeu", *MORNING)["slots"][0]
    word = ("agenda", "change", ANNE, slot["id"])
    one = read_json_output(run(*word, "--on", "2099-12-10", "--from", "09:00", "--json"))
    assert [(one["day"], one["start"]) for one in one["slots"]] == [
        ("2099-12-07", "08:00"),
        ("2099-12-10", "09:00"),
    ]
    rest = read_json_output(run(*word, "--since", "2099-12-14", "--to", "11:00", "--json"))
    assert [one["end"] for one in rest["slots"]] == ["12:00", "12:00", "11:00"]
    first = rest["slots"][0]
    assert first["until"] == "2099-12-13"
    all_of_it = run(*word, "--until", "2099-12-07", "--seats", "4", "--json")
    assert read_json_output(all_of_it)["slots"][0]["seats"] == 4
    last = rest["slots"][2]["id"]
    endless = run("agenda", "change", ANNE, last, "--until", "2100-01-31", "--seats", "2", "--json")
    assert read_json_output(endless)["slots"][2]["until"] == "2100-01-31"
    again = ("agenda", "change", ANNE, last, "--until", "aucun", "--seats", "0", "--json")
    assert not {"until", "seats"} & read_json_output(run(*again))["slots"][2].keys()
    shown = run("agenda", "list", ANNE).output
    assert "sauf le 10/12/2099" in shown


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("--day", "2099-02-31", *MORNING), "day : Cette date n'existe pas : écrivez AAAA-MM-JJ"),
    ((*DAY, "--from", "25:00", "--to", "26:00"), "start : Cette heure n'existe pas"),
    ((*DAY, "--from", "08:10", "--to", "09:00"), "par quart d'heure"),
    ((*DAY, "--from", "09:00", "--to", "08:00"), "La fin doit suivre le début"),
    (("--day", "2020-12-07", *MORNING), "c'est passé : choisissez une date à venir"),
    (
        (*DAY, *MORNING, "--place", SECOND),
        f"n'est pas un lieu d'exercice de cette personne : choisissez {FIRST}",
    ),
    ((*DAY, *MORNING, "--weekly", "lundi,demain"), "demain n'est pas un jour"),
    ((*DAY, *MORNING, "--consultation", "rue"), "choisissez cabinet, tele, domicile"),
    ((*DAY, *MORNING, "--seats", "-1"), "seats : La valeur minimale est 1."),
    ((*DAY, "--from", "10:00", "--to", "10:15"), "chevauche un autre, 07/12/2099, 08:00-12:00"),
    ((*DAY, *MORNING, "--version", "7"), "version 1"),
)


@pytest.mark.proves("F107")
def test_what_cannot_be_is_refused_in_french(run: Run, index_files: FileSet) -> None:
    add(run, *DAY, *MORNING)
    for words, sentence in REFUSED:
        assert_refused(run("agenda", "add", ANNE, *words), 1, sentence)
    both = ("--on", "2099-12-07", "--since", "2099-12-07")
    assert_refused(
        run("agenda", "remove", ANNE, "1", *both), 1, "celle-là et les suivantes, pas les deux"
    )
    assert len(read_json_output(run("agenda", "list", ANNE, "--json"))["slots"]) == 1


def test_a_person_of_several_places_names_one(run: Run, files: FileSet) -> None:
    files.doctor(ANNE, CAYENNE, practice=rang(ANNE, 2))
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert_refused(run("agenda", "add", ANNE, *DAY, *MORNING), 1, "exerce en 2 lieux")
    slot = add(run, *DAY, *MORNING, "--place", SECOND)["slots"][0]
    assert slot["timezone"] == "America/Cayenne"
    assert_refused(run("agenda", "list", BRUNO), 1, "Aucun agenda")
    assert_refused(run("agenda", "add", "10100000099", *DAY, *MORNING), 1, "Aucun lieu d'exercice")


@pytest.mark.proves("F109")
def test_who_has_a_software_hides_its_slots_first(run: Run, index_files: FileSet) -> None:
    settings = ("settings", "change", ANNE, "--participation", "--via", "1", "--software")
    read_json_output(run(*settings, "--json"))
    refused = run("agenda", "add", ANNE, *DAY, *MORNING)
    assert_refused(refused, 1, "masquez d'abord ceux de l'éditeur")
    read_json_output(run(*settings, "--hide-editor", "--hours", "--json"))
    assert add(run, *DAY, *MORNING)["version"] == 1


@pytest.mark.proves("F105")
def test_agendas_come_in_and_go_out(run: Run, index_files: FileSet, tmp_path: Path) -> None:
    add(run, *DAY, "--weekly", "lun", *MORNING, "--until", "2100-06-30")
    out = tmp_path / "agendas.jsonl"
    assert run("records", "export", "agendas", out).exit_code == 0
    before = read_json_output(run("agenda", "list", ANNE, "--json"))
    word = ("records", "import", "agendas", out, "--json")
    assert read_json_output(run(*word))["written"] == 0
    line = orjson.loads(out.read_bytes())
    assert line["slots"] == before["slots"]
    overlap = {**line["slots"][0], "id": ""}
    out.write_bytes(orjson.dumps({"rpps": ANNE, "slots": [line["slots"][0], overlap]}))
    assert_refused(run(*word), 1, "Nothing was imported")
