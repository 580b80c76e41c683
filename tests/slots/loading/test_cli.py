"""``sas slots``: what is printed, what is written aside, how it ends."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.main import app
from elastic.names import offers_alias
from slots.last_word import answer_time
from tests.slots.bundles import CPTS, FHIR, FORET, PS, SLOT1, SOS, GuideExample, edit_resource
from tests.slots.loading.test_directory import request, write
from tests.slots.loading.test_importing import Create, read_offer_slots
from tests.slots.offers import RPPS, canonical, offer

NOW = "2026-11-23T08:00:00Z"


def sas(*arguments: str, stdin: bytes | None = None) -> Result:
    """The command run in this process."""
    return CliRunner().invoke(app, ["slots", *arguments], input=stdin)


def parse(
    example: GuideExample, *options: str, stdin: bytes | None = None, file: str = ""
) -> Result:
    """``sas slots parse`` on an example."""
    name = file or str(FHIR / example.file)
    asked = ",".join(example.requested_ids)
    base = ("parse", name, "--flow", example.flow, "--now", example.now, "--asked", asked)
    return sas(*base, *options, stdin=stdin)


def lines(result: Result) -> list[dict[str, object]]:
    """The JSON Lines of standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("example", [PS, CPTS, SOS])
def test_one_canonical_slot_a_line(example: GuideExample) -> None:
    result = parse(example, "--origin", "sas", "--editor", "alpha")
    assert result.exit_code == 0
    answer = example.parse(example.bundle(), origin="sas", source="alpha")
    assert lines(result) == answer.slots
    assert all(slot["source"] == "alpha" for slot in lines(result))


def test_without_editor_nor_origin_their_keys_are_absent() -> None:
    for slot in lines(parse(CPTS)):
        assert not {"source", "url_with_origin"} & slot.keys()


@pytest.mark.proves("E13")
def test_files_are_pages_and_a_dash_is_standard_input(tmp_path: Path) -> None:
    bundle = PS.bundle()
    page = tmp_path / "page1.json"
    page.write_text(json.dumps({**bundle, "entry": bundle["entry"][:7]}))
    rest = json.dumps({**bundle, "entry": bundle["entry"][7:]}).encode()
    options = ("--flow", "r01", "--now", PS.now, "--asked", ",".join(PS.requested_ids))
    result = sas("parse", str(page), "-", *options, stdin=rest)
    assert lines(result) == PS.parse(bundle).slots


def test_refused_slots_go_to_a_file_with_their_reason(tmp_path: Path) -> None:
    aside = tmp_path / "rejected.jsonl"
    body = json.dumps(edit_resource(PS.bundle(), SLOT1, end="2021-11-05T09:30:00")).encode()
    result = parse(PS, "--rejected", str(aside), file="-", stdin=body)
    assert result.exit_code == 0
    assert len(lines(result)) == 3
    rows = [json.loads(line) for line in aside.read_text().splitlines()]
    assert rows == [{"slot": "ExampleSlotPSIndiv1", "reason": "no_offset"}]
    assert "no_offset 1" in result.stderr


@pytest.mark.proves("C20")
@pytest.mark.parametrize("now", [PS.now, "2031-01-01T00:00:00Z"])
def test_nothing_left_is_a_success(now: str) -> None:
    file = "ps-searchset-empty.json" if now == PS.now else PS.file
    result = parse(GuideExample(file, "R01", now, PS.requested_ids))
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.proves("E06", "E08", "C21")
@pytest.mark.parametrize(
    "body",
    [
        b'{"resourceType": "OperationOutcome", "issue": []}',
        b'{"resourceType": "Bundle", "type": "collection", "entry": []}',
        b'{"resourceType": "Slot", "id": "1"}',
        b"[]",
        b"{",
        b"<html>",
    ],
)
def test_a_refused_answer_ends_in_one_sentence(body: bytes) -> None:
    result = parse(PS, file="-", stdin=body)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(".\n")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--asked", "34173748400020", "RPPS"),
        ("--asked", " , ", "at least one id"),
        ("--origin", " ", "give a value"),
        ("--now", "2021-11-04T14:19:35", "offset"),
        ("--rejected", "/nowhere/at/all", "/nowhere/at/all cannot be"),
    ],
)
def test_a_wrong_option_is_said(option: str, value: str, told: str) -> None:
    result = parse(PS, option, value)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize(
    "asked",
    [
        [",".join(PS.requested_ids)],
        list(PS.requested_ids),
        [f" {PS.requested_ids[0]} ,,{PS.requested_ids[1]},"],
    ],
)
def test_ids_come_in_one_option_or_in_several(asked: list[str]) -> None:
    """The last ``--asked`` must not silently refuse the slots of the others."""
    given = [part for one in asked for part in ("--asked", one)]
    result = sas("parse", str(FHIR / PS.file), "--flow", "R01", "--now", PS.now, *given)
    assert len(lines(result)) == 4


def test_a_missing_file_is_said() -> None:
    result = parse(PS, file="/nowhere.json")
    assert result.exit_code == 2
    assert "/nowhere.json cannot be read" in result.stderr


