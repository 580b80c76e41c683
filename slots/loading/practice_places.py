"""Where a professional practises, as the live index knows it: what an agenda may be for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from mappings.records import Kind, Offer
from records.agenda.rules import describe_unknown_place
from records.errors import RulesBroken
from slots.loading.importing import fetch_owner_offers

WHICH_PLACE = "Cette personne exerce en {count} lieux : choisissez parmi {known}."


@dataclass(frozen=True, slots=True)
class AgendaPlace:
    """A place by its identifiers, the first of them its own, with its zone and its address."""

    idnsts: tuple[str, ...]
    timezone: str
    address: str


def fetch_practice_places(client: Elasticsearch, alias: str, rpps: str) -> tuple[AgendaPlace, ...]:
    """The places of a professional that have an identifier; raises ``ElasticError``."""
    return build_places(stored.offer for stored in fetch_owner_offers(client, alias, [rpps]))


def build_places(offers: Iterable[Offer]) -> tuple[AgendaPlace, ...]:
    """The places of these offers of one professional that have an identifier."""
    return tuple(
        _build_place(offer)
        for offer in offers
        if offer["kind"] == Kind.PROFESSIONAL and "idnst" in offer
    )


def list_zones_by_idnst(places: Iterable[AgendaPlace]) -> dict[str, str]:
    """The zone of each identifier of each place."""
    return {idnst: place.timezone for place in places for idnst in place.idnsts}


def choose_place(places: Sequence[AgendaPlace], idnst: str | None) -> dict[str, str]:
    """The place meant and its zone, the only one without a word; raises ``RulesBroken``."""
    zones = list_zones_by_idnst(places)
    if idnst is None and len(places) > 1:
        known = ", ".join(place.idnsts[0] for place in places)
        raise RulesBroken([("place", WHICH_PLACE.format(count=len(places), known=known))])
    chosen = idnst or (places[0].idnsts[0] if places else "")
    if chosen not in zones:
        raise RulesBroken([("place", describe_unknown_place(chosen, zones))])
    return {"idnst": chosen, "timezone": zones[chosen]}


def _build_place(offer: Offer) -> AgendaPlace:
    others = [idnst for idnst in offer.get("idnsts", []) if idnst != offer["idnst"]]
    lines = ", ".join(offer.get("lines", []))
    address = " ".join(filter(None, (lines, offer.get("postal_code"), offer.get("city"))))
    return AgendaPlace((offer["idnst"], *others), offer["timezone"], address)
