"""What a regulator asks is kept once, with what the service derives."""

import threading
import uuid
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mappings.records import Offer
from mappings.roles import UserRole
from records.columns import Base
from records.database import Database, open_reading
from records.errors import AccessDenied, RulesBroken
from records.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from records.orientations.ask import AskedBy, ask_orientation
from records.orientations.errors import OfferGone
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import OrientationFilter, list_orientations
from records.orientations.tables import OrientationRow
from records.orientations.values import LifeEvent, OrientationRequest, Recipient
from records.outbox import list_messages
from tests.records.orientations.people import (
    CLAIRE,
    CPTS,
    DENIS,
    HERE,
    IRIS,
    OPERATOR,
    SIRET,
    SLOT_ID,
    THERE,
    TOMORROW,
    ask,
    build_actor,
    build_offer,
    build_solution,
)
from tests.records.samples import ANNE, NOW

KIND = OrientationKind


def count(database: Database) -> int:
    return len(list_orientations(database, OPERATOR, OrientationFilter(), 100))


def list_keys(database: Database) -> list[tuple[str, str]]:
    with open_reading(database) as session:
        return [(one.kind, one.key) for one in list_messages(session, 100)]


@pytest.mark.proves("F116", "F119", "W44")
def test_beyond_availability_is_kept_with_what_the_service_derives(database: Database) -> None:
    asked = ask(database)
    assert asked.recipient == Recipient("professional", ANNE, "48", HERE)
    assert (asked.state, asked.start) == (OrientationState.ASKED, TOMORROW)
    assert (asked.request.slot, asked.timezone) == (None, "Europe/Paris")
    assert (asked.regulator, asked.regulator_role) == (CLAIRE.id, "OSNP")
    assert asked.life == (LifeEvent(OrientationState.ASKED, NOW, CLAIRE.id),)
    assert list_keys(database) == [("count_orientations", ANNE)]


@pytest.mark.proves("F117")
def test_beyond_goes_to_the_cpts_of_a_professional_and_counts_for_him(database: Database) -> None:
    member = build_offer(cpts=[CPTS])
    assert ask(database, offer=member).recipient == Recipient("cpts", CPTS, "48", HERE)
    assert list_keys(database) == [("count_orientations", ANNE)]
    booked = ask(database, offer=member, kind=KIND.BOOKING, slot=SLOT_ID)
    assert booked.recipient.identifier == ANNE


@pytest.mark.parametrize(
    ("fields", "recipient"),
    [
        ({"kind": "structure", "finess": "480000025"}, ("structure", "480000025")),
        ({"kind": "cpts", "finess": CPTS, "cpts": [CPTS]}, ("cpts", CPTS)),
        ({"kind": "sos_point", "siret": SIRET}, ("association", SIRET)),
    ],
)
def test_each_kind_of_offer_names_its_recipient(
    database: Database, fields: dict[str, Any], recipient: tuple[str, str]
) -> None:
    offer = cast("Offer", {key: held for key, held in build_offer().items() if key != "rpps"})
    asked = ask(database, offer=cast("Offer", {**offer, "id": "x:1", **fields}))
    assert (asked.recipient.kind, asked.recipient.identifier) == recipient
    assert list_keys(database) == [("count_orientations", "x:1")]


@pytest.mark.proves("W45")
def test_the_recipient_keeps_his_territory_and_the_regulator_hers(database: Database) -> None:
    foreign = ask(database, DENIS)
    assert (foreign.recipient.territory, foreign.regulator_territory) == (HERE, THERE)
    both = build_actor("811", UserRole.OSNP, territories=(THERE, HERE))
    assert ask(database, both).regulator_territory == HERE
    assert ask(database, both, build_offer(territory="SAS-75")).regulator_territory == THERE


@pytest.mark.proves("F121")
def test_a_solution_takes_requests_and_nothing_else_does(database: Database) -> None:
    asked = ask(database, offer=build_solution(), kind=KIND.CARE_REQUEST)
    assert asked.recipient == Recipient("solution", "solution:medadom:48", "48", None)
    assert asked.start is None
    for offer, kind in ((build_offer(), KIND.CARE_REQUEST), (build_solution(), KIND.BEYOND)):
        with pytest.raises(RulesBroken, match="place de marché"):
            ask(database, offer=offer, kind=kind)


def test_a_booking_takes_the_hour_of_its_slot(database: Database) -> None:
    booked = ask(database, kind=KIND.BOOKING, slot=SLOT_ID)
    assert (booked.start, booked.request.slot) == (TOMORROW, SLOT_ID)
    hidden = {**build_offer()["slots"][0], "types": []}
    for offer in (build_offer(slots=[]), build_offer(slots=[hidden])):
        with pytest.raises(RulesBroken, match="plus proposé"):
            ask(database, offer=offer, kind=KIND.BOOKING, slot=SLOT_ID)


