"""Keys of creations: once per author and key, whatever comes at once."""

import threading
import uuid

import pytest

from mappings.agenda.formats import AgendaFormat
from records.access import Actor
from records.accounts.errors import AccountExists
from records.accounts.store import create_account_once, list_accounts
from records.accounts.values import normalize_values
from records.agenda.agendas import read_agenda
from records.agenda.changes import open_agenda_slot
from records.agenda.edits import add_slot
from records.database import Database
from records.idempotency import (
    Creation,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    build_creation,
    find_made,
)
from records.kinds import StoredRecord
from tests.records.agenda.agendas import PLACES
from tests.records.agenda.rules import build_slot
from tests.records.orientations.people import MANAGER
from tests.records.samples import ANNE, NOW

KEY = "00000000-0000-4000-8000-000000000001"
HIM = Actor(ANNE)


def open_once(
    database: Database, key: str = KEY, **values: str
) -> tuple[str, StoredRecord[AgendaFormat]]:
    creation = build_creation(HIM, key, ("slot", values), NOW)
    edit = add_slot(build_slot(id="", **values))
    return open_agenda_slot(database, creation, ANNE, edit, PLACES)


def test_a_key_makes_one_slot_and_answers_it_again(database: Database) -> None:
    made, first = open_once(database)
    assert made == first.value.slots[0].id
    assert open_once(database) == (made, first)
    with pytest.raises(IdempotencyKeyReused):
        open_once(database, day="2026-12-01")
    other, second = open_once(database, str(uuid.uuid4()), day="2026-12-01")
    assert (other != made, second.version) == (True, 2)
    assert open_once(database, KEY.replace("-", "")) == (made, second)
    with pytest.raises(IdempotencyKeyInvalid):
        open_once(database, "Claire")


def test_a_key_is_its_authors_alone() -> None:
    one, other = (build_creation(Actor(name), KEY, ("slot", {}), NOW) for name in ("1", "2"))
    assert one.derived_id != other.derived_id
    assert one.digest == other.digest


def test_many_at_once_with_one_key_make_one(database: Database) -> None:
    gate, found = threading.Barrier(6), list[str]()

    def create() -> None:
        gate.wait()
        found.append(open_once(database)[0])

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (6, 1)
    assert read_agenda(database, HIM, ANNE).version == 1


def test_many_at_once_with_their_own_keys_open_all_their_slots(database: Database) -> None:
    gate = threading.Barrier(3)

    def create(number: int) -> None:
        gate.wait()
        open_once(database, str(uuid.uuid4()), day=f"2026-12-0{number}")

    threads = [threading.Thread(target=create, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_agenda(database, HIM, ANNE).value.slots) == 3


def test_an_account_that_is_refused_leaves_its_key_free(database: Database) -> None:
    def create(national_id: str, key: str) -> str:
        said = {"national_id": national_id, "family": "Roux", "given": "Claire"}
        values = normalize_values(**said, roles=["OSNP"], territories=["SAS-48"])
        creation = build_creation(MANAGER, key, ("account", said), NOW)
        return create_account_once(database, creation, values).id

    first = create("810100000411", KEY)
    assert create("810100000411", KEY) == first
    other = str(uuid.uuid4())
    with pytest.raises(AccountExists):
        create("810100000411", other)
    unused = Creation(MANAGER, other, "", NOW)
    assert find_made(database, unused) is None
    assert create("810100000429", other) != first
    assert len(list_accounts(database, MANAGER)) == 2
