"""Offers, slots, areas and searches made by hand, for tests that tell one thing each."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from elasticsearch import AsyncElasticsearch

from search_engine.backend.hints import QueryHintCache
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.search import search
from search_engine.request.area import Area, AreaKind
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation
from search_engine.request.typed_line import LineRead, read_line
from search_engine.understanding.reading import Reading
from slots.stored import overlap_instants
from tests.geography.empty_geocoder import EmptyGeocoder

NOW = datetime(2026, 6, 16, 8, 5, tzinfo=UTC)
"""A Tuesday of summer, 10:05 in Paris."""

LAT, LON = 49.3211, 0.0
"""Villers-sur-Mer, on the meridian of Greenwich: zero is a coordinate."""

KM = 1 / 111.195
"""One kilometre of latitude, in degrees."""

Offer = dict[str, Any]


def utc(moment: datetime) -> str:
    """The instant as the index writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def after(hours: float) -> str:
    """So many hours after now."""
    return utc(NOW + timedelta(hours=hours))


def slot(hours: float = 1, minutes: float = 20, **fields: Any) -> dict[str, Any]:
    """A public slot of the office, so many hours after now."""
    start = NOW + timedelta(hours=hours)
    end = start + timedelta(minutes=minutes)
    return {
        "id": f"slot-{hours}",
        "start": utc(start),
        "end": utc(end),
        "overlap_instants": overlap_instants(utc(start), utc(end)),
        "types": ["PUBLIC"],
        "declared_types": ["PUBLIC"],
        "source": "editor-a",
        "received_at": utc(NOW),
        **fields,
    }


def doctor(key: str, km: float = 1, slots: Sequence[dict[str, Any]] = (), **fields: Any) -> Offer:
    """A general practitioner so many kilometres north of the centre."""
    rpps = fields.get("rpps", f"1{crc32(key.encode()):010d}")
    return {
        "id": f"rpps:{rpps}@{key}",
        "kind": "professional",
        "title": f"Dr {key}",
        "names": [f"NOM{key.upper()} Claude"],
        "rpps": rpps,
        "family": f"NOM{key.upper()}",
        "given": "Claude",
        "profession": "10",
        "specialties": ["SM54"],
        "sector": "1",
        "place_key": key,
        "timezone": "Europe/Paris",
        "department": "14",
        "insee": "14754",
        "city": "Villers-sur-Mer",
        "postal_code": "14640",
        "lines": ["1 rue de la Mer"],
        "point": {"lat": LAT + km * KM, "lon": LON},
        "precision": "housenumber",
        "fair_key": crc32(key[::-1].encode()) % 2**31,
        "sources": {"identity": {"source": "rpps", "date": "2026-06-01"}},
        "slots": list(slots),
        **fields,
    }


def structure(key: str, kind: str, category: str, km: float = 1, **fields: Any) -> Offer:
    """A structure so many kilometres north of the centre, without slots unless given."""
    made = doctor(key, km, **fields)
    for name in ("rpps", "family", "given", "profession", "specialties", "sector"):
        made.pop(name, None)
    named = {"title": key, "names": [key], "structure_kind": kind, "category": category}
    return {**made, "id": f"finess:{key}", "kind": "structure", **named, **fields}


def cpts(finess: str, *covers: str, km: float = 3, **fields: Any) -> Offer:
    """The document of a CPTS and the communes it covers; it declares itself, as every one does."""
    made = structure(finess, "other", "604", km, **fields)
    for name in ("structure_kind", "category", "place_key"):
        del made[name]
    named = {"title": f"CPTS {finess}", "names": [f"CPTS {finess}"], "finess": finess}
    declared = {"cpts": [finess], "covers_insee": list(covers)}
    return {**made, "id": f"cpts:{finess}", "kind": "cpts", **named, **declared, **fields}


def solution(key: str, **fields: Any) -> Offer:
    """A marketplace solution of general practitioners over the whole department."""
    made = cpts(key, **fields)
    for name in ("finess", "cpts", "covers_insee", "point"):
        made.pop(name, None)
    named = {"title": f"Solution {key}", "link": "https://place.example/ask"}
    covers = {"covers_departments": ["14"], "solution_professions": ["10"]}
    return {**made, "id": f"solution:editor:{key}", "kind": "solution", **named, **covers, **fields}


def area(**fields: Any) -> Area:
    """Around the patient's own point, 20 km, not to be enlarged unless said."""
    values: dict[str, Any] = {
        "kind": AreaKind.POINT,
        "label": "Villers-sur-Mer",
        "lat": LAT,
        "lon": LON,
        "department": "14",
        "zone": "Europe/Paris",
        "reference_km": 20.0,
        "step_km": 10.0,
        "radius_km": 20.0,
        "patient_point": True,
        "explicit_radius": True,
    }
    return Area(**{**values, **fields})


def commune(**fields: Any) -> Area:
    """Around the point of the commune: nobody's distance is known."""
    return area(**{"kind": AreaKind.COMMUNE, "patient_point": False, **fields})


def department(code: str = "14", **fields: Any) -> Area:
    """A whole department."""
    border = {"kind": AreaKind.DEPARTMENT, "department": code, "radius_km": None}
    return commune(**{**border, "explicit_radius": False, **fields})


def read_as(meaning: Interpretation) -> Callable[[Criteria], LineRead]:
    """Stands for the reading of any text."""
    return lambda criteria: LineRead(criteria.what, Reading(()), meaning)


class Searcher:
    """Searches one alias as the use case does, the place being given."""

    def __init__(self, client: AsyncElasticsearch, alias: str) -> None:
        self.client = client
        self.alias = alias
        self.hints = QueryHintCache()

    async def page(
        self,
        what: str = "médecin généraliste",
        where: Area | None = None,
        *,
        now: datetime = NOW,
        meaning: Interpretation | None = None,
        key: CursorKey | None = None,
        **criteria: Any,
    ) -> dict[str, Any]:
        """The page of a search; criteria as a caller gives them.

        Unless another profile is named it is the published one, whose order is certain where offers
        differ by their distance alone.
        """
        place = where or area()
        criteria.setdefault("profile", "published")

        async def resolve_to_place(criteria: Criteria, deps: Any) -> Area:
            return place

        return await search(
            self.client,
            self.alias,
            Criteria(what=what, lat=place.lat, lon=place.lon, **criteria),
            now,
            geocoder=EmptyGeocoder(),
            resolve_area=resolve_to_place,
            read_line=read_line if meaning is None else read_as(meaning),
            key=key,
            hints=self.hints,
        )

    async def keys(self, *args: Any, **kwargs: Any) -> list[str]:
        """The place keys of the results, in order."""
        page = await self.page(*args, **kwargs)
        return [offer_key(result) for result in page["results"]]


def offer_key(result: dict[str, Any]) -> str:
    """The key given to the offer when it was made."""
    return str(result["id"].partition("@")[2] or result["id"].partition(":")[2])
