"""Accounts: what they hold, who manages them, and who acts with them."""

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mappings.roles import UserRole
from records.access import OPERATOR, Actor
from records.accounts.errors import AccountExists, NoActiveAccount
from records.accounts.store import (
    AccountLine,
    Outcome,
    create_account,
    disable_account,
    find_actor,
    import_accounts,
    list_accounts,
)
from records.accounts.values import PersonAccount, normalize_values
from records.database import Database
from records.errors import AccessDenied, RecordMissing, RulesBroken
from records.professional_settings import (
    change_professional_settings,
    read_professional_settings,
)
from tests.records.orientations.people import (
    CLAIRE,
    DOCTOR,
    FAR_MANAGER,
    HERE,
    MANAGER,
    THERE,
    build_actor,
)
from tests.records.samples import ANNE, BRUNO, IN_ORDER, LATER, NOW, build_settings

MAIL = "claire.roux@exemple.fr"
CLAIRE_VALUES: dict[str, Any] = {
    "national_id": "810100000411",
    "family": "Roux",
    "given": "Claire",
    "roles": ["OSNP"],
    "territories": [HERE],
}


def create(database: Database, actor: Actor = OPERATOR, **values: Any) -> PersonAccount:
    said = normalize_values(**{**CLAIRE_VALUES, **values})
    return create_account(database, actor, said, NOW)


def build_line(number: int = 2, active: bool | None = None, **values: Any) -> AccountLine:
    return AccountLine(number, normalize_values(**{**CLAIRE_VALUES, **values}), active)


def import_line(database: Database, line: AccountLine, actor: Actor = OPERATOR) -> tuple[str, str]:
    (report,) = import_accounts(database, actor, [line], LATER)
    assert report.number == line.number
    return report.outcome.value, report.reason


def test_an_account_is_found_by_each_of_its_identifiers(database: Database) -> None:
    account = create(database, email=" Claire.Roux@Exemple.FR ", territories=["sas-48", THERE])
    assert (account.values.email, account.active, account.updated_by) == (MAIL, True, "sas")
    expected = Actor("10100000411", frozenset({UserRole.OSNP}), frozenset({HERE, THERE}))
    for identifier in ("810100000411", "8 10100000411", "10100000411", account.id, MAIL.upper()):
        assert find_actor(database, identifier) == expected


@pytest.mark.proves("F119")
def test_who_has_no_national_identifier_acts_by_the_technical_one(database: Database) -> None:
    account = create(database, national_id="", email=MAIL, roles=["IOA", "OSNP"])
    actor = find_actor(database, MAIL)
    assert (actor.id, actor.roles) == (account.id, {UserRole.IOA, UserRole.OSNP})
    assert find_actor(database, account.id) == actor


def test_a_card_of_an_establishment_keeps_its_identifier(database: Database) -> None:
    create(database, national_id="3480000017/0000000012")
    assert find_actor(database, "3480000017/0000000012").id == "national:3480000017/0000000012"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"national_id": ""}, "national_id", "à défaut une adresse"),
        ({"national_id": "12"}, "national_id", "CPx"),
        ({"national_id": "9" * 65}, "national_id", "CPx"),
        ({"email": "claire"}, "email", "prenom.nom@exemple.fr"),
        ({"email": f"{'c' * 250}@exemple.fr"}, "email", "prenom.nom@exemple.fr"),
        ({"family": " "}, "family", "le nom"),
        ({"given": "x" * 201}, "given", "le prénom"),
        ({"roles": []}, "roles", "OSNP, IOA, ACCOUNT_MANAGER, ADMINISTRATOR"),
        ({"roles": ["OSNP", "DATA_TEAM"]}, "roles", "un rôle parmi"),
        ({"territories": []}, "territories", "au moins un territoire"),
        ({"territories": [HERE, "SAS-20"]}, "territories", "n'existe pas"),
    ],
)
def test_what_an_account_lacks_is_told_with_its_field(
    database: Database, values: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RulesBroken, match=sentence) as broken:
        create(database, **values)
    assert [name for name, _ in broken.value.faults] == [field]
    assert list_accounts(database, OPERATOR) == []


def test_an_administrator_needs_no_territory(database: Database) -> None:
    assert create(database, roles=["ADMINISTRATOR"], territories=[]).values.territories == set()


def test_a_person_has_one_account(database: Database) -> None:
    create(database, email=MAIL)
    for same in ({}, {"national_id": "10100000411"}, {"national_id": ANNE, "email": MAIL}):
        with pytest.raises(AccountExists):
            create(database, **same)
    assert len(list_accounts(database, OPERATOR)) == 1


