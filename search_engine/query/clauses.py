"""Parts that several requests share: boolean, constant and geographic clauses, source fields."""

from geography.gazetteer import load_gazetteer
from search_engine.backend.bodies import Body, Clause
from search_engine.request.area import Area, AreaKind

CARD_FIELDS = (
    *("id", "kind", "structure_kind", "title", "rpps", "family", "given", "profession"),
    *(
        "specialties",
        "sector",
        "optam",
        "vitale",
        "participant",
        "via",
        "cpts",
        "cpts_name",
        "accepts_beyond",
    ),
    *("association", "place_name", "lines", "postal_code", "city", "insee", "department", "point"),
    *("precision", "timezone", "phones", "hours", "additional_info", "sources"),
    *("absences", "always_absent", "place_key", "landmass", "zone", "emergency"),
    *("category", "maternity_level"),
    *("gender", "orientations_today"),
)
SLOT_FIELDS = (
    *("id", "start", "end", "types", "consultation", "appointment", "source", "cpts"),
    *("seats_max", "seats_left", "url", "reasons"),
)
SOURCE = [*CARD_FIELDS, *(f"slots.{field}" for field in SLOT_FIELDS)]
"""Fields requested of ``_source``: those that a card may show, or that count for its rank."""


def or_clause(clauses: list[Clause]) -> Clause:
    """At least one of the clauses; an empty list matches nothing (F084)."""
    if len(clauses) == 1:
        return clauses[0]
    if not clauses:
        return {"match_none": {}}
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def and_clause(clauses: list[Clause]) -> Clause:
    """Every clause, without score; an empty list matches everything."""
    return {"bool": {"filter": clauses}} if clauses else {"match_all": {}}


def constant_score(clause: Clause, boost: float, name: str | None = None) -> Clause:
    """The clause worth exactly ``boost``; ``name`` comes back in ``matched_queries``."""
    named = {} if name is None else {"_name": name}
    return {"constant_score": {"filter": clause, "boost": boost, **named}}


def circle(area: Area, radius_km: float) -> Clause:
    """Offers within ``radius_km`` kilometres of the centre; zero is a coordinate (W21)."""
    return {"geo_distance": {"distance": f"{radius_km:.9f}km", "point": center(area)}}


def within(area: Area, radius_km: float) -> Clause:
    """Located offers of the circle, and around a commune its own wherever the circle ends.

    A commune may reach farther than the radius: 18 % of the offers of Paris lie beyond its 5 km.
    """
    codes = own_codes(area)
    if not codes:
        return circle(area, radius_km)
    own = and_clause([{"terms": {"insee": list(codes)}}, {"exists": {"field": "point"}}])
    return or_clause([circle(area, radius_km), own])


def own_codes(area: Area) -> tuple[str, ...]:
    """The codes of the commune searched, its city or its districts; none around a point."""
    if area.kind is not AreaKind.COMMUNE or area.insee is None:
        return ()
    return load_gazetteer().insee_family(area.insee)


def center(area: Area) -> dict[str, float]:
    """The centre of the area as a ``geo_point``."""
    return {"lat": area.lat, "lon": area.lon}


def distance_sort(area: Area) -> Body:
    """Nearest to the centre first, in kilometres."""
    return {"_geo_distance": {"point": center(area), "order": "asc", "unit": "km"}}


def distance_order(area: Area) -> list[Body]:
    """Nearest first, then the id."""
    return [distance_sort(area), {"id": {"order": "asc"}}]
