"""Orientations over HTTP: once per key, by whom and for whom the service says, to their outcome."""

import uuid
from typing import Any

import httpx
import pytest

from api.schemas.orientations import KeptOrientation, OrientationList
from tests.api.conftest import NOW, answer, problem
from tests.api.declarations.people import (
    CLAIRE,
    DENIS,
    FAR_MANAGER,
    IRIS,
    MANAGER,
    OPERATOR,
    OTHER,
    create,
    name_version,
    sign_in,
)
from worker.context import WorkerContext
from worker.run import drain_outbox

PATH = "/v1/orientations"
RPPS, BOOKABLE = "10000000105", "rpps:10000000101@1480000101"
DOCTOR = sign_in("effecteur", f"8{RPPS}")
BEYOND = {
    "kind": "beyond",
    "offer": f"rpps:{RPPS}@1480000105",
    "start": "2026-11-23T15:15:00+01:00",
}
CLAIRE_ID = "99700000401"


def orient(
    client: httpx.Client, body: Any = BEYOND, who: dict[str, str] = CLAIRE, key: str | None = None
) -> httpx.Response:
    return create(client, PATH, body, who, key)


def mark(
    client: httpx.Client, one: dict[str, Any], state: str, who: dict[str, str], version: int = 1
) -> httpx.Response:
    headers = {**who, **name_version(version)}
    return client.patch(f"{PATH}/{one['id']}", json={"state": state}, headers=headers)


@pytest.mark.proves("F116", "F119", "W44", "W45")
def test_who_asks_and_who_receives_come_from_the_session_and_the_offer(
    client: httpx.Client,
) -> None:
    asked = orient(client)
    assert (asked.status_code, asked.headers["etag"]) == (201, '"1"')
    one = asked.json()
    KeptOrientation.model_validate(one)
    assert asked.headers["location"] == f"{PATH}/{one['id']}"
    assert (one["regulator"], one["regulator_role"]) == (CLAIRE_ID, "OSNP")
    assert (one["regulator_territory"], one["recipient"]["territory"]) == ("SAS-48", "SAS-48")
    assert (one["recipient"]["identifier"], one["start"]) == (RPPS, "2026-11-23T14:15:00Z")
    assert answer(client.get(asked.headers["location"], headers=CLAIRE)) == one
    from_afar = orient(client, who=DENIS).json()
    assert (from_afar["regulator_territory"], from_afar["recipient"]["territory"]) == (
        "SAS-30",
        "SAS-48",
    )


SAID = ("regulator", "recipient", "territory", "patient", "comment", "regulator_role")


@pytest.mark.proves("W44", "W45")
def test_nobody_says_who_asks_or_receives(client: httpx.Client) -> None:
    for name in SAID:
        refused = problem(orient(client, {**BEYOND, name: "x"}), 422, "unknown_parameter")
        assert refused["field"] == name
    assert answer(client.get(PATH, headers=OPERATOR)) == {"orientations": []}


@pytest.mark.proves("F118")
def test_a_key_is_needed_and_happens_once(client: httpx.Client) -> None:
    problem(client.post(PATH, json=BEYOND, headers=CLAIRE), 400, "idempotency_key_missing")
    problem(orient(client, key="Claire"), 400, "idempotency_key_invalid")
    key = str(uuid.uuid4())
    first = orient(client, key=key)
    for again in (orient(client, key=key), orient(client, key=f'"{key.upper()}"')):
        assert (again.status_code, again.json()) == (201, first.json())
    later = {**BEYOND, "start": "2026-11-23T15:30:00+01:00"}
    problem(orient(client, later, key=key), 422, "idempotency_key_reused")
    assert orient(client, who=DENIS, key=key).json()["id"] != first.json()["id"]
    assert len(answer(client.get(PATH, headers=OPERATOR))["orientations"]) == 2


REFUSED: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"offer": "rpps:10000000999@1480000999"}, 409, "offer_gone"),
    ({"start": "2026-11-23T15:15:00"}, 422, "invalid_parameter"),
    ({"start": "2026-02-31T15:15:00Z"}, 422, "invalid_parameter"),
    ({"start": "2026-11-23T25:00:00Z"}, 422, "invalid_parameter"),
    ({"start": "2026-11-23T15:20:00Z"}, 422, "rules_broken"),
    ({"start": "2026-11-22T15:15:00Z"}, 422, "rules_broken"),
    ({"slot": "a1"}, 422, "rules_broken"),
    ({"kind": "reorientation"}, 403, "access_denied"),
    ({"kind": "care_request"}, 422, "rules_broken"),
    ({"kind": "referral"}, 422, "invalid_parameter"),
)


def test_what_cannot_be_asked_is_told_with_its_field(client: httpx.Client) -> None:
    for change, status, code in REFUSED:
        refused = problem(orient(client, {**BEYOND, **change}), status, code)
        assert status != 422 or refused["field"] in (*change, "offer"), change
    assert answer(client.get(PATH, headers=OPERATOR)) == {"orientations": []}


