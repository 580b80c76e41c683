"""``sas simulate editors`` in a process of its own, and ``sas editors sweep`` beside it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.main import app
from slots.stored import AGENDA_SOURCE
from tests.cli.commands import assert_refused, read_json_output
from tests.editors.platform import ALPHA, BETA, write_examples
from tests.slots.bundles import PS, THOMAS
from tests.slots.offers import build_stored_slot, offer
from tests.suite.waiting import wait_for


@pytest.fixture
def alias(
    create_offers: Callable[..., str],
    es_url: str,
    index_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """An index of one professional with a slot of the SAS agenda, where commands find it."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    return create_offers([offer(slots=[build_stored_slot(11, AGENDA_SOURCE)])])


@pytest.fixture(scope="session")
def market(own_process: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of editors that another process serves."""
    del own_process
    folder = tmp_path_factory.mktemp("market")
    out, said = folder / "editors", folder / "said.txt"
    words = ["simulate", "editors", "--from", str(write_examples(folder / "set"))]
    words += ["--out", str(out), "--port", "0"]
    sas = str(Path(sys.executable).with_name("sas"))
    with said.open("wb") as log:
        process = subprocess.Popen([sas, *words], stdout=log)
    try:
        wait_for(lambda: b"editors.json" in said.read_bytes())
        yield out
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def sheets_file(market: Path, tmp_path: Path) -> Path:
    """A copy of their sheets, to be changed."""
    return Path(shutil.copytree(market, tmp_path / "market")) / "editors.json"


def test_a_sweep_counts_each_editor_and_takes_no_slot_of_another_source(
    sheets_file: Path, es: Elasticsearch, alias: str
) -> None:
    done = CliRunner().invoke(app, ["editors", "sweep", str(sheets_file), "--json"])
    found = read_json_output(done)
    assert found["editors"][ALPHA]["calls"] == {"ok": 1}
    assert found["editors"][BETA]["calls"] == {"ok": 1}
    stored = es.get(index=alias, id=offer()["id"])["_source"]
    assert [slot["source"] for slot in stored["slots"]] == [AGENDA_SOURCE]
    assert stored["answered_at"].keys() >= {ALPHA, BETA}


def test_editors_that_are_all_away_are_an_error_and_nothing_is_written(
    sheets_file: Path, es: Elasticsearch, alias: str
) -> None:
    before = es.get(index=alias, id=offer()["id"])["_source"]
    text = sheets_file.read_text().replace("rdv.editeurs.example", "another.example")
    sheets_file.write_text(text)
    done = CliRunner().invoke(app, ["editors", "sweep", str(sheets_file)])
    assert_refused(done, 1, "Aucun éditeur n'a répondu")
    assert "tls 1" in done.output
    assert es.get(index=alias, id=offer()["id"])["_source"] == before


def test_a_dry_run_asks_and_writes_nothing(
    sheets_file: Path, es: Elasticsearch, alias: str
) -> None:
    before = es.get(index=alias, id=offer()["id"])["_source"]
    done = CliRunner().invoke(app, ["editors", "sweep", str(sheets_file), "--dry-run", "--json"])
    assert read_json_output(done)["editors"][ALPHA]["calls"] == {"ok": 1}
    assert es.get(index=alias, id=offer()["id"])["_source"] == before


def test_a_check_of_a_sound_server_is_green_and_a_report_is_written(
    sheets_file: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    words = ["editors", "check", str(sheets_file), "--editor", ALPHA]
    words += ["--asked", ",".join(PS.requested_ids), "--now", PS.now, "--html", str(page)]
    done = CliRunner().invoke(app, [*words, "--json"])
    verdicts = {line["verdict"] for line in read_json_output(done)["lines"]}
    assert verdicts <= {"ok", "non jugé"}
    assert "C23" in page.read_text("utf-8")


def test_a_check_names_the_editor_and_the_identifier_that_are_wrong(sheets_file: Path) -> None:
    words = ["editors", "check", str(sheets_file), "--asked"]
    assert_refused(CliRunner().invoke(app, [*words, THOMAS]), 2, "--editor : donnez un de alpha")
    wrong = CliRunner().invoke(app, [*words, "12", "--editor", ALPHA])
    assert_refused(wrong, 2, "is not an RPPS")


def test_a_check_of_nobody_known_ends_in_error(sheets_file: Path) -> None:
    words = ["editors", "check", str(sheets_file), "--editor", ALPHA, "--asked", "810009999999"]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == 1
    assert "aucun créneau" in done.output


def test_an_unknown_fault_lists_those_there_are(tmp_path: Path) -> None:
    words = ["simulate", "editors", "--from", str(write_examples(tmp_path / "set"))]
    words += ["--out", str(tmp_path / "out"), "--fault"]
    assert_refused(CliRunner().invoke(app, [*words, "alpha=no"]), 2, "another_person")
    assert_refused(CliRunner().invoke(app, [*words, "gamma=late"]), 2, "n'est pas un éditeur")
