"""The SAS agenda over HTTP: opened once per key, changed by version, closed with its patients."""

import uuid
from typing import Any

import httpx
import pytest

from api.schemas.agenda import KeptAgenda
from records.access import OPERATOR as OPERATOR_ACTOR
from records.database import Database
from records.orientations.kinds import OrientationState
from records.orientations.life import read_orientation
from tests.api.conftest import NOW, answer, problem
from tests.api.declarations.people import (
    CLAIRE,
    FIRST,
    OPERATOR,
    STRANGERS,
    create,
    name_version,
    put,
    sign_in,
)
from worker.context import WorkerContext
from worker.run import drain_outbox

RPPS, IDNST = "10000000105", "1480000105"
DOCTOR = sign_in("effecteur", f"8{RPPS}")
AGENDA = f"/v1/professionals/{RPPS}/agenda"
SLOTS = f"{AGENDA}/slots"
MONDAYS = {"day": "2026-11-30", "weekdays": ["mon"], "start": "08:00", "end": "12:00", "seats": 6}
WEEK = {"from": "2026-11-30", "days": 7}


def open_slot(
    client: httpx.Client, key: str | None = None, who: dict[str, str] = DOCTOR, **values: Any
) -> httpx.Response:
    return create(client, SLOTS, {**MONDAYS, **values}, who, key)


def read_starts(client: httpx.Client, **window: Any) -> list[str]:
    shown = answer(client.get(AGENDA, headers=DOCTOR, params={"from": "2026-11-30", **window}))
    KeptAgenda.model_validate(shown)
    return [one["start"][5:16] for one in shown["occurrences"]]


@pytest.mark.proves("F105", "F108")
def test_hours_are_opened_changed_and_closed_by_occurrence(client: httpx.Client) -> None:
    problem(client.get(AGENDA, headers=DOCTOR), 404, "record_missing")
    opened = open_slot(client)
    assert (opened.status_code, opened.headers["etag"]) == (201, '"1"')
    (slot,) = opened.json()["slots"]
    assert (slot["idnst"], slot["timezone"], slot["seats"]) == (IDNST, "Europe/Paris", 6)
    path = opened.headers["location"]
    assert path == f"{SLOTS}/{slot['id']}"
    assert read_starts(client, days=14) == ["11-30T07:00", "12-07T07:00"]
    assert read_starts(client, days=7) == ["11-30T07:00"]
    change = {"start": "09:00"}
    headers = {**DOCTOR, **name_version(1)}
    one = client.patch(path, json=change, params={"on": "2026-12-07"}, headers=headers)
    assert (answer(one)["version"], one.headers["etag"]) == (2, '"2"')
    assert read_starts(client, days=15) == ["11-30T07:00", "12-07T08:00", "12-14T07:00"]
    headers = {**DOCTOR, **name_version(2)}
    answer(client.delete(path, params={"since": "2026-12-14"}, headers=headers))
    assert read_starts(client, days=30) == ["11-30T07:00", "12-07T08:00"]
    headers = {**DOCTOR, **name_version(3)}
    changed = client.patch(path, json={"seats": None, "end": "08:30"}, headers=headers)
    assert "seats" not in next(s for s in answer(changed)["slots"] if s["id"] == slot["id"])
    headers = {**DOCTOR, **name_version(4)}
    assert len(answer(client.delete(path, headers=headers))["slots"]) == 1


def test_a_slot_is_opened_once_per_key(client: httpx.Client) -> None:
    without = client.post(SLOTS, json=MONDAYS, headers=DOCTOR)
    problem(without, 400, "idempotency_key_missing")
    problem(open_slot(client, key="lundi"), 400, "idempotency_key_invalid")
    key = str(uuid.uuid4())
    first = open_slot(client, key)
    again = open_slot(client, key)
    assert (again.status_code, again.json()) == (201, first.json())
    problem(open_slot(client, key, seats=5), 422, "idempotency_key_reused")
    open_slot(client, day="2026-12-01", weekdays=[])
    last = open_slot(client, key)
    assert (last.headers["location"], last.headers["etag"]) == (first.headers["location"], '"2"')


