"""The answer as a whole: decoded with indulgence, refused when it is no answer."""

import json

import pytest

from slots.fhir import answer as answers
from slots.fhir.answer import AnswerRefusedError, read_page
from tests.slots.bundles import (
    CPTS,
    PS,
    SLOT1,
    SOS,
    Json,
    copy_resource,
    edit_resource,
    entry,
    only,
    plus,
    resource,
    resource_key,
    slot_ids,
    without,
)

OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception", "diagnostics": "patient Dupont"}],
}
ALL = [f"ExampleSlotPSIndiv{n}" for n in range(1, 5)]


@pytest.mark.proves("E06", "E08", "C21")
@pytest.mark.parametrize(
    "body",
    [
        json.dumps(OUTCOME).encode(),
        json.dumps({**PS.bundle(), "type": "collection"}).encode(),
        json.dumps({**PS.bundle(), "type": None}).encode(),
        json.dumps(resource(PS.bundle(), SLOT1)).encode(),
        json.dumps([resource(PS.bundle(), SLOT1)]).encode(),
        json.dumps(PS.bundle()["entry"]).encode(),
        json.dumps(PS.bundle()).encode()[:-200],
        b"<html><body>502 Bad Gateway</body></html>",
        b"",
        b"null",
        b'"Bundle"',
        b"[" * 100_000,
    ],
)
def test_what_is_no_searchset_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(AnswerRefusedError) as refused:
        PS.parse(body)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
    assert "Dupont" not in str(refused.value)


def outcome(*severities: object) -> Json:
    """An OperationOutcome entry with issues of these severities."""
    issues = [{"severity": one, "code": "exception"} for one in severities]
    return entry({"resourceType": "OperationOutcome", "issue": issues})


@pytest.mark.proves("E05", "C22")
@pytest.mark.parametrize("severities", [(), ("warning",), ("Information", "warning"), ("success",)])
def test_a_warning_beside_the_slots_is_noticed_and_hides_nothing(
    severities: tuple[object, ...],
) -> None:
    noted = {**outcome(*severities), "search": {"mode": "outcome"}}
    answer = PS.parse(plus(PS.bundle(), noted))
    assert slot_ids(answer) == ALL
    assert answer.reports == {"operation_outcome": 1}


@pytest.mark.proves("E05", "C21")
@pytest.mark.parametrize(
    "severities",
    [("error",), ("fatal",), ("ERROR",), ("warning", "error"), (None,), ("critical",), (3,)],
)
def test_an_error_beside_the_slots_or_in_place_of_them_refuses_the_answer(
    severities: tuple[object, ...],
) -> None:
    """A part of the search has failed: what is missing is not "no slot"."""
    failed = outcome(*severities)
    empty = {**PS.bundle(), "total": 0, "entry": [failed]}
    for bundle in (plus(PS.bundle(), failed), empty, {**empty, "entry": failed}):
        with pytest.raises(AnswerRefusedError, match="OperationOutcome") as refused:
            PS.parse(bundle)
        assert refused.value.reason == "answer_in_error"


@pytest.mark.parametrize(
    "where",
    [
        {"issues": OUTCOME},
        {"entry": [{"response": {"status": "500", "outcome": OUTCOME}}]},
    ],
)
def test_an_error_elsewhere_in_a_bundle_refuses_the_answer(where: Json) -> None:
    with pytest.raises(AnswerRefusedError, match="OperationOutcome"):
        PS.parse({**PS.bundle(), "total": 0, **where})


def test_one_page_in_error_refuses_the_whole_answer() -> None:
    with pytest.raises(AnswerRefusedError, match="OperationOutcome"):
        PS.parse(PS.bundle(), {**PS.bundle(), "entry": [outcome("error")]})


@pytest.mark.proves("E04", "C22")
@pytest.mark.parametrize("mode", [None, "include", "match", "outcome"])
def test_search_mode_and_profiles_are_not_read(mode: str | None) -> None:
    bundle = PS.bundle()
    for found in bundle["entry"]:
        found.pop("search", None)
        found["resource"].get("meta", {}).pop("profile", None)
        if mode:
            found["search"] = {"mode": mode}
    assert PS.parse(bundle).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E13", "C47")
