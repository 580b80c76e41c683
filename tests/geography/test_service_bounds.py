"""What the address service answers is bounded and validated, then the gazetteer answers."""

import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import pytest

from downloads.bounded_answers import ADDRESS_BYTES
from geography.commune_lookup import PostalAddress
from geography.geocoding.batch import BatchGeocoder
from geography.geocoding.geocoder import GAZETTEER, NATIONAL_API, Geocoder
from geography.geocoding.settings import GeocoderSettings

from .conftest import FakeAddressService, feature

STREET = "12 rue de la République 48000 Mende"
SOUND = json.dumps({"features": [feature(44.519, 3.499)]}).encode()


@cache
def build_bomb(size: int = 200_000_000) -> bytes:
    """Few bytes that become ``size``; the usual ones are made by the worker that sends them."""
    return gzip.compress(b" " * size, compresslevel=9)


def write_feature(**properties: object) -> bytes:
    """A collection of one feature with these properties."""
    return json.dumps({"features": [feature(44.519, 3.499, **properties)]}).encode()


def write_point(*coordinates: object) -> bytes:
    """A collection of one feature with these coordinates."""
    odd = feature(44.519, 3.499)
    odd["geometry"]["coordinates"] = list(coordinates)
    return json.dumps({"features": [odd]}).encode()


ODD_BODIES = {
    "half a surrogate pair": write_feature(label="\ud800"),
    "half a pair as a name": b'{"features": [], "\\ud800": 1}',
    "deep": b'{"features": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"features":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}",
    "no number": write_feature(score=float("nan")),
    "infinite point": write_point(float("inf"), 44.5),
    "huge number": SOUND.replace(b"0.93", b"9" * 400),
    "point of texts": write_point("x", "y"),
    "point of one number": write_point(3.499),
    "point out of range": write_point(3.499, 4.4e9),
    "text of no text": write_feature(label={"a": 1}),
    "endless text": write_feature(label="x" * 100_000),
    "code of no text": write_feature(citycode=48095),
    "no features": b'{"features": {"0": 1}}',
    "latin-1": SOUND.replace(b"R\\u00e9publique", b"R\xe9publique"),
    "cut": SOUND[:-20],
    "bytes": bytes(range(256)),
    "empty": b"",
}


@pytest.mark.parametrize("odd", ODD_BODIES)
async def test_an_odd_answer_gives_way_to_the_gazetteer(
    service: FakeAddressService, odd: str
) -> None:
    service.body = ODD_BODIES[odd]
    for look in ("geocode", "reverse", "complete"):
        geocoder = Geocoder(service.settings())
        if look == "complete":
            assert not await geocoder.complete(STREET)
            continue
        asked = (STREET,) if look == "geocode" else (44.519, 3.499)
        place = await getattr(geocoder, look)(*asked)
        assert (place.insee, place.source) == ("48095", GAZETTEER)
        await geocoder.aclose()


async def test_an_odd_feature_leaves_the_sound_ones(service: FakeAddressService) -> None:
    service.features = [feature(44.519, 3.499, label=7), feature(44.519, 3.499)]
    place = await Geocoder(service.settings()).geocode(STREET)
    assert place is not None
    assert place.source == NATIONAL_API


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
async def test_an_answer_that_expands_without_end_takes_no_memory(
    service: FakeAddressService, encoding: str
) -> None:
    service.body, service.headers = build_bomb(), {"Content-Encoding": encoding}
    tracemalloc.start()
    try:
        place = await Geocoder(service.settings()).geocode(STREET)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert place is not None
    assert place.source == GAZETTEER
    assert peak < 10 * ADDRESS_BYTES


async def test_a_packed_answer_of_ordinary_size_is_read(service: FakeAddressService) -> None:
    service.body, service.headers = gzip.compress(SOUND), {"Content-Encoding": "gzip"}
    place = await Geocoder(service.settings()).geocode(STREET)
    assert place is not None
    assert place.source == NATIONAL_API


@contextmanager
def open_endless_service() -> Iterator[tuple[str, list[int]]]:
    """A service whose answers never end; its base, and the bytes that left."""
    sent = [0]

    def answer(near: socket.socket) -> None:
        with suppress(OSError), near:
            near.recv(65_536)
            near.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while True:
                near.sendall(b" " * 65_536)
                sent[0] += 65_536

    def accept(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=answer, args=[near], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=[listening], daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", sent
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("look", ["geocode", "reverse"])
async def test_an_answer_that_never_ends_is_left(look: str) -> None:
    with open_endless_service() as (base, sent):
        geocoder = Geocoder(GeocoderSettings(url=base, timeout_ms=30_000))
        asked = (STREET,) if look == "geocode" else (44.519, 3.499)
        place = await getattr(geocoder, look)(*asked)
        await geocoder.aclose()
    assert place.source == GAZETTEER
    assert sent[0] < ADDRESS_BYTES + 8 * 2**20, "beyond what was read, buffers of the machine"


@pytest.mark.parametrize(
    "body",
    [
        b"rank,line\r\n0," + b"x" * 200_000,
        b"\x00" * 100,
        b"rank\n0\n0\n",
        b"latitude,longitude,result_score,result_type,rank\n44.5,3.5,0.9,street,0\n",
        b"rank,latitude,longitude,result_score,result_type\n0,nan,inf,0.9,street\n",
        build_bomb(4_000_000)[:1_000],
    ],
)
def test_an_odd_batch_places_nothing_and_is_counted(
    service: FakeAddressService, body: bytes
) -> None:
    service.body = body
    batch = BatchGeocoder(service.settings(), sleep=lambda _: None)
    answers = batch.geocode([PostalAddress("12 rue X", "48000", "Mende", "48095")])
    batch.close()
    assert answers == [None] or answers[0] is not None
    assert batch.unanswered in (0, 1)