@pytest.fixture
def live(
    create_offers: Create,
    es_url: str,
    index_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> str:
    """A live index of one offer, which the command reaches by its settings."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    create_offers([offer()])
    return offers_alias(index_prefix)


def test_import_an_answer(live: str, es: Elasticsearch) -> None:
    result = sas(
        *("import", str(FHIR / PS.file), "--flow", "R01", "--editor", "alpha", "--json"),
        *("--asked", RPPS, "--now", PS.now),
    )
    assert result.exit_code == 0, result.stderr
    output = json.loads(result.stdout)
    assert (output["written"], output["created"], output["rejected"]) == (2, 1, {"not_asked": 2})
    assert read_offer_slots(es, live) == [("alpha", "09", None)]


def test_import_a_directory(live: str, es: Elasticsearch, tmp_path: Path) -> None:
    result = sas("import", "--from", str(write(tmp_path, [canonical()])), "--now", NOW)
    assert result.exit_code == 0, result.stderr
    assert "written" in result.stdout
    assert read_offer_slots(es, live) == [("sas-agenda", "09", None)]


@pytest.mark.parametrize("form", ["file", "directory"])
def test_an_instant_to_come_holds_back_no_later_answer(
    live: str, es: Elasticsearch, tmp_path: Path, form: str
) -> None:
    """``--now`` is when slots are free; when they were received, the clock alone says."""
    ahead = ("--now", "2099-01-01T00:00:00Z")
    asked = ("--flow", "R01", "--editor", "alpha", "--asked", RPPS)
    if form == "file":
        result = sas("import", str(FHIR / PS.file), *asked, *ahead, "--answered-at", ahead[1])
    else:
        line = request(PS, f"8{RPPS}", answered_at=ahead[1])
        result = sas("import", "--from", str(write(tmp_path, requests=[line])), *ahead)
    assert result.exit_code == 0, result.stderr
    (at,) = es.get(index=live, id=offer()["id"])["_source"]["answered_at"].values()
    assert at <= answer_time(datetime.now(UTC))


INCOMPLETE = {**PS.bundle(), "total": 5}
PAGED = {**PS.bundle(), "link": [{"relation": "next", "url": "https://a.fr/Slot?page=2"}]}
FAILED = {**PS.bundle(), "total": 0, "entry": [{"resource": {
    "resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}],
}}]}  # fmt: skip


@pytest.mark.proves("C21", "E05", "E09", "E10")
@pytest.mark.parametrize(
    ("bundle", "sentence"),
    [
        (INCOMPLETE, "total is 5 and 4 came"),
        (PAGED, "Give all the pages"),
        (FAILED, "OperationOutcome"),
    ],
)
def test_an_incomplete_answer_or_one_in_error_erases_nothing(
    live: str, es: Elasticsearch, tmp_path: Path, bundle: dict[str, object], sentence: str
) -> None:
    """The former slots of the editor stay, with a file and with a directory."""
    options = ("--flow", "R01", "--editor", "alpha", "--asked", RPPS, "--now", PS.now)
    assert sas("import", str(FHIR / PS.file), *options).exit_code == 0
    before = read_offer_slots(es, live)
    assert before == [("alpha", "09", None)]
    result = sas("import", "-", *options, stdin=json.dumps(bundle).encode())
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    directory = write(tmp_path, requests=[request(PS, files=["bad.json"])])
    (directory / "fhir/bad.json").write_text(json.dumps(bundle))
    result = sas("import", "--from", str(directory), "--now", PS.now)
    assert result.exit_code == 0
    assert "Answer refused, alpha R01 'bad.json': " in result.stderr
    assert sentence in result.stderr
    assert read_offer_slots(es, live) == before


@pytest.mark.parametrize("editor", ["sas-agenda", "", "x" * 201, "a\x1b[2J", "a\0b"])
def test_an_editor_s_name_is_one_that_may_be_stored(editor: str) -> None:
    result = parse(PS, "--editor", editor)
    assert result.exit_code == 2
    assert "--editor: give a printable name" in result.stderr


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_an_instant_of_no_year_of_the_service_is_refused(now: str) -> None:
    result = parse(PS, "--now", now)
    assert result.exit_code == 2
    assert "1900" in result.stderr


def test_the_pages_of_one_answer_are_given_together(tmp_path: Path) -> None:
    bundle = PS.bundle()
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_text(json.dumps({**PAGED, "entry": bundle["entry"][:7]}))
    address = [{"relation": "self", "url": "https://a.fr/Slot?page=2"}]
    second.write_text(json.dumps({**bundle, "entry": bundle["entry"][7:], "link": address}))
    options = ("--flow", "r01", "--now", PS.now, "--asked", ",".join(PS.requested_ids))
    assert len(lines(sas("parse", str(first), str(second), *options))) == 4
    alone = sas("parse", str(first), *options)
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "Give all the pages" in alone.stderr


def test_an_endless_or_a_huge_input_is_refused() -> None:
    result = parse(PS, file="/dev/zero")
    assert result.exit_code == 1
    assert "over 64 MiB" in result.stderr
    assert parse(PS, file="/").exit_code == 2


def test_import_wants_its_options_and_an_index(
    monkeypatch: pytest.MonkeyPatch, es_url: str, index_prefix: str
) -> None:
    assert sas("import", str(FHIR / PS.file)).exit_code == 2
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    result = sas(
        *("import", str(FHIR / CPTS.file), "--flow", "R04", "--editor", "alpha"),
        *("--asked", FORET, "--now", CPTS.now),
    )
    assert result.exit_code == 3
    assert "sas reindex" in result.stderr
