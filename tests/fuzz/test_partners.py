"""Parsers of what partners and callers send, fed with damaged input: typed errors, nothing else."""

import time
import zlib
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import orjson
import pytest
from pydantic import ValidationError

from api.security.claims import load_claims
from api.security.jwks import JwksClient, parse_key_set
from api.security.tokens import BadToken, MissingRole, TokenReader
from downloads.bounded_answers import AnswerUnusable, parse_json_answer
from geography.commune_lookup import PostalAddress
from geography.geocoding.batch import BatchGeocoder
from geography.geocoding.geocoder import Geocoder
from lrm.link import LrmLink, resolve_link
from lrm.registry import read_saved_entries
from search_engine.execution.cursor import criteria_digest, decrypt_cursor, encrypt_cursor
from search_engine.execution.cursor_key import build_cursor_key
from search_engine.request.problems import SearchProblem
from search_engine.request.query_string import (
    QueryStringUnreadable,
    TooManyParameters,
    parse_query_string,
)
from tests.api.conftest import ALPHA
from tests.api.security.callers import (
    AUDIENCE,
    EC_KEY,
    ISSUER,
    RSA_KEY,
    claims,
    sign_token,
    write_jwks,
)
from tests.api.security.test_security import sign_payload
from tests.fuzz.damage import damage_bytes, damage_document, damage_json, list_examples, write_json
from tests.geography.conftest import FakeAddressService, feature
from tests.geography.conftest import service as imitated_service
from tests.search_engine.execution.test_cursor import CRITERIA, CURSOR_STATE
from tests.suite.repetitions import Repetitions

address_service = imitated_service
KEY_SET = orjson.dumps({"keys": [key.as_dict(private=False) for key in (RSA_KEY, EC_KEY)]})
STREET = "12 rue de la République 48000 Mende"


def test_key_sets(repetitions: Repetitions) -> None:
    for random in list_examples("key set", repetitions.damaged_inputs):
        with suppress(AnswerUnusable):
            parse_key_set(parse_json_answer(damage_document(random, KEY_SET)))


async def test_tokens(repetitions: Repetitions, tmp_path: Path) -> None:
    write_jwks(tmp_path / "keys.json", RSA_KEY)
    reader = TokenReader(
        JwksClient(str(tmp_path / "keys.json")), ISSUER, AUDIENCE, load_claims(), time.time
    )
    sound = claims("ioa", sas_territories=["SAS-48"])
    for random in list_examples("token", repetitions.damaged_inputs):
        payload = damage_document(random, orjson.dumps(sound))
        damaged = damage_bytes(random, sign_token(sound).encode()).decode("latin-1")
        for token in (sign_payload(payload), damaged):
            with suppress(BadToken, MissingRole):
                caller = await reader.read_principal(token)
                orjson.dumps(caller.territories)


@pytest.mark.usefixtures("large_input")
async def test_the_address_service(
    repetitions: Repetitions, address_service: FakeAddressService
) -> None:
    """Searches and reverse look-ups are answered whatever the service sends."""
    sound = write_json({"type": "FeatureCollection", "features": [feature(44.519, 3.499)] * 2})
    for random in list_examples("address", repetitions.damaged_inputs):
        address_service.body = damage_document(random, sound) or b" "
        geocoder = Geocoder(address_service.settings())
        for place in (await geocoder.geocode(STREET), await geocoder.reverse(44.519, 3.499)):
            assert place is not None
            orjson.dumps(place.label)
        for completed in await geocoder.complete(STREET) or []:
            orjson.dumps(completed.label)
        await geocoder.aclose()


def test_the_batch_of_the_address_service(
    repetitions: Repetitions, address_service: FakeAddressService
) -> None:
    sound = (
        b"rank,line,citycode,latitude,longitude,result_score,result_type,result_citycode\r\n"
        b"0,12 rue X,48095,44.5,3.5,0.93,housenumber,48095\r\n"
    )
    batch = BatchGeocoder(address_service.settings(), sleep=lambda _: None)
    for random in list_examples("batch", repetitions.damaged_inputs):
        address_service.body = damage_bytes(random, sound) or b" "
        assert len(batch.geocode([PostalAddress("12 rue X", "48000", "Mende", "48095")])) == 1
    batch.close()


def test_query_strings_and_links(repetitions: Repetitions) -> None:
    given = {
        "origin": ALPHA,
        "speciality": "Pédiatrie",
        "practitioner": "urn:oid:1.2.250.1.71.4.2.1|810000000102",
        "streetnumber": "12 bis",
        "streetname": "rue de l'Église",
        "inseecode": "48095",
        "city": "Mende",
        "size": "5",
    }
    sound = urlencode(given).encode()
    for random in list_examples("link", repetitions.damaged_inputs):
        with suppress(QueryStringUnreadable, TooManyParameters, ValidationError, SearchProblem):
            values = dict(parse_query_string(damage_bytes(random, sound)))
            orjson.dumps(values)
            resolve_link(LrmLink.model_validate(values))
        with suppress(ValidationError, SearchProblem):
            resolve_link(LrmLink.model_validate(damage_json(random, given)))


def test_cursors(repetitions: Repetitions) -> None:
    """Damaged texts, and damaged contents sealed with the sound key."""
    key, at = build_cursor_key(None), CURSOR_STATE.now
    digest = criteria_digest(CRITERIA, "offers")
    sound = encrypt_cursor(CURSOR_STATE, digest, key, at)
    content = zlib.decompress(key.decrypt(sound + "=" * (-len(sound) % 4)))
    for random in list_examples("cursor", repetitions.damaged_inputs):
        packed = zlib.compress(damage_document(random, content))
        sealed = key.encrypt_at_time(packed, int(at.timestamp())).decode().rstrip("=")
        for text in (damage_bytes(random, sound.encode()).decode("latin-1"), sealed):
            with suppress(SearchProblem):
                decrypt_cursor(text, digest, key, at)


@pytest.mark.parametrize("kind", ["saved registry"])
def test_files_of_the_state_folder(repetitions: Repetitions, tmp_path: Path, kind: str) -> None:
    entry = {"origin": ALPHA, "name": "Alpha", "active": True}
    sound = orjson.dumps({"entries": [entry], "as_of": "2026-11-23T09:00:00Z"})
    for random in list_examples(kind, repetitions.damaged_inputs):
        (tmp_path / "kept.json").write_bytes(damage_document(random, sound))
        read_saved_entries(tmp_path / "kept.json")
