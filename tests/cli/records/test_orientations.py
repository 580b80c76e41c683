"""Orientations from a regulator to the next search, through the records and the outbox."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from cli.commands.records.worker import open_context
from records.database import Database
from records.orientations.kinds import OrientationState
from records.orientations.life import change_state
from tests.cli.commands import ANNE, BRUNO, Run, assert_refused, read_json_output
from tests.cli.records.test_records import find_offer
from tests.indexers.file_set import FileSet
from tests.records.orientations.people import CLAIRE, ask, build_offer
from tests.suite.waiting import wait_for
from worker.context import WorkerContext
from worker.run import run_worker


@pytest.fixture
def context(run: Run, files: FileSet) -> Iterator[WorkerContext]:
    """An index of two doctors, and the records of this installation."""
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    with open_context() as opened:
        yield opened


def read_count(es: Elasticsearch, prefix: str, rpps: str = ANNE) -> int | None:
    offer = find_offer(es, prefix, rpps=rpps)
    today = datetime.now(UTC).date()
    found = offer.get("orientations_today", {"day": None, "count": None})
    assert found["day"] in {None, today.isoformat(), (today + timedelta(days=1)).isoformat()}
    count: int | None = found["count"]
    return count


def ask_now(database: Database) -> str:
    now = datetime.now(UTC)
    quarter = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return ask(database, offer=build_offer(), start=quarter, now=now).id


@pytest.mark.proves("F116")
def test_the_count_of_the_day_outlives_a_reindex_and_a_cancellation_lowers_it(
    context: WorkerContext, run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    database = context.database
    first, _ = ask_now(database), ask_now(database)
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 2
    assert read_count(es, index_prefix, BRUNO) is None

    read_json_output(run("reindex", "--from", files.directory, "--json"))
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 2

    change_state(database, CLAIRE, first, OrientationState.CANCELLED, datetime.now(UTC))
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 1


def test_a_running_worker_brings_it(
    context: WorkerContext, es: Elasticsearch, index_prefix: str
) -> None:
    stop = threading.Event()
    work = threading.Thread(target=run_worker, args=(context, stop, lambda: datetime.now(UTC)))
    work.start()
    try:
        ask_now(context.database)
        wait_for(lambda: read_count(es, index_prefix) == 1)
    finally:
        stop.set()
        work.join()


REGULATOR = "810100000411"
HOUR = "2099-12-24T14:15"
NEW_REGULATOR = (
    *("accounts", "create", "--family", "Roux", "--given", "Claire"),
    *("--role", "OSNP", "--territory", "SAS-30", "--national-id", REGULATOR, "--json"),
)


@pytest.fixture
def offer(context: WorkerContext, run: Run, es: Elasticsearch, index_prefix: str) -> dict[str, Any]:
    """The offer of a professional who accepts beyond availability, and the account of Claire."""
    assert (
        run("settings", "change", ANNE, "--participation", "--via", "1", "--software").exit_code
        == 0
    )
    read_json_output(run("worker", "--once", "--json"))
    read_json_output(run(*NEW_REGULATOR))
    return find_offer(es, index_prefix, rpps=ANNE)


@pytest.mark.proves("F116", "F118", "F119", "W44", "W45")
def test_a_regulator_asks_and_its_life_is_told(
    offer: dict[str, Any], run: Run, es: Elasticsearch, index_prefix: str
) -> None:
    key = str(uuid.uuid4())
    word = ("orientations", "give", offer["id"], "--kind", "beyond", "--by", REGULATOR, "--json")
    asked = read_json_output(run(*word, "--at", HOUR, "--key", key))
    assert (asked["start"], asked["timezone"]) == ("2099-12-24T13:15:00Z", "Europe/Paris")
    assert asked["recipient"] == {
        "kind": "professional",
        "identifier": ANNE,
        "department": "48",
        "territory": "SAS-48",
    }
    assert (asked["regulator"], asked["regulator_territory"]) == ("10100000411", "SAS-30")
    assert read_json_output(run(*word, "--at", HOUR, "--key", key)) == asked
    other = run(*word, "--at", "2099-12-24T14:30", "--key", key)
    assert_refused(other, 1, "déjà servi pour une autre demande")
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 1

    cancelled = run("orientations", "mark", asked["id"], "cancelled", "--by", REGULATOR, "--json")
    life = read_json_output(cancelled)["life"]
    assert [(one["state"], one["by"]) for one in life] == [
        ("asked", "10100000411"),
        ("cancelled", "10100000411"),
    ]
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) is None
    shown = run("orientations", "show", asked["id"])
    assert "surnuméraire · annulée · 24/12/2099 14:15 (Europe/Paris)" in shown.output
    listed = read_json_output(run("orientations", "list", "--state", "cancelled", "--json"))
    assert [one["id"] for one in listed["orientations"]] == [asked["id"]]
    assert "Aucune orientation." in run("orientations", "list", "--territory", "SAS-30").output


def test_an_orientation_is_refused_in_french(offer: dict[str, Any], run: Run) -> None:
    word = ("orientations", "give", offer["id"], "--kind", "beyond", "--by")
    ask_word = (*word, REGULATOR, "--at")
    assert_refused(run(*ask_word, "2099-12-24T14:10"), 1, "start : Choisissez une heure au quart")
    assert_refused(run(*ask_word, "2020-12-24T14:15"), 1, "Cette heure est passée")
    for wrong in ("demain", "2099-02-31T10:00", "2099-12-24T25:00"):
        assert_refused(run(*ask_word, wrong), 2, "écrivez le jour et l'heure ainsi")
    assert_refused(run(*ask_word, HOUR, "--key", "Mme Martin"), 1, "est un UUID")
    assert_refused(run(*word, ANNE, "--at", HOUR), 1, "Aucun compte actif")
    gone = ("orientations", "give", "rpps:1@2", "--kind", "beyond", "--by", REGULATOR, "--at", HOUR)
    assert_refused(run(*gone), 1, "n'existe pas ou plus")
    reorientation = ("orientations", "give", offer["id"], "--kind", "reorientation")
    refused = run(*reorientation, "--by", REGULATOR, "--at", HOUR)
    assert_refused(refused, 1, "Votre rôle n'ouvre pas cette orientation")
    assert_refused(run("orientations", "show", "x"), 1, "Aucune orientation n'a l'identifiant x")


def test_a_key_is_drawn_and_shown_before_anything_is_done(offer: dict[str, Any], run: Run) -> None:
    word = ("orientations", "give", offer["id"], "--kind", "beyond", "--by", REGULATOR)
    asked = run(*word, "--at", HOUR)
    assert asked.exit_code == 0
    key = asked.stderr.partition(" : ")[2].strip()
    again = run(*word, "--at", HOUR, "--key", key)
    assert again.stdout == asked.stdout


def test_hours_with_patients_close_when_it_is_confirmed(offer: dict[str, Any], run: Run) -> None:
    word = ("orientations", "give", offer["id"], "--kind", "beyond", "--by", REGULATOR, "--json")
    asked = read_json_output(run(*word, "--at", HOUR))
    away = ("absences", "set", ANNE, "--days", "2099-12-24")
    assert_refused(run(*away), 1, "1 patient est orienté vers cette heure : le 24/12/2099 à 14:15")
    assert run(*away, "--cancel-orientations").exit_code == 0
    assert f"{asked['id']} · surnuméraire · annulée par sas" in run("orientations", "list").output