@pytest.mark.proves("F116")
@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"start": NOW - timedelta(minutes=15)}, "start", "passée"),
        ({"start": None}, "start", "Donnez le jour"),
        ({"start": TOMORROW + timedelta(minutes=10)}, "start", "quart d'heure"),
        ({"start": TOMORROW + timedelta(seconds=1)}, "start", "quart d'heure"),
        ({"start": NOW.replace(year=2200)}, "start", "passée"),
        ({"slot": SLOT_ID}, "slot", "ne prend pas de créneau"),
        ({"offer": build_offer(accepts_beyond=False)}, "offer", "surnuméraire"),
        ({"offer": build_offer(always_absent=True)}, "start", "absence"),
        (
            {
                "offer": build_offer(
                    absences=[{"gte": "2026-11-24T00:00:00Z", "lt": "2026-11-25T00:00:00Z"}]
                )
            },
            "start",
            "absence",
        ),
        ({"kind": KIND.BOOKING}, "slot", "plus proposé"),
        ({"kind": KIND.BOOKING, "slot": SLOT_ID, "start": TOMORROW}, "start", "du créneau"),
        ({"kind": KIND.BOOKING, "slot": SLOT_ID, "now": TOMORROW + timedelta(1)}, "start", "passé"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(
    database: Database, values: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RulesBroken, match=sentence) as refused:
        ask(database, **values)
    assert [name for name, _ in refused.value.faults] == [field]
    assert (count(database), list_keys(database)) == (0, [])


def test_the_quarter_hour_that_it_is_can_be_asked(database: Database) -> None:
    assert ask(database, start=NOW).start == NOW


def test_reorientation_is_for_who_takes_part_in_it(database: Database) -> None:
    asked = ask(database, IRIS, kind=KIND.REORIENTATION)
    assert (asked.regulator_role, asked.start) == ("IOA", TOMORROW)
    with pytest.raises(RulesBroken, match="réorientation"):
        ask(database, IRIS, build_offer(reorientation=False), kind=KIND.REORIENTATION)


@pytest.mark.proves("F118", "W44")
def test_the_same_key_answers_the_same(database: Database) -> None:
    key = str(uuid.uuid4())
    first = ask(database, key=key)
    later = {"now": TOMORROW + timedelta(days=3), "key": key.upper()}
    assert ask(database, **later) == first
    assert ask(database, offer=build_offer(accepts_beyond=False), key=key) == first
    assert (count(database), len(list_keys(database))) == (1, 1)
    assert ask(database, DENIS, key=key).id != first.id


@pytest.mark.proves("F118", "W44")
@pytest.mark.parametrize(
    "other",
    [
        {"start": TOMORROW + timedelta(minutes=15)},
        {"kind": KIND.BOOKING, "slot": SLOT_ID},
        {"offer": build_offer("10100000024")},
    ],
)
def test_a_key_with_another_request_is_refused(database: Database, other: dict[str, Any]) -> None:
    key = str(uuid.uuid4())
    ask(database, key=key)
    with pytest.raises(IdempotencyKeyReused):
        ask(database, key=key, **other)
    assert count(database) == 1


@pytest.mark.proves("F118", "W44")
def test_of_many_at_once_with_one_key_one_is_kept(database: Database) -> None:
    key, answers = str(uuid.uuid4()), []
    gate = threading.Barrier(8)

    def post() -> None:
        gate.wait()
        answers.append(ask(database, key=key))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers))) == (8, 1)
    assert (count(database), len(list_keys(database))) == (1, 1)


@pytest.mark.parametrize("key", ["", "Mme Martin", "1"])
def test_a_key_is_a_uuid(database: Database, key: str) -> None:
    by = AskedBy(CLAIRE, key, NOW)
    request = OrientationRequest(KIND.BEYOND, "x", TOMORROW)
    with pytest.raises(IdempotencyKeyInvalid):
        ask_orientation(database, by, request, lambda _: build_offer())


def test_an_offer_that_is_gone_is_told(database: Database) -> None:
    by = AskedBy(CLAIRE, str(uuid.uuid4()), NOW)
    request = OrientationRequest(KIND.BEYOND, "x", TOMORROW)
    with pytest.raises(OfferGone):
        ask_orientation(database, by, request, lambda _: None)


def test_an_hour_has_its_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        OrientationRequest(KIND.BEYOND, "x", TOMORROW.replace(tzinfo=None))


@pytest.mark.proves("W39")
def test_only_osnp_and_ioa_orient(database: Database) -> None:
    for role in set(UserRole) - {UserRole.OSNP, UserRole.IOA}:
        for kind in KIND:
            with pytest.raises(AccessDenied):
                ask(database, build_actor("811", role), kind=kind)
    with pytest.raises(AccessDenied):
        ask(database, IRIS, kind=KIND.BEYOND)
    with pytest.raises(AccessDenied):
        ask(database, CLAIRE, kind=KIND.REORIENTATION)
    assert count(database) == 0


@pytest.mark.proves("F123")
def test_no_column_can_hold_a_word_about_a_patient() -> None:
    held = {
        column.name: getattr(column.type, "length", None)
        for column in OrientationRow.__table__.columns
        if column.type.python_type is str
    }
    assert set(held) == {
        *("id", "idempotency_key", "kind", "state", "offer", "person_key", "slot", "timezone"),
        *("recipient_kind", "recipient", "department", "territory"),
        *("regulator_role", "regulator_territory", "created_by", "updated_by"),
    }
    assert all(held.values())
    assert not {"patient", "comment", "text", "note"} & set(Base.metadata.tables["orientations"].c)


@pytest.mark.parametrize(
    "wrong",
    [
        "kind = 'other'",
        "state = 'other'",
        "start = NULL",
        "kind = 'booking'",
        "slot = 'x'",
        "kind = 'care_request'",
    ],
)
def test_the_table_refuses_what_no_orientation_is(database: Database, wrong: str) -> None:
    ask(database)
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(f"UPDATE orientations SET {wrong}"))
