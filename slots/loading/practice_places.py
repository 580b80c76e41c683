"""Where a professional practises, as the live index knows it: what an agenda may be for."""

from collections.abc import Iterable
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from mappings.records import Kind, Offer
from slots.loading.importing import fetch_owner_offers


@dataclass(frozen=True, slots=True)
class AgendaPlace:
    """A place by its identifiers, the first of them its own, with its zone and its address."""

    idnsts: tuple[str, ...]
    timezone: str
    address: str


def fetch_practice_places(client: Elasticsearch, alias: str, rpps: str) -> tuple[AgendaPlace, ...]:
    """The places of a professional that have an identifier; raises ``ElasticError``."""
    offers = (stored.offer for stored in fetch_owner_offers(client, alias, [rpps]))
    return tuple(
        _build_place(offer)
        for offer in offers
        if offer["kind"] == Kind.PROFESSIONAL and "idnst" in offer
    )


def list_zones_by_idnst(places: Iterable[AgendaPlace]) -> dict[str, str]:
    """The zone of each identifier of each place."""
    return {idnst: place.timezone for place in places for idnst in place.idnsts}


def _build_place(offer: Offer) -> AgendaPlace:
    others = [idnst for idnst in offer.get("idnsts", []) if idnst != offer["idnst"]]
    lines = ", ".join(offer.get("lines", []))
    address = " ".join(filter(None, (lines, offer.get("postal_code"), offer.get("city"))))
    return AgendaPlace((offer["idnst"], *others), offer["timezone"], address)
