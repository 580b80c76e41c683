"""Location of offers, for loads (design 6, Locate).

In this order: the source's own point, re-projected and checked; an address geocoded before; the
geocoder, in batches; the commune's point, marked ``municipality``. A commune's point dressed up
as a precise one is marked for what it is (traps 53 and 54).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple, Protocol

from geography.address import address_key, normalise_line
from geography.commune_lookup import PostalAddress, find_commune
from geography.departments import commune_zone
from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.projections import (
    ProjectedPoint,
    is_in_department,
    is_near_commune,
    precision_rank,
    to_wgs84,
)
from geography.reasons import Note, Refusal, Unlocatable
from mappings.records import Precision

OWN, GEOCODED_BEFORE, GEOCODED, GAZETTEER = "own_point", "geocoded_before", "geocoder", "gazetteer"
"""Values of ``source``: the origin of a point."""

CHUNK = 2_000
"""Addresses sent to the geocoder at once: 8,000 fail one time in eight (data-sources 4.2)."""

CENTRE_KM = 0.005
"""A point this near to the commune's own is that point, rounded; a practice beside it is not."""

MAX_ADDRESSES_A_POINT = 20
"""More different addresses on exactly one point: a default point, not a place (trap 54)."""

CACHE_SIZE = 1 << 17
"""Cached places by query, 50 MB at most: several people practise at one address."""

RANKS = {1: Precision.HOUSENUMBER, 2: Precision.STREET, 3: Precision.LOCALITY}
"""Precision ranks of Atlasanté; from 4 on the point is the commune's."""

WORST_FIRST = tuple(reversed(Precision))


class RawPoint(NamedTuple):
    """A pair as published, and the source's words on its projection and precision."""

    x: str | float | None
    y: str | float | None
    source: str = ""


class GeocodedPoint(NamedTuple):
    """Answer of a geocoder: WGS84 degrees, type and score (0 to 1, 1 when not given)."""

    lat: float
    lon: float
    precision: Precision
    score: float = 1.0


class AddressBatch(Protocol):
    """Geocoder of many addresses at once: ``geography.geocoding.batch.BatchGeocoder``."""

    def geocode(self, addresses: Sequence[PostalAddress]) -> list[GeocodedPoint | None]:
        """One answer an address, in the same order; None when none is good enough."""
        ...


class LocateRequest(NamedTuple):
    """An address, the points its source gives it, the likeliest first, and its BAN key.

    A BAN key names how precise the point is by its parts: ``01034``, ``01034_0123``,
    ``01034_0123_00700``.
    """

    address: PostalAddress
    points: tuple[RawPoint, ...] = ()
    ban_key: str = ""