def test_resources_split_over_pages_are_joined_after_the_last_one() -> None:
    bundle = PS.bundle()
    slots = [e for e in bundle["entry"] if e["resource"]["resourceType"] == "Slot"]
    others = [e for e in bundle["entry"] if e["resource"]["resourceType"] != "Slot"]
    pages = [{**bundle, "entry": part} for part in (slots[:1], others[:3], slots[1:], others[3:])]
    assert PS.parse(*pages).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E13")
def test_a_page_that_repeats_resources_changes_nothing() -> None:
    answer = PS.parse(PS.bundle(), PS.bundle())
    assert answer.slots == PS.parse(PS.bundle()).slots
    assert answer.reports == {"merged": 4}


@pytest.mark.proves("E13", "E27")
def test_a_refused_slot_given_twice_is_refused_once() -> None:
    busy = edit_resource(PS.bundle(), SLOT1, status="busy")
    assert PS.parse(busy, busy).rejected == [{"slot": "ExampleSlotPSIndiv1", "reason": "not_free"}]
    elsewhere = copy_resource(busy, SLOT1, schedule={"reference": "Schedule/ExampleSchedule3"})
    assert len(PS.parse(plus(busy, entry(elsewhere))).rejected) == 2


@pytest.mark.proves("C21", "C47")
def test_one_refused_page_refuses_the_answer() -> None:
    with pytest.raises(AnswerRefusedError):
        PS.parse(PS.bundle(), OUTCOME)


@pytest.mark.proves("E41", "C50")
@pytest.mark.parametrize(
    "broken",
    [
        None,
        "Slot",
        7,
        [],
        {},
        {"resource": None},
        {"resource": "Slot"},
        {"resource": []},
        {"resource": {}},
        {"resource": {"id": "x"}},
        {"fullUrl": 12, "resource": {"resourceType": ["Slot"]}},
    ],
)
def test_an_unusable_entry_is_lost_alone(broken: object) -> None:
    answer = PS.parse(plus(PS.bundle(), broken))
    assert slot_ids(answer) == ALL
    assert answer.reports == {"broken_entry": 1}


@pytest.mark.proves("E41", "C50")
@pytest.mark.parametrize(
    "values",
    [
        {"start": None},
        {"end": 12},
        {"status": {"code": "free"}},
        {"schedule": "Schedule/ExampleSchedule1"},
        {"schedule": ["x"]},
        {"schedule": None},
        {"meta": "PUBLIC"},
        {"meta": {"security": "PUBLIC"}},
    ],
)
def test_a_slot_of_wrong_types_is_lost_alone(values: Json) -> None:
    answer = PS.parse(edit_resource(PS.bundle(), SLOT1, **values))
    assert slot_ids(answer) == ALL[1:]
    assert [row["slot"] for row in answer.rejected] == ["ExampleSlotPSIndiv1"]


@pytest.mark.proves("E41")
@pytest.mark.parametrize("entries", [None, {}, [], "none", 0])
def test_an_entry_list_that_is_none_is_an_empty_answer(entries: object) -> None:
    assert PS.parse({**PS.bundle(), "total": 0, "entry": entries}).slots == []


def test_one_entry_written_without_its_list_is_read() -> None:
    one = only(PS.bundle(), SLOT1)
    pages = [{**one, "entry": found} for found in one["entry"]]
    assert slot_ids(PS.parse(*pages)) == ALL[:1]


@pytest.mark.proves("E42")
@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"modifierExtension": [{"url": "http://editeur.fr/annule", "valueBoolean": True}]}, False),
        ({"modifierExtension": []}, True),
        ({"extension": [{"url": "http://editeur.fr/x", "valueString": "y"}]}, True),
        ({"implicitRules": "http://editeur.fr/regles"}, True),
    ],
)
def test_a_modifier_extension_on_a_slot_means_do_not_use_it(values: Json, kept: bool) -> None:
    answer = PS.parse(edit_resource(only(PS.bundle(), SLOT1), SLOT1, **values))
    assert bool(answer.slots) is kept
    if not kept:
        assert answer.rejected == [{"slot": "ExampleSlotPSIndiv1", "reason": "modifier_extension"}]


@pytest.mark.proves("E42")
def test_unknown_resources_and_modifiers_elsewhere_are_ignored() -> None:
    device = entry({"resourceType": "Device", "id": "1"}, "https://exemple.com/Device/1")
    modified = edit_resource(
        PS.bundle(), "Schedule/ExampleSchedule1", modifierExtension=[{"url": "x"}]
    )
    assert PS.parse(plus(modified, device)).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E43")