def test_a_closed_account_opens_nothing_until_a_file_opens_it(database: Database) -> None:
    create(database)
    closed = disable_account(database, OPERATOR, "10100000411", LATER)
    assert (closed.active, closed.updated_at, closed.version) == (False, LATER, 2)
    assert disable_account(database, OPERATOR, closed.id, LATER) == closed
    with pytest.raises(NoActiveAccount):
        find_actor(database, "10100000411")
    assert import_line(database, build_line()) == ("unchanged", "")
    with pytest.raises(NoActiveAccount):
        find_actor(database, "10100000411")
    assert import_line(database, build_line(active=True)) == ("changed", "")
    assert find_actor(database, "10100000411").territories == {HERE}
    assert import_line(database, build_line(active=False)) == ("changed", "")
    with pytest.raises(NoActiveAccount):
        find_actor(database, "10100000411")


def test_an_unknown_account_is_told(database: Database) -> None:
    with pytest.raises(RecordMissing, match="identifiant x"):
        disable_account(database, OPERATOR, "x", NOW)
    with pytest.raises(NoActiveAccount):
        find_actor(database, "")


def test_each_line_of_a_file_has_its_report(database: Database) -> None:
    create(database)
    lines = [
        build_line(2),
        build_line(3, territories=[HERE, THERE]),
        build_line(4, national_id=BRUNO, roles=["IOA"]),
        build_line(5, national_id="", email=MAIL),
        build_line(6, national_id="810100000999", email=MAIL, family=""),
        build_line(7, roles=["BOSS"]),
    ]
    reports = import_accounts(database, OPERATOR, lines, LATER)
    assert [(one.number, one.outcome) for one in reports] == [
        (2, Outcome.UNCHANGED),
        (3, Outcome.CHANGED),
        (4, Outcome.CREATED),
        (5, Outcome.CREATED),
        (6, Outcome.REFUSED),
        (7, Outcome.REFUSED),
    ]
    assert "le nom" in reports[4].reason
    assert "un rôle" in reports[5].reason
    assert find_actor(database, "10100000411").territories == {HERE, THERE}
    assert len(list_accounts(database, OPERATOR)) == 3


def test_a_technical_account_gets_its_national_identifier(database: Database) -> None:
    technical = create(database, national_id="", email=MAIL)
    assert import_line(database, build_line(email=MAIL)) == ("changed", "")
    (account,) = list_accounts(database, OPERATOR)
    assert (account.id, account.values.national_id) == (technical.id, "810100000411")
    taken = build_line(national_id=BRUNO, email=MAIL)
    assert import_line(database, taken) == ("refused", str(AccountExists()))


REGULATOR: dict[str, Any] = {"roles": ["OSNP", "IOA"], "territories": [HERE]}
KEPT = {
    "regulator_here": REGULATOR,
    "regulator_there": {"roles": ["OSNP"], "territories": [THERE]},
    "regulator_of_both": {"roles": ["IOA"], "territories": [HERE, THERE]},
    "manager_here": {"roles": ["ACCOUNT_MANAGER"], "territories": [HERE]},
    "administrator": {"roles": ["ADMINISTRATOR"], "territories": []},
}
BOTH_MANAGER = build_actor("812", UserRole.ACCOUNT_MANAGER, territories=(HERE, THERE))
ADMINISTRATOR = build_actor("813", UserRole.ADMINISTRATOR, territories=())
MANAGED: dict[str, tuple[Actor, set[str]]] = {
    "operator": (OPERATOR, {*KEPT}),
    "administrator": (ADMINISTRATOR, {*KEPT}),
    "manager": (MANAGER, {"regulator_here"}),
    "far_manager": (FAR_MANAGER, {"regulator_there"}),
    "both_manager": (BOTH_MANAGER, {"regulator_here", "regulator_there", "regulator_of_both"}),
    "osnp": (CLAIRE, set()),
    "doctor": (DOCTOR, set()),
    "data_team": (build_actor("814", UserRole.DATA_TEAM), set()),
}
"""Accounts that each may create, change and close, among those of ``KEPT``."""


@pytest.mark.proves("F125", "W37")
@pytest.mark.parametrize("account", KEPT)
@pytest.mark.parametrize("person", MANAGED)
def test_each_manages_the_accounts_of_his_reach(
    database: Database, person: str, account: str
) -> None:
    actor, managed = MANAGED[person]
    if account in managed:
        created = create(database, actor, **KEPT[account])
        changed = build_line(given="Clara", **KEPT[account])
        assert import_line(database, changed, actor) == ("changed", "")
        assert disable_account(database, actor, created.id, NOW).active is False
        return
    with pytest.raises(AccessDenied):
        create(database, actor, **KEPT[account])
    assert list_accounts(database, OPERATOR) == []
    kept = create(database, **KEPT[account])
    outcome, reason = import_line(database, build_line(given="Clara", **KEPT[account]), actor)
    assert (outcome, "de votre ressort" in reason) == ("refused", True)
    with pytest.raises(AccessDenied):
        disable_account(database, actor, kept.id, NOW)
    assert list_accounts(database, OPERATOR) == [kept]