class Location(NamedTuple):
    """A located place: WGS84 degrees, precision and source of the point, commune, time zone.

    ``reasons`` are the codes of ``geography.reasons``, refused points included. ``score`` is
    the likeness the geocoder gave, None for other sources.
    """

    lat: float
    lon: float
    precision: Precision
    source: str
    insee: str
    city: str
    department: str
    zone: str
    reasons: tuple[str, ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class LocationFailure:
    """A place that cannot be found, and why."""

    reason: Unlocatable
    reasons: tuple[str, ...] = ()


class Locator:
    """Finds where offers are; one object a load, it remembers what the geocoder answered."""

    def __init__(
        self,
        *,
        gazetteer: Gazetteer | None = None,
        answers: Mapping[str, GeocodedPoint] | None = None,
        geocoder: AddressBatch | None = None,
        crowded: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """``answers`` by ``address_key``; ``crowded`` as ``crowded_points`` gives it."""
        self._gazetteer = gazetteer or load_gazetteer()
        self._answers = answers or {}
        self._geocoder = geocoder
        self._crowded = crowded
        self._geocoded: dict[str, GeocodedPoint | None] = {}
        self._cached_location = lru_cache(maxsize=CACHE_SIZE)(self._locate_offline)
        self._cached_commune = lru_cache(maxsize=CACHE_SIZE)(self._find_named_commune)

    def locate(
        self, address: PostalAddress, points: Sequence[RawPoint] = (), ban_key: str = ""
    ) -> Location | LocationFailure:
        """Location of one address."""
        return next(self.locate_many([LocateRequest(address, tuple(points), ban_key)]))

    def locate_many(
        self, requests: Iterable[LocateRequest]
    ) -> Iterator[Location | LocationFailure]:
        """Location of each address, in order, in memory bounded by ``CHUNK``."""
        remaining = iter(requests)
        while chunk := list(islice(remaining, CHUNK)):
            found = [self._cached_location(request) for request in chunk]
            yield from found if self._geocoder is None else self._geocode(chunk, found)

    def _geocode(
        self, chunk: list[LocateRequest], found: list[Location | LocationFailure]
    ) -> Iterator[Location | LocationFailure]:
        """The places of a chunk, those the geocoder knows better improved."""
        pairs = list(zip(chunk, found, strict=True))
        self._geocode_missing(
            [request.address for request, place in pairs if _is_improvable(request, place)]
        )
        for request, place in pairs:
            yield (
                self._improve_location(request, place) if _is_improvable(request, place) else place
            )

    def _locate_offline(self, request: LocateRequest) -> Location | LocationFailure:
        named = self._cached_commune(*request.address[1:])
        if named is Unlocatable.FOREIGN:
            return LocationFailure(Unlocatable.FOREIGN)
        if isinstance(named, Unlocatable):
            own, refused = self._own_point(request, None)
            found = own and own._replace(reasons=(Note.COMMUNE_FROM_POINT, *own.reasons))
            return found or LocationFailure(named, refused)
        whole, placed = named
        if request.points:
            own, refused = self._own_point(request, whole)
            after = () if own is None else own.reasons
            placed = (own or placed)._replace(reasons=(*placed.reasons, *refused, *after))
        answer = self._answers.get(_key(request.address)) if self._answers else None
        return placed if answer is None else _apply_answer(placed, whole, answer, GEOCODED_BEFORE)

    def _find_named_commune(
        self, postal_code: str, city: str, insee: str, country: str
    ) -> tuple[Commune, Location] | Unlocatable:
        """The commune that an address names, whatever its street, and its point."""
        address = PostalAddress("", postal_code, city, insee, country)
        named = find_commune(self._gazetteer, address)
        if isinstance(named, Unlocatable):
            return named
        whole = self._gazetteer.by_insee(named.commune.insee) or named.commune
        return whole, _commune_location(named.commune, named.notes)

    def _own_point(
        self, request: LocateRequest, commune: Commune | None
    ) -> tuple[Location | None, tuple[str, ...]]:
        """The first of the source's points that can be true, and why the others cannot."""
        refused: list[str] = []
        for raw in request.points:
            point = to_wgs84(raw.x, raw.y, raw.source, commune and commune.department, commune)
            if isinstance(point, Refusal):
                refused.append(point)
            elif commune is not None and not is_near_commune(point.lat, point.lon, commune):
                refused.append(Refusal.FAR_FROM_COMMUNE)
            else:
                around = commune or self._gazetteer.nearest(point.lat, point.lon)
                return self._build_own_location(request, raw, point, around), tuple(refused)
        return None, tuple(refused)

    def _build_own_location(
        self, request: LocateRequest, raw: RawPoint, point: ProjectedPoint, commune: Commune
    ) -> Location:
        precision, notes = _read_precision(raw, request.ban_key), list(point.notes)
        if distance_km(point.lat, point.lon, commune.lat, commune.lon) <= CENTRE_KM:
            precision = Precision.MUNICIPALITY
        if precision is Precision.MUNICIPALITY:
            notes.append(Note.COMMUNE_POINT)
        if _pair(raw) in self._crowded:
            precision = Precision.MUNICIPALITY
            notes.append(Note.DEFAULT_POINT)
        placed = _commune_location(commune, tuple(notes))
        return placed._replace(lat=point.lat, lon=point.lon, precision=precision, source=OWN)

    def _geocode_missing(self, addresses: Iterable[PostalAddress]) -> None:
        """Geocode the addresses not cached, each once."""
        if self._geocoder is None:
            return
        new: dict[str, PostalAddress] = {}
        for address in addresses:
            if (key := _key(address)) not in self._geocoded:
                new.setdefault(key, address)
        if new:
            answers = self._geocoder.geocode(list(new.values()))
            self._geocoded.update(zip(new, answers, strict=True))

    def _improve_location(
        self, request: LocateRequest, found: Location | LocationFailure
    ) -> Location | LocationFailure:
        answer = self._geocoded.get(_key(request.address))
        commune = self._gazetteer.by_insee(found.insee) if isinstance(found, Location) else None
        if answer is None or commune is None or not isinstance(found, Location):
            return found
        return _apply_answer(found, commune, answer, GEOCODED)


def find_crowded_points(requests: Iterable[LocateRequest]) -> frozenset[tuple[str, str]]:
    """The raw pairs with more than 20 different street lines: default points (trap 54)."""
    lines: dict[tuple[str, str], set[str]] = defaultdict(set)
    for request in requests:
        for raw in request.points:
            seen = lines[_pair(raw)]
            if len(seen) <= MAX_ADDRESSES_A_POINT:
                seen.add(normalise_line(request.address.line))
    return frozenset(pair for pair, seen in lines.items() if len(seen) > MAX_ADDRESSES_A_POINT)


@cache
def _offline_locator() -> Locator:
    return Locator()


def locate(
    address: PostalAddress, points: Sequence[RawPoint] = (), ban_key: str = ""
) -> Location | LocationFailure:
    """Location of one address, without network."""
    return _offline_locator().locate(address, points, ban_key)


def _key(address: PostalAddress) -> str:
    return address_key(address.line, address.postal_code, address.city)


def _pair(raw: RawPoint) -> tuple[str, str]:
    return str(raw.x).strip(), str(raw.y).strip()


def _read_precision(raw: RawPoint, ban_key: str) -> Precision:
    """Declared precision of a point: by its BAN key, else its rank, else its street at best."""
    if ban_key:
        parts = ban_key.count("_")
        return (Precision.MUNICIPALITY, Precision.STREET, Precision.HOUSENUMBER)[min(parts, 2)]
    rank = precision_rank(raw.source)
    return Precision.STREET if rank is None else RANKS.get(rank, Precision.MUNICIPALITY)


def _is_improvable(request: LocateRequest, found: Location | LocationFailure) -> bool:
    """True for an address with a street that only its commune places so far."""
    located = isinstance(found, Location) and found.precision is Precision.MUNICIPALITY
    return located and bool(normalise_line(request.address.line))


def _apply_answer(
    found: Location, commune: Commune, answer: GeocodedPoint, source: str
) -> Location:
    """The geocoder's point when it is better and in the right place (trap 55)."""
    if WORST_FIRST.index(answer.precision) <= WORST_FIRST.index(found.precision):
        return found
    near = is_near_commune(answer.lat, answer.lon, commune)
    if not (near and is_in_department(answer.lat, answer.lon, commune.department, commune)):
        return found._replace(reasons=(*found.reasons, Note.GEOCODER_ELSEWHERE))
    return found._replace(
        lat=answer.lat,
        lon=answer.lon,
        precision=answer.precision,
        source=source,
        score=answer.score,
    )


def _commune_location(commune: Commune, reasons: tuple[str, ...]) -> Location:
    return Location(
        lat=commune.lat,
        lon=commune.lon,
        precision=Precision.MUNICIPALITY,
        source=GAZETTEER,
        insee=commune.insee,
        city=commune.name,
        department=commune.department,
        zone=commune_zone(commune.insee),
        reasons=reasons,
    )
