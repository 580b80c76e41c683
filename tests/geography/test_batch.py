"""Geocoding for loads, against a real local service."""

from collections.abc import Iterator

import pytest

from geography.commune_lookup import PostalAddress
from geography.geocoding.batch import ATTEMPTS, GIVE_UP_AFTER, MAX_REQUESTS_PER_S, BatchGeocoder
from geography.geocoding.settings import GeocoderSettings
from geography.locate import CHUNK, GEOCODED, GeocodedPoint, LocateRequest, Location, Locator
from mappings.records import Precision

from .conftest import FakeAddressService

MENDE = PostalAddress("12 B av. de la République BP 139", "48000", "MENDE CEDEX", "48095")
LINE = "12 bis avenue de la republique"


def answer(lat: float, lon: float, **more: str) -> dict[str, str]:
    found = {
        "latitude": str(lat),
        "longitude": str(lon),
        "result_score": "0.93",
        "result_type": "housenumber",
        "result_citycode": "48095",
        "result_status": "ok",
    }
    return found | more


class Time:
    """A clock that sleeping moves, and nothing else."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def batch(service: FakeAddressService, time: Time) -> Iterator[BatchGeocoder]:
    geocoder = BatchGeocoder(
        service.settings(batch_timeout_s=10), clock=time.clock, sleep=time.sleep
    )
    yield geocoder
    geocoder.close()


def test_addresses_are_sent_clean_and_filtered(
    batch: BatchGeocoder, service: FakeAddressService
) -> None:
    service.batch[LINE] = answer(44.519, 3.499)
    assert batch.geocode([MENDE]) == [GeocodedPoint(44.519, 3.499, Precision.HOUSENUMBER, 0.93)]
    assert service.paths == ["/geocodage/search/csv"]
    assert service.forms == [
        {"columns": ["line", "city"], "postcode": ["postcode"], "citycode": ["citycode"]}
    ]
    assert service.batches == [
        [{"rank": "0", "line": LINE, "city": "mende", "postcode": "", "citycode": "48095"}]
    ]


@pytest.mark.parametrize(
    ("address", "postcode", "citycode"),
    [
        (PostalAddress("1 rue X", "48000", "Mende"), "48000", ""),
        (PostalAddress("1 rue X", "57085", "METZ CEDEX"), "", ""),
        (PostalAddress("1 rue X", "75015", "Paris", "75056"), "", "75115"),
        (PostalAddress("1 rue X", "", "Paris", "75056"), "", ""),
        (PostalAddress("1 rue X", "69003", "Lyon", "69003"), "", "69383"),
        (PostalAddress("1 rue X", "75015", "Paris", "75115"), "", "75115"),
        (PostalAddress("1 rue X", "01300", "Arbignieu", "01340"), "01300", ""),
    ],
)
def test_filters_are_only_those_that_can_match(
    address: PostalAddress,
    postcode: str,
    citycode: str,
    batch: BatchGeocoder,
    service: FakeAddressService,
) -> None:
    batch.geocode([address])
    first, second = service.batches
    assert (first[0]["postcode"], first[0]["citycode"]) == (postcode, citycode)
    assert (second[0]["postcode"], second[0]["citycode"]) == ("", "")


def test_only_what_found_nothing_is_asked_again(
    batch: BatchGeocoder, service: FakeAddressService
) -> None:
    service.batch = {f"{n} rue x": answer(44.5, 3.5) for n in (0, 2)}
    addresses = [PostalAddress(f"{n} rue X", "48000", "Mende") for n in range(3)]
    answers = batch.geocode(addresses)
    assert [a is not None for a in answers] == [True, False, True]
    assert [[row["rank"] for row in rows] for rows in service.batches] == [["0", "1", "2"], ["1"]]
    assert batch.unanswered == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"result_score": "0.69", "result_citycode": "48013"}, False),
        ({"result_score": "0.71", "result_citycode": "48013"}, True),
        ({"result_score": "0.5"}, True),
        ({"result_score": "0.49"}, False),
        ({"result_score": "0.6", "result_type": "locality"}, False),
        ({"result_score": ""}, False),
        ({"latitude": "nan"}, False),
        ({"latitude": ""}, False),
        ({"result_type": "poi"}, False),
    ],
)
def test_an_answer_is_believed_by_its_score_its_type_and_its_commune(
    given: dict[str, str], kept: bool, batch: BatchGeocoder, service: FakeAddressService
) -> None:
    service.batch[LINE] = answer(44.519, 3.499, **given)
    assert (batch.geocode([MENDE])[0] is not None) is kept


def test_chunks_of_two_thousand_keep_their_order(
    batch: BatchGeocoder, service: FakeAddressService
) -> None:
    service.batch = {f"{n} rue x": answer(44 + n / 10_000, 3.5) for n in range(CHUNK + 5)}
    addresses = [PostalAddress(f"{n} rue X", "48000", "Mende") for n in range(CHUNK + 5)]
    answers = batch.geocode(addresses)
    assert [a and round(a.lat, 4) for a in answers] == [
        round(44 + n / 10_000, 4) for n in range(CHUNK + 5)
    ]
    assert [len(rows) for rows in service.batches] == [CHUNK, 5]


def test_no_more_than_fifty_requests_leave_in_a_second(
    batch: BatchGeocoder, service: FakeAddressService, time: Time
) -> None:
    for _ in range(MAX_REQUESTS_PER_S):
        batch.geocode([MENDE])
    assert len(service.batches) == 2 * MAX_REQUESTS_PER_S
    assert time.now >= (2 * MAX_REQUESTS_PER_S - 1) / MAX_REQUESTS_PER_S


def test_a_passing_failure_is_tried_again(
    batch: BatchGeocoder, service: FakeAddressService, time: Time
) -> None:
    service.batch[LINE] = answer(44.519, 3.499)
    service.fail_first = ATTEMPTS - 1
    assert batch.geocode([MENDE])[0] is not None
    assert [round(s) for s in time.slept] == [1, 2]
    assert batch.unanswered == 0


def test_too_many_requests_waits_as_long_as_told(
    batch: BatchGeocoder, service: FakeAddressService, time: Time
) -> None:
    service.status, service.headers = 429, {"Retry-After": "7"}
    assert batch.geocode([MENDE]) == [None]
    assert time.slept == [7, 7]
    assert batch.unanswered == 1


@pytest.mark.parametrize(
    "state",
    [
        {"status": 503},
        {"status": 400},
        {"body": b"<html>portail</html>"},
        {"body": b"rank,latitude\n7,44\n"},
        {"body": b"\xff\xfe\x00"},
    ],
)
def test_an_ill_service_is_given_up_and_counted(
    state: dict[str, object], batch: BatchGeocoder, service: FakeAddressService
) -> None:
    for name, value in state.items():
        setattr(service, name, value)
    for _ in range(GIVE_UP_AFTER + 3):
        assert batch.geocode([MENDE]) == [None]
    assert batch.unanswered == GIVE_UP_AFTER + 3
    assert len(service.paths) == GIVE_UP_AFTER * ATTEMPTS


def test_a_slow_service_is_given_up_too(service: FakeAddressService, time: Time) -> None:
    service.delay_s = 0.5
    slow = BatchGeocoder(service.settings(batch_timeout_s=0.1), clock=time.clock, sleep=time.sleep)
    assert slow.geocode([MENDE]) == [None]
    assert slow.unanswered == 1


def test_an_absent_service_leaves_everything_to_the_gazetteer(time: Time) -> None:
    absent = BatchGeocoder(
        GeocoderSettings(url="http://127.0.0.1:1"), clock=time.clock, sleep=time.sleep
    )
    found = Locator(geocoder=absent).locate(MENDE)
    assert isinstance(found, Location)
    assert (found.insee, found.precision) == ("48095", Precision.MUNICIPALITY)
    assert absent.unanswered == 1


def test_switched_off_it_answers_nothing_and_counts_nothing() -> None:
    off = BatchGeocoder(GeocoderSettings(url="off"))
    assert off.geocode([MENDE, MENDE]) == [None, None]
    assert off.unanswered == 0


def test_a_load_takes_the_answers_that_lie_in_the_right_commune(
    batch: BatchGeocoder, service: FakeAddressService
) -> None:
    service.batch = {
        "1 rue x": answer(44.519, 3.499),
        "2 rue x": answer(48.85, 2.35, result_citycode="75104"),
    }
    requests = [LocateRequest(PostalAddress(f"{n} rue X", "48000", "Mende")) for n in (1, 2, 3)]
    found = [f for f in Locator(geocoder=batch).locate_many(requests) if isinstance(f, Location)]
    assert [f.source for f in found] == [GEOCODED, "gazetteer", "gazetteer"]
    assert found[0].precision is Precision.HOUSENUMBER
    assert found[1].reasons == ("geocoder_elsewhere",)