REFUSED: tuple[tuple[dict[str, Any], int, str, str], ...] = (
    ({"start": "11:00", "end": "13:00"}, 422, "rules_broken", "start"),
    ({"day": "2026-11-16", "weekdays": []}, 422, "rules_broken", "day"),
    ({"day": "2027-02-31"}, 422, "invalid_parameter", "day"),
    ({"day": "2026-02-31"}, 422, "invalid_parameter", "day"),
    ({"end": "25:00"}, 422, "invalid_parameter", "end"),
    ({"end": "12:10"}, 422, "invalid_parameter", "end"),
    ({"start": "12:00", "end": "08:00"}, 422, "invalid_parameter", "end"),
    ({"until": "2026-11-01"}, 422, "invalid_parameter", "until"),
    ({"weekdays": ["lundi"]}, 422, "invalid_parameter", "weekdays"),
    ({"seats": 0}, 422, "invalid_parameter", "seats"),
    ({"seats": 10**9}, 422, "invalid_parameter", "seats"),
    ({"consultation": []}, 422, "invalid_parameter", "consultation"),
    ({"idnst": "1480000101"}, 422, "rules_broken", "place"),
    ({"rpps": "10000000101"}, 422, "unknown_parameter", "rpps"),
)


@pytest.mark.proves("F107")
def test_what_cannot_be_is_refused_with_its_field(client: httpx.Client) -> None:
    kept = open_slot(client)
    for values, status, code, field in REFUSED:
        day = {} if "start" in values and "end" in values else {"day": "2026-12-01"}
        body = {**day, "weekdays": ["tue"] if day else ["mon"], **values}
        assert problem(open_slot(client, **body), status, code)["field"] == field, values
    path = kept.headers["location"]
    headers = {**DOCTOR, **name_version(1)}
    changes: tuple[tuple[dict[str, Any], dict[str, str], str], ...] = (
        ({"start": None}, {}, "invalid_parameter"),
        ({"start": "13:00"}, {}, "invalid_parameter"),
        ({}, {"on": "2026-12-01"}, "rules_broken"),
        ({}, {"on": "2026-11-30", "since": "2026-11-30"}, "rules_broken"),
        ({}, {"on": "2026-02-31"}, "invalid_parameter"),
    )
    for change, scope, code in changes:
        refused = client.patch(path, json=change, params=scope, headers=headers)
        problem(refused, 422, code)
    gone = client.delete(f"{SLOTS}/{'0' * 16}", headers=headers)
    assert problem(gone, 422, "rules_broken")["field"] == "slot"
    assert answer(client.get(AGENDA, headers=DOCTOR))["version"] == 1


def test_a_change_names_the_version_it_replaces(client: httpx.Client) -> None:
    path = open_slot(client).headers["location"]
    for send in (client.delete, lambda url, headers: client.patch(url, json={}, headers=headers)):
        problem(send(path, headers=DOCTOR), 428, "precondition_required")
        unreadable = send(path, headers={**DOCTOR, "If-Match": "1"})
        problem(unreadable, 400, "precondition_unreadable")
        stale = send(path, headers={**DOCTOR, **name_version(7)})
        assert "version 1" in problem(stale, 412, "stale_version")["detail"]


@pytest.mark.proves("F109", "F125", "W37")
def test_an_agenda_of_somebody_else_is_neither_read_nor_changed(client: httpx.Client) -> None:
    for made in (False, True):
        path = f"{SLOTS}/{'0' * 16}"
        if made:
            path = open_slot(client, who=OPERATOR).headers["location"]
        for who in STRANGERS.values():
            problem(client.get(AGENDA, headers=who), 403, "access_denied")
            problem(open_slot(client, who=who), 403, "access_denied")
            headers = {**who, **name_version(1)}
            problem(client.delete(path, headers=headers), 403, "access_denied")
            problem(client.patch(path, json={}, headers=headers), 403, "access_denied")
    assert answer(client.get(AGENDA, headers=DOCTOR))["updated_by"] == "99700000001"


