"""Settings of professionals: rules, versions, access, and the messages that follow."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mappings.roles import UserRole
from records.access import OPERATOR, Actor
from records.database import Database, open_reading, open_transaction
from records.errors import AccessDenied, RecordMissing, RulesBroken, StaleVersion
from records.imports import import_records, is_imported, preview_import
from records.kinds import read_values
from records.outbox import count_messages, list_messages
from records.professional_settings import (
    PARTICIPATION,
    change_professional_settings,
    find_active_msp,
    read_professional_settings,
)
from records.settings_rules import RULES, ProfessionalDeclaration, SoftwareAnswers
from tests.records.samples import (
    ANNE,
    BRUNO,
    IN_ORDER,
    LATER,
    MSP,
    NOW,
    build_settings,
    change,
)


def list_keys(database: Database) -> list[tuple[str, str]]:
    with open_reading(database) as session:
        return [(one.kind, one.key) for one in list_messages(session, 100)]


def test_a_change_is_kept_with_its_version_and_its_messages(database: Database) -> None:
    first = change(database, via=3, finess=MSP)
    second = change(database, version=first.record.version, via=1)
    assert (first.record.version, second.record.version) == (1, 2)
    kept = read_professional_settings(database, Actor(ANNE), ANNE)
    assert (kept.settings.via, kept.record.updated_by, kept.record.updated_at) == (1, ANNE, NOW)
    assert list_keys(database) == [
        ("project_professional", ANNE),
        ("project_msp", MSP),
        ("project_professional", ANNE),
        ("project_msp", MSP),
    ]


def test_places_of_a_cpts_are_kept(database: Database) -> None:
    places = ["3481000000001", "3481000000002"]
    change(database, via=2, finess="480000025", locations=places)
    changed = change(database, version=1, via=2, finess="480000025", locations=places[1:])
    assert changed.settings.locations == places[1:]
    assert read_values(database, PARTICIPATION)[ANNE].locations == places[1:]


@pytest.mark.proves("F110")
def test_each_rule_is_told_with_its_field_and_nothing_is_kept(database: Database) -> None:
    with pytest.raises(RulesBroken) as broken:
        change_professional_settings(
            database,
            Actor(ANNE),
            build_settings().model_copy(update={"via": None}),
            SoftwareAnswers(),
            version=None,
            now=NOW,
        )
    assert [field for field, _ in broken.value.faults] == ["via", "has_software", "hours_available"]
    with pytest.raises(RecordMissing):
        read_professional_settings(database, OPERATOR, ANNE)
    assert list_keys(database) == []


@pytest.mark.proves("F110")
def test_every_rule_has_settings_that_break_it_and_settings_that_do_not() -> None:
    silent = SoftwareAnswers()
    broken = {
        "via": (build_settings().model_copy(update={"via": None}), IN_ORDER),
        "finess": (build_settings().model_copy(update={"via": 3}), IN_ORDER),
        "locations": (build_settings().model_copy(update={"via": 2, "finess": MSP}), IN_ORDER),
        "siret": (build_settings().model_copy(update={"via": 4}), silent),
        "has_software": (build_settings(), SoftwareAnswers(None, hours_available=True)),
        "hours_available": (build_settings(editor_disabled=True), SoftwareAnswers(True, False)),
    }
    assert set(broken) == {rule.field for rule in RULES}
    for rule in RULES:
        assert rule.is_broken(ProfessionalDeclaration(*broken[rule.field])), rule.field
        assert not rule.is_broken(ProfessionalDeclaration(build_settings(), IN_ORDER)), rule.field


@pytest.mark.proves("F125", "W37")
def test_nobody_acts_on_somebody_else_but_an_operator(database: Database) -> None:
    change(database)
    others = (
        Actor(BRUNO),
        Actor(BRUNO, frozenset({UserRole.OSNP, UserRole.IOA, UserRole.OTHER})),
    )
    for other in others:
        with pytest.raises(AccessDenied):
            read_professional_settings(database, other, ANNE)
        with pytest.raises(AccessDenied):
            change_professional_settings(
                database, other, build_settings(), IN_ORDER, version=1, now=NOW
            )
    assert read_professional_settings(database, OPERATOR, ANNE).record.version == 1


def test_the_second_of_two_editors_is_told(database: Database) -> None:
    change(database)
    change(database, version=1, reorientation=True)
    with pytest.raises(StaleVersion, match="version 2"):
        change(database, version=1, editor_disabled=True)
    with pytest.raises(StaleVersion):
        change(database, version=None)
    assert read_values(database, PARTICIPATION)[ANNE].reorientation is True


def test_of_many_at_once_one_wins_each_version(database: Database) -> None:
    change(database)
    wins, losses = [], []

    def try_change() -> None:
        try:
            wins.append(change(database, version=1, reorientation=True).record.version)
        except StaleVersion:
            losses.append(1)

    threads = [threading.Thread(target=try_change) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wins, len(losses)) == ([2], 7)
    assert len(list_keys(database)) == 2


def test_the_tables_refuse_what_no_settings_can_be(database: Database) -> None:
    change(database)
    for wrong in ("via = 5", "via = NULL", "via = 3", "via = 4", "rpps = '1'"):
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.execute(text(f"UPDATE professional_settings SET {wrong}"))


def test_a_file_undoes_nothing_that_was_said_later(database: Database) -> None:
    change(database, reorientation=True)
    rows = {
        ANNE: build_settings(ANNE, participation=False, via=None),
        BRUNO: build_settings(BRUNO),
    }
    report = import_records(database, PARTICIPATION, rows, "digest", now=LATER)
    assert (report.rows, report.written) == (2, 1)
    assert read_values(database, PARTICIPATION)[ANNE].participation is True
    later = {ANNE: build_settings(ANNE, participation=False, via=None, updated=LATER)}
    assert import_records(database, PARTICIPATION, later, "other", now=LATER).written == 1
    assert read_values(database, PARTICIPATION)[ANNE].participation is False
    assert is_imported(database, "participation", "digest")
    assert not is_imported(database, "participation", "unknown")


def test_a_later_file_replaces_what_a_file_said(database: Database) -> None:
    first = {BRUNO: build_settings(BRUNO)}
    assert import_records(database, PARTICIPATION, first, "1", now=NOW).written == 1
    assert import_records(database, PARTICIPATION, first, "2", now=LATER).written == 0
    second = {BRUNO: build_settings(BRUNO, participation=False, via=None)}
    assert import_records(database, PARTICIPATION, second, "3", now=LATER).written == 1
    assert read_values(database, PARTICIPATION)[BRUNO].participation is False


def test_a_trial_of_an_import_changes_nothing(database: Database) -> None:
    rows = {BRUNO: build_settings(BRUNO)}
    assert preview_import(database, PARTICIPATION, rows, NOW).keys() == {BRUNO}
    assert import_records(database, PARTICIPATION, rows, "d", now=NOW, dry_run=True).written == 1
    assert read_values(database, PARTICIPATION) == {}
    assert not is_imported(database, "participation", "d")
    with open_transaction(database) as session:
        assert count_messages(session).waiting == 0


def test_an_msp_takes_part_through_one_professional(database: Database) -> None:
    change(database, via=3, finess=MSP)
    assert find_active_msp(database, [MSP, "480000033"]) == {MSP}
    change(database, version=1, participation=False, via=3, finess=MSP)
    assert find_active_msp(database, [MSP]) == frozenset()
