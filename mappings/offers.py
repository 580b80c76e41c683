"""The index of offers: one document an offer, its slots nested in it.

Declared with ``elasticsearch.dsl``, used as a plain dictionary; never on the hot path.
"""

from typing import Any

from elasticsearch.dsl import (
    Boolean,
    Date,
    DateRange,
    Flattened,
    Float,
    GeoPoint,
    Integer,
    IntegerRange,
    Keyword,
    Mapping,
    Nested,
    Object,
    Text,
)

from mappings.analysis import analysis_settings

SCHEMA_VERSION = 9
"""Raised with every change of mapping or analysis; part of the index name."""


def _code() -> Keyword:
    return Keyword()


def _display_keyword() -> Keyword:
    """Kept and returned, never searched."""
    return Keyword(index=False, doc_values=False)


def _name() -> Text:
    """A name found whole (``names``) or by the start of its words (``names.prefix``)."""
    prefix = Text(
        analyzer="name_prefix",
        search_analyzer="name_prefix_search",
        norms=False,
        index_options="docs",
    )
    return Text(
        analyzer="name", search_analyzer="name_search", norms=False, fields={"prefix": prefix}
    )


def _words(search_analyzer: str) -> Text:
    """A name found by whole words only."""
    return Text(analyzer="name", search_analyzer=search_analyzer, norms=False, index_options="docs")


def _slots() -> Nested:
    return Nested(
        dynamic="strict",
        properties={
            "id": Keyword(),
            "start": Date(format="strict_date_time_no_millis"),
            "end": Date(format="strict_date_time_no_millis", index=False, doc_values=False),
            "overlap_instants": _instants(),
            "types": Keyword(),
            "declared_types": _display_keyword(),
            "hidden_reason": Keyword(),
            "consultation": Keyword(),
            "appointment": Keyword(),
            "source": Keyword(),
            "cpts": Keyword(),
            "seats_max": Integer(index=False, doc_values=False),
            "seats_left": Integer(),
            "url": _display_keyword(),
            "reasons": _display_keyword(),
            "received_at": Date(format="strict_date_time_no_millis", index=False, doc_values=False),
        },
    )


def _instants() -> Date:
    """Read one offer after the other, never looked up."""
    return Date(format="strict_date_time_no_millis", index=False)


def _identity() -> dict[str, Any]:
    return {
        "id": _code(),
        "kind": _code(),
        "structure_kind": _code(),
        "category": _code(),
        "title": Text(index=False),
        "names": _name(),
        "place_names": _words("name_search"),
        "structure_words": _words("structure_search"),
        "name_sound": _code(),
        "family_words": _code(),
        "family_sound": _code(),
        "labels": Text(analyzer="label", search_analyzer="label_search", norms=False),
        "rpps": _code(),
        "adeli": _code(),
        "finess": _code(),
        "siret": _code(),
        "idnst": _code(),
        "idnsts": _code(),
        "place_key": _code(),
        "family": _display_keyword(),
        "given": _display_keyword(),
        "civility": _display_keyword(),
        "gender": _code(),
        "person_key": _code(),
        "profession": _code(),
        "specialties": _code(),
        "specialty_groups": _code(),
        "sector": _code(),
        "optam": Boolean(),
        "vitale": Boolean(),
        "activity_sector": _code(),
    }


def _participation() -> dict[str, Any]:
    return {
        "participant": Boolean(),
        "via": _code(),
        "accepts_beyond": Boolean(),
        "reorientation": Boolean(),
        "editor_disabled": Boolean(),
        "cpts": _code(),
        "cpts_name": _display_keyword(),
        "cpts_phones": _display_keyword(),
        "association": _display_keyword(),
        "covers_insee": _code(),
        "covers_departments": _code(),
        "covers_km": Float(),
        "solution_professions": _code(),
        "consultation": _code(),
        "link": _display_keyword(),
    }


def _place() -> dict[str, Any]:
    return {
        "point": GeoPoint(),
        "precision": _code(),
        "place_name": _display_keyword(),
        "lines": _display_keyword(),
        "postal_code": _code(),
        "city": _display_keyword(),
        "insee": _code(),
        "department": _code(),
        "territory": _code(),
        "timezone": _code(),
        "phones": _code(),
        "hours": Object(enabled=False),
        "open_minutes": IntegerRange(),
        "maternity_level": _code(),
        "emergency": Boolean(),
        "additional_info": Text(index=False),
    }


def _travel_and_calls() -> dict[str, Any]:
    return {
        "landmass": _code(),
        "zone": _code(),
        "orientations_today": Object(
            dynamic="strict",
            properties={"day": Date(format="strict_date"), "count": Integer()},
        ),
    }


def offers_mapping() -> dict[str, Any]:
    """The strict mapping of the index of offers."""
    mapping = Mapping()
    mapping.meta("dynamic", "strict")
    properties = {
        **_identity(),
        **_participation(),
        **_place(),
        "fair_key": Integer(),
        "absences": DateRange(format="strict_date_time_no_millis"),
        "always_absent": Boolean(),
        "sources": Object(enabled=False),
        "slots": _slots(),
        "answered_at": Flattened(index=False),
        **_travel_and_calls(),
    }
    for name, field in properties.items():
        mapping.field(name, field)
    return mapping.to_dict()


def offers_settings(replicas: int = 0) -> dict[str, Any]:
    """Index settings: one primary shard (202 MB at national size), refresh 1 s."""
    return {
        "number_of_shards": 1,
        "number_of_replicas": replicas,
        "refresh_interval": "1s",
        "max_result_window": 10_000,
        "analysis": analysis_settings(),
    }