def test_numbers_where_strings_are_expected_are_read_as_their_figures() -> None:
    bundle = PS.bundle()
    thomas = resource(bundle, "Practitioner/ExamplePractitioner2")
    thomas["identifier"][0]["value"] = 810100050075
    role = resource(bundle, "PractitionerRole/ExamplePractitionerRoleAgregateur2")
    role["contained"][0]["address"]["postalCode"] = 47000
    role["organization"]["identifier"]["value"] = 1810004421.0
    resource(bundle, SLOT1)["id"] = 1636102800
    slot = PS.parse(bundle).slots[0]
    assert slot["slot"] == "1636102800"
    assert slot["practitioner"]["idnps"] == "810100050075"
    assert slot["place"]["postal_code"] == "47000"
    assert slot["structure"]["idnst"] == "1810004421"


@pytest.mark.proves("E43")
def test_of_a_duplicated_key_the_last_value_counts() -> None:
    text = json.dumps(only(PS.bundle(), SLOT1))
    busy = text.replace('"status": "free"', '"status": "free", "status": "busy"')
    free = text.replace('"status": "free"', '"status": "busy", "status": "free"')
    assert PS.parse(busy.encode()).slots == []
    assert slot_ids(PS.parse(free.encode())) == ["ExampleSlotPSIndiv1"]


@pytest.mark.proves("E43")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_any_usual_encoding_gives_the_accents(encoding: str) -> None:
    body = json.dumps(PS.bundle(), ensure_ascii=False).encode(encoding)
    assert PS.parse(body).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E43")
def test_two_encodings_in_one_answer_both_come_out_right() -> None:
    body = json.dumps(PS.bundle(), ensure_ascii=False).encode()
    body = body.replace("Sébastien".encode(), "Sébastien".encode("cp1252"))
    slots = PS.parse(body).slots
    assert slots[0]["practitioner"]["given"] == "Sébastien"
    assert slots[0]["reasons"] == ["Visite de contrôle"]


@pytest.mark.proves("E43")
def test_control_characters_and_lone_surrogates_do_not_break_an_answer() -> None:
    text = json.dumps(only(PS.bundle(), SLOT1))
    text = text.replace("Visite de contr\\u00f4le", "Visite\tde \\ud800 suite")
    assert PS.parse(text.encode()).slots[0]["reasons"] == ["Visite\tde ? suite"]


def test_a_page_over_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LARGEST_PAGE", 1000)
    with pytest.raises(AnswerRefusedError, match="ask for fewer"):
        read_page(json.dumps(PS.bundle()).encode())


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "ANSWER_ENTRIES", 10)
    with pytest.raises(AnswerRefusedError, match="ask for fewer"):
        PS.parse(PS.bundle())


@pytest.mark.proves("E38", "C20")
def test_an_association_without_slots_is_no_error() -> None:
    lorient = without(SOS.bundle(), "Organization/ExampleOrgaSOS2")
    kept = only(lorient, "Slot/ExampleSlotSOS1", "Slot/ExampleSlotSOS2")
    answer = SOS.parse(kept)
    assert len(answer.slots) == 2
    assert answer.rejected == []


@pytest.mark.proves("C42")
def test_cpts_and_ordinary_slots_stand_in_one_answer() -> None:
    ordinary = copy_resource(CPTS.bundle(), "Slot/ExampleSlotCPTS1", id="ordinary")
    ordinary["meta"]["security"] = ordinary["meta"]["security"][:1]
    ordinary["start"] = "2024-06-12T17:00:00.000+02:00"
    ordinary["end"] = "2024-06-12T17:20:00.000+02:00"
    ordinary["serviceType"] = ordinary["serviceType"][:1]
    with_cpts, without_cpts = CPTS.parse(plus(CPTS.bundle(), entry(ordinary))).slots
    assert with_cpts["types"] == ["PUBLIC", "CPTS"]
    assert without_cpts["types"] == ["PUBLIC"]
    assert "cpts" not in without_cpts


def test_keys_of_entries_are_those_of_the_examples() -> None:
    assert resource_key(resource(PS.bundle(), SLOT1)) == SLOT1