@pytest.mark.proves("W39", "F125")
def test_only_the_regulation_orients_and_each_reads_his_own(client: httpx.Client) -> None:
    for who in (DOCTOR, OTHER, MANAGER, OPERATOR, IRIS):
        problem(orient(client, who=who), 403, "access_denied")
    booking = {"kind": "booking", "offer": BOOKABLE, "slot": "a1"}
    one, other = orient(client).json(), orient(client, booking, IRIS).json()
    assert (other["start"], other["regulator_role"]) == ("2026-11-23T10:00:00Z", "IOA")
    path = f"{PATH}/{one['id']}"
    for who in (DENIS, IRIS, OTHER, FAR_MANAGER):
        problem(client.get(path, headers=who), 403, "access_denied")
        problem(mark(client, one, "cancelled", who), 403, "access_denied")
    problem(mark(client, one, "honoured", CLAIRE), 403, "access_denied")
    unknown = f"{PATH}/{uuid.uuid4()}"
    problem(client.get(unknown, headers=CLAIRE), 403, "access_denied")
    problem(client.get(unknown, headers=OPERATOR), 404, "record_missing")
    seen = {"claire": CLAIRE, "doctor": DOCTOR, "iris": IRIS, "manager": MANAGER, "denis": DENIS}
    listed = {name: list_ids(client, who) for name, who in seen.items()}
    assert listed == {
        "claire": [one["id"]],
        "doctor": [one["id"]],
        "iris": [other["id"]],
        "manager": sorted([one["id"], other["id"]]),
        "denis": [],
    }


def list_ids(client: httpx.Client, who: dict[str, str], **params: Any) -> list[str]:
    found = answer(client.get(PATH, headers=who, params=params))
    OrientationList.model_validate(found)
    return sorted(one["id"] for one in found["orientations"])


def test_a_state_names_the_version_it_replaces(client: httpx.Client) -> None:
    one = orient(client).json()
    path = f"{PATH}/{one['id']}"
    without = client.patch(path, json={"state": "booked"}, headers=CLAIRE)
    problem(without, 428, "precondition_required")
    booked = mark(client, one, "booked", CLAIRE)
    assert (booked.status_code, booked.headers["etag"]) == (200, '"2"')
    assert (
        "version 2"
        in problem(mark(client, one, "cancelled", DOCTOR), 412, "stale_version")["detail"]
    )
    problem(mark(client, one, "honoured", DOCTOR, 2), 409, "state_refused")
    problem(mark(client, one, "expired", DOCTOR, 2), 422, "invalid_parameter")
    cancelled = answer(mark(client, one, "cancelled", DOCTOR, 2))
    assert [(step["state"], step["by"]) for step in cancelled["life"]] == [
        ("asked", CLAIRE_ID),
        ("booked", CLAIRE_ID),
        ("cancelled", RPPS),
    ]
    assert answer(mark(client, one, "cancelled", DOCTOR, 2)) == cancelled
    assert list_ids(client, CLAIRE, state="cancelled") == [one["id"]]


def test_the_following_page_stays_while_new_ones_come(client: httpx.Client) -> None:
    ids = sorted(orient(client).json()["id"] for _ in range(5))
    first = answer(client.get(PATH, headers=CLAIRE, params={"limit": 2}))
    orient(client, {**BEYOND, "start": "2026-11-23T16:00:00Z"}, DENIS)
    seen, after = [one["id"] for one in first["orientations"]], first["next"]
    while after:
        page = answer(client.get(PATH, headers=CLAIRE, params={"limit": 2, "after": after}))
        seen += [one["id"] for one in page["orientations"]]
        after = page.get("next")
    assert (sorted(seen), len(seen)) == (ids, 5)
    assert list_ids(client, CLAIRE, since="2026-11-23T09:00:00Z") == ids
    assert list_ids(client, CLAIRE, since="2026-11-23T09:00:01Z") == []
    assert list_ids(client, CLAIRE, territory="SAS-30") == []
    foreign = client.get(PATH, headers=IRIS, params={"after": ids[0]})
    assert problem(foreign, 422, "rules_broken")["field"] == "after"
    twice = client.get(f"{PATH}?limit=1&limit=2", headers=CLAIRE)
    problem(twice, 422, "invalid_parameter")


MORNING = {"day": "2026-11-24", "start": "08:00", "end": "08:30"}


@pytest.mark.proves("F115", "F118", "F111")
def test_the_last_seat_of_an_agenda_goes_to_one_regulator(
    worker: WorkerContext, client: httpx.Client
) -> None:
    opened = create(client, f"/v1/professionals/{RPPS}/agenda/slots", MORNING, DOCTOR)
    (hour,) = opened.json()["occurrences"]
    asked = {"kind": "slot", "offer": BEYOND["offer"], "slot": f"sas-agenda:{hour['id']}"}
    early = problem(orient(client, asked), 422, "rules_broken")
    assert "plus proposé" in early["detail"]
    drain_outbox(worker, lambda: NOW)
    first = orient(client, asked)
    assert (first.status_code, first.json()["start"]) == (201, hour["start"])
    problem(orient(client, asked, IRIS), 409, "slot_full")
    agenda = answer(client.get(f"/v1/professionals/{RPPS}/agenda", headers=DOCTOR))
    assert [one["seats_left"] for one in agenda["occurrences"]] == [0]
    answer(mark(client, first.json(), "cancelled", CLAIRE))
    assert orient(client, asked, IRIS).status_code == 201
