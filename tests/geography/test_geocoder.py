"""Where a patient is: the chain of geocoders against a real local service."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
import structlog
from pydantic import ValidationError

from geography.departments import departments
from geography.gazetteer import load_gazetteer
from geography.geocoding.breaker import CircuitBreaker
from geography.geocoding.geocoder import GAZETTEER, NATIONAL_API, GeocodedAddress, Geocoder
from geography.geocoding.settings import GeocoderSettings, geocoder_settings
from mappings.records import Precision
from tests.suite.waiting import PATIENCE_S, wait_for_async

from .conftest import FakeAddressService, feature

STREET = "12 rue de la République 48000 Mende"
OFFLINE = Geocoder(GeocoderSettings(url="off"))
COMMUNES = load_gazetteer()


class GeocoderClock:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> GeocoderClock:
    return GeocoderClock()


@pytest.fixture
async def geocoder(service: FakeAddressService, clock: GeocoderClock) -> AsyncIterator[Geocoder]:
    chain = Geocoder(service.settings(), clock=clock)
    yield chain
    await chain.aclose()


async def find_address(geocoder: Geocoder, text: str, **codes: str) -> GeocodedAddress:
    place = await geocoder.geocode(text, **codes)  # type: ignore[arg-type]
    assert place is not None
    return place


@pytest.mark.proves("F005")
async def test_an_address_is_placed_by_the_service(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    place = await find_address(geocoder, STREET)
    assert place == GeocodedAddress(
        label="12 Rue de la République 48000 Mende",
        lat=44.519,
        lon=3.499,
        insee="48095",
        city="Mende",
        postal_code="48000",
        department="48",
        precision=Precision.HOUSENUMBER,
        score=0.93,
        source=NATIONAL_API,
    )
    assert service.queries == [{"q": STREET, "limit": "5"}]
    assert service.paths == ["/geocodage/search"]


async def test_codes_become_filters_of_the_service(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    await geocoder.geocode("12 rue de la République", insee="48095", near=(44.5, 0.0))
    await geocoder.geocode("12 rue de la République", postcode="48000")
    await geocoder.geocode("12 rue Lecourbe", insee="75056")
    await geocoder.geocode("12 rue X", postcode="57085")
    filters = [
        {k: v for k, v in asked.items() if k not in ("q", "limit")} for asked in service.queries
    ]
    assert filters == [
        {"citycode": "48095", "lat": "44.5", "lon": "0.0"},
        {"postcode": "48000"},
        {},
        {},
    ]


@pytest.mark.proves("F016", "W21")
async def test_a_patient_at_longitude_zero(geocoder: Geocoder, service: FakeAddressService) -> None:
    commune = COMMUNES.nearest(44.9, 0.0)
    service.features = [feature(44.9, 0.0, citycode=commune.insee, city=commune.name)]
    place = await find_address(geocoder, f"1 route de Greenwich, {commune.name}")
    assert (place.lat, place.lon, place.source) == (44.9, 0.0, NATIONAL_API)


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (feature(48.85, 2.35, citycode="75104"), {}),  # another department than the postcode
        (feature(48.85, 2.35, citycode="75104"), {"insee": "48095"}),
        (feature(48.85, 2.35, citycode="75104"), {"postcode": "48000"}),
        (feature(44.519, -3.499), {}),  # the sign flipped, in the sea
        (feature(3.499, 44.519), {}),  # swapped
        (feature(0.0, 0.0), {}),
        (feature(52.5, 13.4, citycode="99109"), {}),  # outside France
        (feature(44.519, 3.499, score=0.49), {}),
        (feature(44.519, 3.499, score=0.6, type="locality"), {}),
        (feature(44.519, 3.499, type="poi"), {}),
    ],
)
async def test_an_answer_that_cannot_be_is_refused(
    wrong: dict[str, object],
    codes: dict[str, str],
    geocoder: Geocoder,
    service: FakeAddressService,
) -> None:
    service.features = [wrong]
    place = await find_address(geocoder, STREET, **codes)
    assert (place.insee, place.source) == ("48095", GAZETTEER)
    assert place.precision is Precision.MUNICIPALITY


async def test_the_first_answer_that_can_be_is_taken(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.features = [
        feature(48.85, 2.35, citycode="75104", score=0.97),
        feature(44.518, 3.498, score=0.55, type="street"),
    ]
    place = await find_address(geocoder, STREET)
    assert (place.lat, place.precision, place.score) == (44.518, Precision.STREET, 0.55)


async def test_a_district_is_in_the_city_asked_for(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.features = [feature(48.841, 2.3, citycode="75115", city="Paris", score=0.6)]
    assert (await find_address(geocoder, "1 rue Lecourbe", insee="75056")).insee == "75115"


def set_service_state(**state: object) -> Callable[[FakeAddressService], None]:
    def change(service: FakeAddressService) -> None:
        for name, value in state.items():
            setattr(service, name, value)

    return change


SERVICE_FAILURES = {
    "slow": set_service_state(delay_s=2.5),
    "unavailable": set_service_state(status=503),
    "too many": set_service_state(status=429, headers={"Retry-After": "5"}),
    "garbage": set_service_state(body=b"<html>portail captif</html>"),
    "other json": set_service_state(body=b'{"code": 12}'),
    "list": set_service_state(body=b"[1]"),
    "not a list": set_service_state(body=b'{"features": 3}'),
    "odd features": set_service_state(body=b'{"features": [null, {"properties": null}]}'),
    "bad request": set_service_state(status=400),
    "redirect": set_service_state(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    "absent": set_service_state(base="http://127.0.0.1:1"),
}


@pytest.mark.proves("F006")
@pytest.mark.parametrize("illness", SERVICE_FAILURES)
async def test_an_ill_service_gives_way_to_the_gazetteer(
    illness: str, service: FakeAddressService
) -> None:
    SERVICE_FAILURES[illness](service)
    geocoder = Geocoder(service.settings(timeout_ms=300))
    place = await find_address(geocoder, STREET)
    assert (place.insee, place.source) == ("48095", GAZETTEER)
    assert (place.precision, place.score) == (Precision.MUNICIPALITY, 0.5)
    await geocoder.aclose()


async def test_a_dead_service_costs_one_timeout_in_thirty_seconds(
    geocoder: Geocoder, service: FakeAddressService, clock: GeocoderClock
) -> None:
    service.status = 503
    for _ in range(5):
        await geocoder.geocode(STREET)
    assert len(service.queries) == 1
    clock.now += 29.9
    await geocoder.geocode(STREET)
    assert len(service.queries) == 1
    clock.now += 0.2
    await asyncio.gather(*(geocoder.geocode(STREET) for _ in range(5)))
    assert len(service.queries) == 2
    service.status = 200
    clock.now += 30.1
    assert (await find_address(geocoder, STREET)).source == NATIONAL_API
    assert (await find_address(geocoder, STREET)).source == NATIONAL_API
    assert len(service.queries) == 4


async def test_a_service_that_says_when_to_come_back_is_heard(
    geocoder: Geocoder, service: FakeAddressService, clock: GeocoderClock
) -> None:
    service.status, service.headers = 429, {"Retry-After": "2"}
    await geocoder.geocode(STREET)
    service.status, service.headers = 200, {}
    clock.now += 2.1
    assert (await find_address(geocoder, STREET)).source == NATIONAL_API


async def test_a_bad_request_does_not_close_the_service(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.status = 400
    await geocoder.geocode(STREET)
    service.status = 200
    assert (await find_address(geocoder, STREET)).source == NATIONAL_API


async def test_a_redirection_is_no_answer_that_an_address_is_unknown(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.status, service.headers = 302, {"Location": "http://127.0.0.1:1/"}
    await geocoder.geocode(STREET)
    assert geocoder.is_down


async def test_a_slow_service_does_not_delay_another_search(service: FakeAddressService) -> None:
    service.delay_s = 2 * PATIENCE_S
    geocoder = Geocoder(service.settings(timeout_ms=60_000))
    slow = asyncio.create_task(geocoder.geocode(STREET))
    await wait_for_async(lambda: service.queries)
    async with asyncio.timeout(PATIENCE_S / 2):
        assert (await find_address(geocoder, "Mende")).source == GAZETTEER
    assert not slow.done()
    slow.cancel()
    await geocoder.aclose()


@pytest.mark.parametrize("half", [None, 0.2])
def test_the_breaker_lets_one_try_again(half: float | None) -> None:
    clock = GeocoderClock()
    breaker = CircuitBreaker(30, clock)
    assert breaker.allows()
    assert breaker.allows()
    breaker.record_failure(half)
    assert not breaker.allows()
    clock.now += half or 30
    assert breaker.allows()
    assert not breaker.allows()
    breaker.record_success()
    assert breaker.allows()


@pytest.mark.proves("F005")
@pytest.mark.parametrize(
    ("text", "insee"),
    [
        ("Mende", "48095"),
        ("mende, France", "48095"),
        ("48000", "48095"),
        ("48000 Mende", "48095"),
        ("75015 Paris", "75115"),
        ("Paris 15e", "75115"),
        ("Paris", "75056"),
        ("Saint Etienne", "42218"),
        ("Saint-Denis (974)", "97411"),
        ("Vienne", "38544"),
        ("Mamoudzou", "97611"),
        ("Gustavia 97133", "97701"),
    ],
)
async def test_a_commune_needs_no_network(
    text: str, insee: str, geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.features = []
    place = await find_address(geocoder, text)
    assert (place.insee, place.source) == (insee, GAZETTEER)
    assert place.precision is Precision.MUNICIPALITY
    if not text.startswith("Gustavia"):
        assert place.score == 1.0
        assert service.queries == []


async def test_half_a_surrogate_pair_is_left_out(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    assert (await find_address(geocoder, f"\ud83d{STREET}")).source == NATIONAL_API
    assert service.queries[0]["q"] == STREET


async def test_resolving_goes_through_the_service_too(geocoder: Geocoder) -> None:
    place = await geocoder.resolve_text(STREET)
    assert isinstance(place, GeocodedAddress)
    assert place.source == NATIONAL_API


async def test_the_service_is_told_the_department_of_the_caller_and_nothing_more(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    await geocoder.resolve_text(STREET, home={"48"})
    await geocoder.resolve_text(STREET, home={"48", "30"})
    lozere = departments()["48"]
    assert (service.queries[0]["lat"], service.queries[0]["lon"]) == (
        str(lozere.lat),
        str(lozere.lon),
    )
    assert "lat" not in service.queries[1]


async def test_the_centre_of_a_circle_is_named_by_the_service(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    place = await geocoder.reverse(44.5191, 3.4991)
    assert (place.label, place.source) == ("12 Rue de la République 48000 Mende", NATIONAL_API)
    assert service.paths == ["/geocodage/reverse"]
    assert service.queries == [{"lat": "44.5191", "lon": "3.4991"}]


@pytest.mark.proves("F006", "F015")
@pytest.mark.parametrize("illness", [i for i in SERVICE_FAILURES if i != "redirect"])
async def test_the_centre_of_a_circle_is_named_without_the_service(
    illness: str, service: FakeAddressService
) -> None:
    SERVICE_FAILURES[illness](service)
    geocoder = Geocoder(service.settings(timeout_ms=300))
    place = await geocoder.reverse(44.5191, 3.4991)
    assert (place.insee, place.source) == ("48095", GAZETTEER)
    await geocoder.aclose()


@pytest.mark.proves("F015", "F016")
async def test_the_commune_of_a_circle_is_found_offline_and_at_longitude_zero() -> None:
    place = await OFFLINE.reverse(44.9, 0.0)
    assert place.insee == COMMUNES.nearest(44.9, 0.0).insee


async def test_a_far_away_address_does_not_name_a_circle(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    service.features = [feature(44.6, 3.6)]
    assert (await geocoder.reverse(44.519, 3.499)).source == GAZETTEER


@pytest.mark.parametrize("status", [200, 503])
async def test_no_log_ever_holds_the_address(
    status: int,
    geocoder: Geocoder,
    service: FakeAddressService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.status = status
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "geopy", "geography", "urllib3.connectionpool"):
        caplog.set_level(logging.DEBUG, logger=name)
    with structlog.testing.capture_logs() as events:
        await geocoder.geocode("77 impasse Secrete 48000 Mende", near=(44.123456, 3.654321))
        if status == 503:
            geocoder = Geocoder(service.settings())
        await geocoder.reverse(44.519876, 3.498765)
    written = caplog.text + str([r.__dict__ for r in caplog.records]) + str(events)
    for secret in ("Secrete", "secrete", "44.123456", "3.654321", "44.519876", "3.498765"):
        assert secret not in written
    assert service.queries[0]["q"].startswith("77 impasse Secrete")
    assert any(record.name == "httpx" for record in caplog.records)
    assert bool(events) == (status == 503)


def test_the_service_is_configured_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert geocoder_settings().base == "https://data.geopf.fr/geocodage"
    assert geocoder_settings().timeout_ms == 800
    monkeypatch.setenv("SAS_GEOCODER_URL", "http://127.0.0.1:7878/")
    monkeypatch.setenv("SAS_GEOCODER_TIMEOUT_MS", "250")
    assert geocoder_settings().base == "http://127.0.0.1:7878"
    assert geocoder_settings().timeout_ms == 250
    monkeypatch.setenv("SAS_GEOCODER_URL", "off")
    assert geocoder_settings().base is None
    for wrong in ("ftp://x", "data.geopf.fr", "http://x/?key=1"):
        monkeypatch.setenv("SAS_GEOCODER_URL", wrong)
        with pytest.raises(ValidationError):
            geocoder_settings()
