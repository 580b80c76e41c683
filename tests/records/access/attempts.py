"""Each use case of the table, tried by somebody on his own object or on that of another."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from mappings.formats import Absence, LrmEntry
from mappings.roles import UserRole
from records.absences import ABSENCES, change_absence, identify_absence, name_absent, read_absence
from records.access import OPERATOR, Actor
from records.accounts.store import (
    AccountLine,
    Outcome,
    change_account,
    create_account,
    create_account_once,
    disable_account,
    import_accounts,
    list_accounts,
    read_account,
)
from records.accounts.values import AccountChange, AccountValues, PersonAccount, normalize_values
from records.agenda.agendas import AGENDAS, read_agenda
from records.agenda.changes import change_agenda, open_agenda_slot
from records.agenda.edits import add_slot
from records.database import Database
from records.errors import AccessDenied, RecordMissing
from records.idempotency import build_creation
from records.indicators.definitions import compute_indicators
from records.keys.store import create_api_key, list_api_keys, revoke_api_key
from records.kinds import RecordKind, read_record
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import (
    OrientationFilter,
    change_state,
    list_orientations,
    read_orientation,
)
from records.orientations.values import Orientation
from records.professional_settings import (
    PARTICIPATION,
    change_professional_settings,
    read_professional_settings,
)
from records.registry.store import REGISTRY, change_entry, list_registry, read_entry
from records.settings_rules import parse_settings
from records.structure_settings import (
    STRUCTURES,
    change_structure_settings,
    name_structure,
    parse_structure_settings,
    read_structure_settings,
)
from tests.records.access.people import PROFESSIONALS, REGULATORS, TERRITORIES, FreshNumbers
from tests.records.access.people import STRUCTURES as CENTRES
from tests.records.agenda.agendas import PLACES
from tests.records.agenda.rules import build_slot
from tests.records.orientations.people import ask, build_offer
from tests.records.samples import IN_ORDER, NOW

Attempt = Callable[[Database, Actor, str], bool]
"""Tries on the object of a side (``own``, ``foreign``); whether it was reached."""

NUMBERS = FreshNumbers()


def attempt(case: Attempt, database: Database, actor: Actor, side: str) -> bool:
    """Whether somebody reaches an object; any failure but a refusal is one of the test."""
    try:
        return case(database, actor, side)
    except AccessDenied:
        return False


def find_version(database: Database, kind: RecordKind[Any], key: str) -> int | None:
    """The version that a change must name."""
    try:
        return read_record(database, kind, key).version
    except RecordMissing:
        return None


def read_settings(database: Database, actor: Actor, side: str) -> bool:
    change_settings(database, OPERATOR, side)
    return read_professional_settings(database, actor, PROFESSIONALS[side]) is not None


def change_settings(database: Database, actor: Actor, side: str) -> bool:
    rpps = PROFESSIONALS[side]
    settings = parse_settings({"rpps": rpps, "via": 1}, participation=False)
    version = find_version(database, PARTICIPATION, rpps)
    change_professional_settings(database, actor, settings, IN_ORDER, version=version, now=NOW)
    return True


def read_structure(database: Database, actor: Actor, side: str) -> bool:
    change_structure(database, OPERATOR, side)
    return read_structure_settings(database, actor, CENTRES[side]) is not None


def change_structure(database: Database, actor: Actor, side: str) -> bool:
    structure = CENTRES[side]
    settings = parse_structure_settings(name_structure(structure), participation=False)
    version = find_version(database, STRUCTURES, structure)
    change_structure_settings(database, actor, settings, version=version, now=NOW)
    return True


def build_absence_reading(people: Mapping[str, str]) -> Attempt:
    def read(database: Database, actor: Actor, side: str) -> bool:
        build_absence_change(people)(database, OPERATOR, side)
        return read_absence(database, actor, people[side]) is not None

    return read


def build_absence_change(people: Mapping[str, str]) -> Attempt:
    def change(database: Database, actor: Actor, side: str) -> bool:
        absence = Absence.model_validate({**name_absent(people[side]), "always": True})
        version = find_version(database, ABSENCES, identify_absence(absence))
        change_absence(database, actor, absence, version=version, now=NOW)
        return True

    return change


def read_one_agenda(database: Database, actor: Actor, side: str) -> bool:
    if find_version(database, AGENDAS, PROFESSIONALS[side]) is None:
        change_one_agenda(database, OPERATOR, side)
    return read_agenda(database, actor, PROFESSIONALS[side]) is not None


def change_one_agenda(database: Database, actor: Actor, side: str) -> bool:
    rpps = PROFESSIONALS[side]
    edit, version = add_slot(build_slot(id="")), find_version(database, AGENDAS, rpps)
    if version is not None:
        edit = lambda agenda, now: agenda  # noqa: E731 (nothing changes, and all is asked)
    change_agenda(database, actor, rpps, edit, PLACES, version=version, now=NOW)
    return True


def open_one_slot(database: Database, actor: Actor, side: str) -> bool:
    number = NUMBERS.take()
    start = NOW.date() + timedelta(days=number)
    creation = build_creation(actor, str(uuid.uuid4()), ("slot", {}), NOW)
    edit = add_slot(build_slot(id="", day=start))
    return bool(open_agenda_slot(database, creation, PROFESSIONALS[side], edit, PLACES))


def ask_kind(kind: OrientationKind) -> Attempt:
    def ask_one(database: Database, actor: Actor, side: str) -> bool:
        offer = build_offer(PROFESSIONALS[side], territory=TERRITORIES[side])
        return ask(database, actor, offer, kind=kind) is not None

    return ask_one


def make_orientation(database: Database, side: str) -> Orientation:
    """Asked by the regulator of a side for its professional in its territory."""
    offer = build_offer(PROFESSIONALS[side], territory=TERRITORIES[side])
    return ask(database, REGULATORS[side], offer)


def read_one(database: Database, actor: Actor, side: str) -> bool:
    return read_orientation(database, actor, make_orientation(database, side).id) is not None


def list_them(database: Database, actor: Actor, side: str) -> bool:
    made = make_orientation(database, side)
    found = list_orientations(database, actor, OrientationFilter(), 1_000_000)
    return made.id in {one.id for one in found}


def bring_to(state: OrientationState) -> Attempt:
    def bring(database: Database, actor: Actor, side: str) -> bool:
        made = make_orientation(database, side)
        at = NOW + timedelta(days=1, hours=1)
        return change_state(database, actor, made.id, state, at).state is state

    return bring


def build_values(side: str, role: UserRole = UserRole.OSNP) -> AccountValues:
    """An account that nobody has yet, in the territory of a side."""
    return normalize_values(
        national_id=f"8997{NUMBERS.take():08}",
        family="Roux",
        given="Claire",
        roles=[role],
        territories=[TERRITORIES[side]],
    )


def create_one(role: UserRole) -> Attempt:
    def create(database: Database, actor: Actor, side: str) -> bool:
        return create_account(database, actor, build_values(side, role), NOW) is not None

    return create


def create_once(database: Database, actor: Actor, side: str) -> bool:
    creation = build_creation(actor, str(uuid.uuid4()), ("account", {}), NOW)
    return create_account_once(database, creation, build_values(side)) is not None


def read_one_account(database: Database, actor: Actor, side: str) -> bool:
    return read_account(database, actor, make_account(database, side).id) is not None


def change_one_account(database: Database, actor: Actor, side: str) -> bool:
    made, change = make_account(database, side), AccountChange({"given": "Claude"})
    changed = change_account(database, actor, made.id, change, version=made.version, now=NOW)
    return changed.values.given == "Claude"


def import_one(database: Database, actor: Actor, side: str) -> bool:
    (report,) = import_accounts(database, actor, [AccountLine(2, build_values(side))], NOW)
    return report.outcome is Outcome.CREATED


def make_account(database: Database, side: str) -> PersonAccount:
    """A regulator of the territory of a side."""
    return create_account(database, OPERATOR, build_values(side), NOW)


def disable_one(database: Database, actor: Actor, side: str) -> bool:
    return not disable_account(database, actor, make_account(database, side).id, NOW).active


def list_account_ids(database: Database, actor: Actor, side: str) -> bool:
    made = make_account(database, side)
    return made.id in {one.id for one in list_accounts(database, actor)}


def create_key(database: Database, actor: Actor, side: str) -> bool:
    return bool(create_api_key(database, actor, side, [UserRole.OSNP], NOW))


def list_keys(database: Database, actor: Actor, side: str) -> bool:
    create_key(database, OPERATOR, side)
    return bool(list_api_keys(database, actor))


def revoke_key(database: Database, actor: Actor, side: str) -> bool:
    _, made = create_api_key(database, OPERATOR, side, [UserRole.OSNP], NOW)
    revoke_api_key(database, actor, made.id, NOW)
    return True


def change_software(database: Database, actor: Actor, side: str) -> bool:
    entry = LrmEntry(origin=side, name="LRM")
    version = find_version(database, REGISTRY, side)
    return change_entry(database, actor, entry, version=version, now=NOW) is not None


def read_software(database: Database, actor: Actor, side: str) -> bool:
    change_software(database, OPERATOR, side)
    return read_entry(database, actor, side) is not None


def list_software(database: Database, actor: Actor, side: str) -> bool:
    change_software(database, OPERATOR, side)
    return side in {one.value.origin for one in list_registry(database, actor)}


def compute_figures(database: Database, actor: Actor, side: str) -> bool:
    return bool(compute_indicators(database, actor, NOW.date()))


ATTEMPTS: Mapping[str, Attempt] = MappingProxyType(
    {
        "read_professional_settings: settings of a professional": read_settings,
        "change_professional_settings: settings of a professional": change_settings,
        "read_structure_settings: settings of a structure": read_structure,
        "change_structure_settings: settings of a structure": change_structure,
        "read_absence: absences of a professional": build_absence_reading(PROFESSIONALS),
        "change_absence: absences of a professional": build_absence_change(PROFESSIONALS),
        "read_absence: absences of a structure": build_absence_reading(CENTRES),
        "change_absence: absences of a structure": build_absence_change(CENTRES),
        "read_agenda: agenda of a professional": read_one_agenda,
        "open_agenda_slot: agenda of a professional": open_one_slot,
        "change_agenda: agenda of a professional": change_one_agenda,
        "change_agenda: slot of an agenda": change_one_agenda,
        "ask_orientation: orientation beyond availability": ask_kind(OrientationKind.BEYOND),
        "ask_orientation: reorientation": ask_kind(OrientationKind.REORIENTATION),
        "read_orientation: orientation": read_one,
        "list_orientations: orientation": list_them,
        "change_state: cancellation of an orientation": bring_to(OrientationState.CANCELLED),
        "change_state: outcome of an orientation": bring_to(OrientationState.HONOURED),
        "create_account: account of a regulator": create_one(UserRole.OSNP),
        "create_account: account of an administrator": create_one(UserRole.ADMINISTRATOR),
        "create_account_once: account of a regulator": create_once,
        "read_account: account of a regulator": read_one_account,
        "change_account: account of a regulator": change_one_account,
        "import_accounts: account of a regulator": import_one,
        "disable_account: account of a regulator": disable_one,
        "list_accounts: account of a regulator": list_account_ids,
        "create_api_key: key of a program": create_key,
        "list_api_keys: key of a program": list_keys,
        "revoke_api_key: key of a program": revoke_key,
        "list_registry: dispatch software": list_software,
        "read_entry: dispatch software": read_software,
        "change_entry: dispatch software": change_software,
        "compute_indicators: indicators of the service": compute_figures,
    }
)
"""By the name of its row."""