@pytest.mark.proves("F125")
def test_a_manager_gives_no_more_than_he_has(database: Database) -> None:
    create(database, MANAGER)
    for more in ({"territories": [HERE, THERE]}, {"roles": ["OSNP", "ADMINISTRATOR"]}):
        outcome, _ = import_line(database, build_line(**more), MANAGER)
        assert outcome == "refused"
    foreign = create(database, national_id=BRUNO, territories=[HERE, THERE])
    taken = build_line(national_id=BRUNO, territories=[HERE])
    assert import_line(database, taken, MANAGER)[0] == "refused"
    assert find_actor(database, foreign.id).territories == {HERE, THERE}


@pytest.mark.proves("F125")
def test_each_sees_the_accounts_of_his_territories(database: Database) -> None:
    for number, (name, values) in enumerate(KEPT.items()):
        create(database, national_id=f"8{number:011d}", family=name, **values)

    def see(actor: Actor) -> set[str]:
        return {one.values.family for one in list_accounts(database, actor)}

    assert see(MANAGER) == {"regulator_here", "regulator_of_both", "manager_here"}
    assert see(FAR_MANAGER) == {"regulator_there", "regulator_of_both"}
    assert see(ADMINISTRATOR) == {*KEPT}
    assert see(CLAIRE) == see(DOCTOR) == set()


def test_of_many_imports_at_once_none_is_lost(database: Database) -> None:
    create(database)
    reports: list[tuple[str, str]] = []
    gate = threading.Barrier(6)

    def bring(number: int) -> None:
        gate.wait()
        reports.append(import_line(database, build_line(given=f"Claire {number}")))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == [("changed", "")] * 6
    (account,) = list_accounts(database, OPERATOR)
    assert account.version == 7


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE accounts SET national_id = NULL",
        "UPDATE account_roles SET role = 'DATA_TEAM'",
    ],
)
def test_the_tables_refuse_what_no_account_is(database: Database, wrong: str) -> None:
    create(database)
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(wrong))


DELEGATE_VALUES: dict[str, Any] = {
    "national_id": "899700000401",
    "family": "Gris",
    "given": "Léa",
    "roles": ["DELEGATE", "STRUCTURE_MANAGER"],
    "delegations": [f"8{ANNE}"],
    "structures": ["480 000 025"],
}


@pytest.mark.proves("F125")
def test_a_delegate_acts_for_whom_he_was_given_until_he_is_not(database: Database) -> None:
    create_account(database, OPERATOR, normalize_values(**DELEGATE_VALUES), NOW)
    lea = find_actor(database, "899700000401")
    assert (lea.delegations, lea.structures) == ({ANNE}, {"480000025"})
    change_professional_settings(
        database, lea, build_settings(ANNE), IN_ORDER, version=None, now=NOW
    )
    for rpps in (BRUNO, "480000025"):
        with pytest.raises(AccessDenied):
            read_professional_settings(database, lea, rpps)
    less = {**DELEGATE_VALUES, "roles": ["DELEGATE"], "delegations": [BRUNO], "structures": []}
    line = AccountLine(2, normalize_values(**less))
    assert [one.outcome for one in import_accounts(database, OPERATOR, [line], LATER)] == [
        Outcome.CHANGED
    ]
    with pytest.raises(AccessDenied):
        read_professional_settings(database, find_actor(database, "899700000401"), ANNE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delegations": []}, "delegations"),
        ({"delegations": ["1"]}, "delegations"),
        ({"structures": []}, "structures"),
        ({"structures": ["48"]}, "structures"),
        ({"roles": ["DELEGATE"]}, "structures"),
        ({"roles": ["STRUCTURE_MANAGER"]}, "delegations"),
    ],
)
def test_a_delegate_without_anybody_and_a_manager_without_anything_are_none(
    database: Database, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RulesBroken) as caught:
        create_account(database, OPERATOR, normalize_values(**{**DELEGATE_VALUES, **changes}), NOW)
    assert [name for name, _ in caught.value.faults] == [field]


def test_an_account_manager_makes_no_delegate(database: Database) -> None:
    both = {**DELEGATE_VALUES, "roles": ["OSNP", "DELEGATE"], "structures": []}
    values = normalize_values(**{**both, "territories": [HERE]})
    with pytest.raises(AccessDenied):
        create_account(database, MANAGER, values, NOW)