@pytest.mark.proves("F109")
def test_who_is_shown_by_his_software_opens_no_agenda(client: httpx.Client) -> None:
    said = {"participation": True, "via": 1, "has_software": True}
    put(client, f"/v1/professionals/{RPPS}/settings", said, **FIRST, **DOCTOR)
    refused = problem(open_slot(client), 409, "agenda_closed")
    assert refused["field"] == "editor_disabled"


def test_closing_an_hour_with_patients_is_confirmed_and_told_to_the_regulator(
    worker: WorkerContext, client: httpx.Client, database: Database
) -> None:
    opened = open_slot(client, day="2026-11-24", weekdays=["tue", "wed"], end="09:00", seats=2)
    drain_outbox(worker, lambda: NOW)
    path = opened.headers["location"]
    tuesday, wednesday = (one["id"] for one in opened.json()["occurrences"][:2])
    offer = f"rpps:{RPPS}@{IDNST}"
    sent = [
        create(
            client,
            "/v1/orientations",
            {"kind": "slot", "offer": offer, "slot": f"sas-agenda:{hour}"},
            CLAIRE,
        ).json()
        for hour in (tuesday, tuesday, wednesday)
    ]
    headers = {**DOCTOR, **name_version(1)}
    held = problem(client.delete(path, headers=headers), 409, "orientations_held")
    assert held["detail"].startswith("3 patients sont orientés vers ces heures : le 24/11/2026 à")
    more = client.patch(path, json={"seats": 5}, params={"on": "2026-11-24"}, headers=headers)
    left = {one["start"][8:10]: one["seats_left"] for one in answer(more)["occurrences"][:2]}
    assert left == {"24": 3, "25": 1}
    moved = read_orientation(database, OPERATOR_ACTOR, sent[0]["id"])
    assert moved.request.slot != sent[0]["slot"]
    headers = {**DOCTOR, **name_version(2)}
    one = problem(client.delete(path, headers=headers), 409, "orientations_held")
    assert one["detail"].startswith("1 patient est orienté vers cette heure : le 25/11/2026 à")
    confirmed = {"cancel_orientations": True}
    answer(client.delete(path, params=confirmed, headers=headers))
    told = client.get("/v1/orientations", headers=CLAIRE, params={"state": "cancelled"})
    (cancelled,) = answer(told)["orientations"]
    assert (cancelled["id"], cancelled["life"][-1]["by"]) == (sent[2]["id"], RPPS)
    for kept in sent[:2]:
        state = read_orientation(database, OPERATOR_ACTOR, kept["id"]).state
        assert state is OrientationState.ASKED


def test_holidays_with_patients_are_confirmed_too(client: httpx.Client) -> None:
    asked = {
        "kind": "beyond",
        "offer": f"rpps:{RPPS}@{IDNST}",
        "start": "2026-11-24T09:00:00+01:00",
    }
    one = create(client, "/v1/orientations", asked, CLAIRE).json()
    absences = f"/v1/absences/{RPPS}"
    away = {"ranges": [{"start": "2026-11-24", "end": "2026-11-24"}]}
    held = put(client, absences, away, **FIRST, **DOCTOR)
    assert "le 24/11/2026 à 09:00" in problem(held, 409, "orientations_held")["detail"]
    elsewhere = {"ranges": [{"start": "2026-11-25", "end": "2026-11-26"}]}
    assert put(client, absences, elsewhere, **FIRST, **DOCTOR).status_code == 201
    confirmed = f"{absences}?cancel_orientations=true"
    answer(put(client, confirmed, away, **name_version(1), **DOCTOR))
    kept = answer(client.get(f"/v1/orientations/{one['id']}", headers=CLAIRE))
    assert (kept["state"], kept["life"][-1]["by"]) == ("cancelled", RPPS)
    open_slot(client, day="2026-11-24", weekdays=["tue", "wed"])
    shown = answer(client.get(AGENDA, headers=DOCTOR, params={"from": "2026-11-24", "days": 2}))
    assert [one["absent"] for one in shown["occurrences"]] == [True, False]
