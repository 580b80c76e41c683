"""The cursor: opened as it was sealed, by whom it may be, and by nobody else."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from traceback import format_exception
from typing import Any
from zlib import compress

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from mappings.records import Consultation, SlotType, Via
from search_engine.execution import cursor
from search_engine.execution.cursor import (
    LAYOUT,
    ORDER_NEUTRAL_CRITERIA,
    CursorState,
    criteria_digest,
    decrypt_cursor,
    encrypt_cursor,
)
from search_engine.execution.cursor_key import (
    CursorKeyInvalid,
    build_cursor_key,
    parse_cursor_keys,
)
from search_engine.request.area import Area, AreaKind
from search_engine.request.criteria import MAX_CURSOR, Criteria, Mode, Role, Sort
from search_engine.request.problems import (
    CursorExpired,
    CursorOfAnotherSearch,
    CursorUnreadable,
    SearchProblem,
)

NOW = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)
KEY = build_cursor_key(None)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

DOCTOR = "10001234567"
PATIENT = Area(
    kind=AreaKind.ADDRESS,
    label="12 Rue Kerguestenen 56270 Ploemeur",
    lat=47.7361234,
    lon=-3.4271234,
    department="56",
    zone="Europe/Paris",
    reference_km=20.0,
    step_km=10.0,
    radius_km=40.0,
    first_radius_km=20.0,
    patient_point=True,
    insee="56162",
    precision="housenumber",
)
CURSOR_STATE = CursorState(
    after=[13.873421, 0, "rpps:10000000101@1480000101", None, 4294967297],
    now=NOW,
    seed=123_456_789,
    area=PATIENT,
    fuzzy=False,
    without_rpps=DOCTOR,
    area_cpts=("560029999",),
    best_member_by_cpts={"560029999": "rpps:10000000101@1480000101"},
    member_counts={"560029999": 12},
    pit=None,
    attempt=0,
)
CRITERIA = Criteria(what="MG", lat=PATIENT.lat, lon=PATIENT.lon, treating_doctor=DOCTOR)
ALIAS = "offers"
DIGEST = criteria_digest(CRITERIA, ALIAS)

numbers = st.floats(allow_nan=False, allow_infinity=False)
positive = st.integers(min_value=0, max_value=2**31 - 1)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), numbers, st.text(max_size=40)
)
areas = st.builds(
    Area,
    **dict.fromkeys(("lat", "lon", "reference_km", "step_km", "radius_km"), numbers),
    first_radius_km=st.none() | numbers,
    score=st.none() | numbers,
)
cursor_states = st.builds(
    CursorState,
    after=st.lists(scalars, max_size=5),
    now=st.datetimes(timezones=st.just(UTC)),
    seed=positive,
    area=areas,
    member_counts=st.dictionaries(st.text(max_size=9), positive, max_size=3),
)


@given(walk=cursor_states, seconds=st.integers(-60, 600))
def test_what_was_sealed_is_opened(walk: CursorState, seconds: int) -> None:
    text = encrypt_cursor(walk, DIGEST, KEY, NOW)
    found = decrypt_cursor(text, DIGEST, KEY, NOW + timedelta(seconds=seconds))
    assert found == walk
    assert [type(value) for value in found.after] == [type(value) for value in walk.after]


def test_an_altered_character_is_refused_wherever_it_is() -> None:
    text = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    for place, known in enumerate(text):
        others = ALPHABET if place == len(text) - 1 else "A_"
        for other in others.replace(known, ""):
            with pytest.raises(CursorUnreadable):
                decrypt_cursor(text[:place] + other + text[place + 1 :], DIGEST, KEY, NOW)


ALTERED: dict[str, Callable[[str], str]] = {
    "shorter": lambda text: text[:-1],
    "longer": lambda text: text + "A",
    "padded": lambda text: text + "=" * (-len(text) % 4 or 4),
    "foreign character inside": lambda text: f"{text[:9]}!{text[9:]}",
    "space after": lambda text: text + "\n",
    "accent": lambda text: "é" + text[1:],
    "nothing": lambda text: "",
    "version alone": lambda text: "gA",
    "half": lambda text: text[: len(text) // 2],
}


@pytest.mark.parametrize("kind", ALTERED)
def test_there_is_one_way_to_write_a_cursor(kind: str) -> None:
    altered = ALTERED[kind](encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW))
    with pytest.raises(CursorUnreadable):
        decrypt_cursor(altered, DIGEST, KEY, NOW)


def test_another_key_opens_nothing() -> None:
    text = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    with pytest.raises(CursorUnreadable):
        decrypt_cursor(text, DIGEST, build_cursor_key(None), NOW)


def test_a_cursor_of_the_former_encryption_is_refused() -> None:
    """AES-256-GCM after a time in clear and a nonce, with the same key."""
    raw = secrets.token_bytes(32)
    key = parse_cursor_keys(urlsafe_b64encode(raw).decode())
    clear = int(NOW.timestamp()).to_bytes(8) + secrets.token_bytes(12)
    content = compress(cursor.CONTENT.dump_json((LAYOUT, DIGEST, CURSOR_STATE)))
    former = clear + AESGCM(raw).encrypt(clear[8:], content, clear[:8])
    with pytest.raises(CursorUnreadable):
        decrypt_cursor(urlsafe_b64encode(former).decode().rstrip("="), DIGEST, key, NOW)


@pytest.mark.parametrize(
    "content",
    [
        b"neither compressed nor ours",
        compress(b"[]"),
        compress(
            cursor.CONTENT.dump_json((LAYOUT, DIGEST, CURSOR_STATE)).replace(
                b"[%d," % LAYOUT, b"[%d," % (LAYOUT - 1), 1
            )
        ),
        compress(
            cursor.CONTENT.dump_json((LAYOUT, DIGEST, CURSOR_STATE)).replace(b'"seed"', b'"leaf"')
        ),
    ],
)
def test_what_the_key_sealed_for_another_use_or_release_is_refused(content: bytes) -> None:
    text = KEY.encrypt_at_time(content, int(NOW.timestamp())).decode().rstrip("=")
    with pytest.raises(CursorUnreadable) as caught:
        decrypt_cursor(text, DIGEST, KEY, NOW)
    assert "Kerguestenen" not in "".join(format_exception(caught.value))


def test_a_cursor_expires_to_the_second() -> None:
    text = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    assert decrypt_cursor(text, DIGEST, KEY, NOW + timedelta(minutes=10)) == CURSOR_STATE
    with pytest.raises(CursorExpired):
        decrypt_cursor(text, DIGEST, KEY, NOW + timedelta(minutes=10, seconds=1))


def test_a_clock_may_be_a_minute_ahead() -> None:
    text = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    assert decrypt_cursor(text, DIGEST, KEY, NOW - timedelta(minutes=1)) == CURSOR_STATE
    with pytest.raises(CursorUnreadable):
        decrypt_cursor(text, DIGEST, KEY, NOW - timedelta(minutes=1, seconds=1))


OTHER: dict[str, Any] = {
    "what": "SF",
    "lat": 47.8,
    "lon": 0.0,
    "where": "Ploemeur",
    "insee": "56162",
    "department": "56",
    "radius_km": 5.0,
    "mode": Mode.ALL,
    "treating_doctor": "",
    "consultation": [Consultation.HH],
    "slot_type": [SlotType.PRO],
    "profession": ["10"],
    "specialty": ["SM54"],
    "kind": ["msp"],
    "sector": ["1"],
    "participation": [Via.OWN],
    "maternity_level": ["3"],
    "horizon": ["0-4"],
    "territory": ["SAS-56"],
    "window_hours": 4.0,
    "deadline_h": 4.0,
    "absent": True,
    "sort": Sort.DISTANCE,
    "profile": "distance",
    "stable": True,
    "open_now": True,
    "group_cpts": False,
    "role": Role.IOA,
    "modes": (Mode.REORIENTATION,),
    "caller_territories": ("SAS-56",),
    "cpts": "560000001",
}
"""Another value for each criterion that decides the result or its order."""

PAGING_CRITERIA: dict[str, Any] = {
    "page": 2,
    "cursor": "gA",
    "size": 50,
    "seed": 7,
    "facets": False,
    "origin": "lrm",
}


def test_every_criterion_was_judged() -> None:
    assert OTHER.keys() | PAGING_CRITERIA.keys() == Criteria.model_fields.keys()
    assert PAGING_CRITERIA.keys() == ORDER_NEUTRAL_CRITERIA


@pytest.mark.parametrize("name", OTHER)
def test_a_cursor_is_refused_to_another_search(name: str) -> None:
    other = criteria_digest(CRITERIA.model_copy(update={name: OTHER[name]}), ALIAS)
    with pytest.raises(CursorOfAnotherSearch):
        decrypt_cursor(encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW), other, KEY, NOW)


@pytest.mark.parametrize("name", PAGING_CRITERIA)
def test_what_only_says_where_the_walk_stands_may_change(name: str) -> None:
    assert (
        criteria_digest(CRITERIA.model_copy(update={name: PAGING_CRITERIA[name]}), ALIAS) == DIGEST
    )


def test_the_order_of_a_list_is_no_criterion() -> None:
    one, other = (
        criteria_digest(CRITERIA.model_copy(update={"slot_type": types}), ALIAS)
        for types in ([SlotType.PRO, SlotType.SNP], [SlotType.SNP, SlotType.PRO])
    )
    assert one == other


@pytest.mark.proves("F123", "W42")
def test_nothing_of_the_patient_shows() -> None:
    result = (str(PATIENT.lat), str(PATIENT.lon), "Kerguestenen", "Ploemeur", DOCTOR, "10000000101")
    text = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert [word for word in result if word in text or word.encode() in raw] == []
    assert encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW) != text, (
        "equal walks would be told apart from others"
    )


@pytest.mark.proves("F123", "W42")
@pytest.mark.parametrize("kind", [CursorUnreadable, CursorExpired, CursorOfAnotherSearch])
def test_a_refusal_names_the_cursor_and_holds_none_of_it(kind: type[SearchProblem]) -> None:
    refused = kind()  # type: ignore[call-arg]
    assert (refused.status, refused.field) == (400, "cursor")
    assert refused.args == (refused.detail,)


@pytest.mark.parametrize(
    ("communities", "pit", "longest"), [(20, 0, 1_500), (150, 400, MAX_CURSOR)]
)
def test_a_cursor_stays_short(communities: int, pit: int, longest: int) -> None:
    """Twenty communities is a large city; a point in time has about 200 characters a shard."""
    numbered = [f"{(number * 7_368_787) % 10**9:09}" for number in range(1, communities + 1)]
    walk = replace(
        CURSOR_STATE,
        best_member_by_cpts={finess: f"rpps:10{finess}@1{finess[::-1]}" for finess in numbered},
        member_counts={finess: int(finess[-2:]) for finess in numbered},
        pit=(encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW) * 2)[:pit] or None,
    )
    assert len(encrypt_cursor(walk, DIGEST, KEY, NOW)) < longest


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",,",
        f"{'A' * 43},short",
        "short",
        "A" * 42,
        "A" * 44,
        "!" * 43,
        "A" * 42 + "é",
        "A" * 42 + "B",
        "+" * 43,
    ],
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(CursorKeyInvalid, match="token_urlsafe") as caught:
        parse_cursor_keys(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", ["A" * 43, "A" * 43 + "=", "-_" * 21 + "8"])
def test_a_key_read_twice_is_one_key(text: str) -> None:
    assert (
        decrypt_cursor(
            encrypt_cursor(CURSOR_STATE, DIGEST, parse_cursor_keys(text), NOW),
            DIGEST,
            parse_cursor_keys(text),
            NOW,
        )
        == CURSOR_STATE
    )
    assert text not in repr(parse_cursor_keys(text))


def test_another_directory_is_another_search() -> None:
    """The same criteria and key under another prefix: nothing of the one is read in the other."""
    cursor = encrypt_cursor(CURSOR_STATE, DIGEST, KEY, NOW)
    for alias in ("offers-2", "other-offers", ""):
        with pytest.raises(CursorOfAnotherSearch):
            decrypt_cursor(cursor, criteria_digest(CRITERIA, alias), KEY, NOW)
