"""Offers and slots for tests, as plain records."""

from datetime import UTC, datetime
from typing import Any

from mappings.offer_ids import fair_key
from mappings.records import CanonicalSlot, Offer, StoredSlot
from slots.stored import overlap_instants

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
RPPS = "10100050075"
SIRET = "34173748400020"


def offer(key: str = "1810004421", **fields: Any) -> Offer:
    """A professional's place at Agen; ``key`` is its place key."""
    found: dict[str, Any] = {
        "id": f"rpps:{RPPS}@{key}",
        "kind": "professional",
        "title": "Dr Sébastien THOMAS",
        "names": ["THOMAS Sébastien"],
        "fair_key": fair_key(key),
        "timezone": "Europe/Paris",
        "department": "47",
        "sources": {"identity": {"source": "rpps"}},
        "rpps": RPPS,
        "family": "THOMAS",
        "given": "Sébastien",
        "profession": "10",
        "specialties": ["SM54"],
        "place_key": key,
        "idnst": key,
        "lines": ["1 RUE MADAME DELMAS"],
        "postal_code": "47000",
        "city": "AGEN",
        "phones": ["+33553000000"],
        "point": {"lat": 44.2, "lon": 0.62},
        "precision": "housenumber",
    }
    return without_unknown(found | fields)


def sos_point(key: str = "1111111111", **fields: Any) -> Offer:
    """A fixed point of an association at Rennes."""
    found: dict[str, Any] = {
        "id": f"sos:{SIRET}:{key}",
        "kind": "sos_point",
        "title": "SOS Médecins Rennes",
        "names": ["SOS Médecins Rennes"],
        "fair_key": fair_key(key),
        "timezone": "Europe/Paris",
        "department": "35",
        "sources": {"identity": {"source": "sos"}},
        "siret": SIRET,
        "lines": ["320 AVENUE GENERAL GEORGES PATTON"],
        "postal_code": "35700",
        "city": "RENNES",
    }
    return without_unknown(found | fields)


def without_unknown(fields: dict[str, Any]) -> Offer:
    """The record without the keys given as None."""
    return {name: value for name, value in fields.items() if value is not None}  # type: ignore[return-value]


def canonical(slot: str = "s1", hour: int = 9, **fields: Any) -> CanonicalSlot:
    """A slot of that professional at that place, half an hour from ``hour`` (UTC) today."""
    found: dict[str, Any] = {
        "slot": slot,
        "start": f"2026-11-23T{hour:02}:00:00Z",
        "end": f"2026-11-23T{hour:02}:30:00Z",
        "types": ["PUBLIC"],
        "consultation": ["AMB"],
        "practitioner": {"idnps": f"8{RPPS}"},
        "structure": {"idnst": "1810004421", "kind": "FINESS"},
        "place": {"line": "1 rue Mme DELMAS", "postal_code": "47000", "city": "AGEN"},
    }
    return without_unknown(found | fields)  # type: ignore[return-value]


def sos_slot(slot: str = "s1", hour: int = 9, **fields: Any) -> CanonicalSlot:
    """A slot of that association's point."""
    place = {"line": "320 avenue Général Georges Patton", "postal_code": "35700", "city": "RENNES"}
    own: dict[str, Any] = {
        "practitioner": None,
        "structure": None,
        "place": {**place, "identifiers": ["1111111111"]},
        "sos": {"siret": f"3{SIRET}", "name": "SOS Médecins de Rennes"},
    }
    return canonical(slot, hour, **(own | fields))


def build_stored_slot(hour: int = 9, source: str = "alpha", **fields: Any) -> StoredSlot:
    """A slot as nested in an offer."""
    types = fields.pop("types", ["PUBLIC"])
    start, end = f"2026-11-23T{hour:02}:00:00Z", f"2026-11-23T{hour:02}:30:00Z"
    found: dict[str, Any] = {
        "id": f"{source}:{hour:016x}",
        "start": start,
        "end": end,
        "overlap_instants": overlap_instants(start, end),
        "types": types,
        "declared_types": types,
        "consultation": ["AMB"],
        "source": source,
        "received_at": "2026-11-23T08:00:00Z",
    }
    return without_unknown(found | fields)  # type: ignore[return-value]
