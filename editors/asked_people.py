"""Whom a sweep asks about: the professionals and associations that are indexed, by time zone."""

from collections import defaultdict
from typing import Any

from elasticsearch import Elasticsearch

from editors.sweep import IdsByZone
from elastic.scan import scan
from mappings.records import Kind

SOS_FLOW = "SOS1"
FIELDS = ["kind", "rpps", "siret", "timezone"]
PERSON_PREFIX, ASSOCIATION_PREFIX = "8", "3"
"""Of national identifiers: IDNPS and IDNST."""


def fetch_asked_people(
    client: Elasticsearch, alias: str, department: str | None = None
) -> dict[str, IdsByZone]:
    """National identifiers with their prefix, under ``R01`` for professionals and ``SOS1``.

    ``department`` keeps those who practise there. Raises the errors of ``elastic.errors``.
    """
    found: dict[str, dict[str, dict[str, None]]] = {
        "R01": defaultdict(dict),
        SOS_FLOW: defaultdict(dict),
    }
    for hit in scan(client, alias, _build_query(department), source=FIELDS):
        flow, number = _read_id(hit["_source"])
        if number:
            found[flow][hit["_source"]["timezone"]][number] = None
    return {
        flow: {zone: sorted(ids) for zone, ids in by_zone.items()}
        for flow, by_zone in found.items()
    }


def _build_query(department: str | None) -> dict[str, Any]:
    kinds = {"terms": {"kind": [Kind.PROFESSIONAL.value, Kind.SOS_POINT.value]}}
    here = [] if department is None else [{"term": {"department": department}}]
    return {"bool": {"filter": [kinds, *here]}}


def _read_id(offer: dict[str, Any]) -> tuple[str, str]:
    if offer["kind"] == Kind.SOS_POINT:
        return SOS_FLOW, f"{ASSOCIATION_PREFIX}{offer['siret']}" if "siret" in offer else ""
    return "R01", f"{PERSON_PREFIX}{offer['rpps']}" if "rpps" in offer else ""
