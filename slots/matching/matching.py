"""Which offer a slot belongs to (design 5, F065, F066, F069; fhir-exchange 3).

A professional: RPPS + IDNST, else RPPS + postcode + street line, else RPPS within 50 m, else a
new place. An association: SIRET + the point's identifier, else SIRET + address.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from itertools import chain

from geography.address import normalise_line
from geography.distance import distance_km
from geography.ground import GroundFields
from mappings.identifiers import as_adeli, as_finess, as_idnst, as_rpps, as_siret
from mappings.records import CanonicalSlot, GeoPoint, Kind, Offer, Precision, SlotPlace

NEAR_KM = 0.05
"""Two precise points closer than this are one door."""

PRECISE = frozenset({Precision.HOUSENUMBER, Precision.STREET})
"""Points that may be compared at 50 m; the centre of a commune may not."""


class Geography(GroundFields, total=False):
    """The geographic fields of an offer, named as in the index."""

    point: GeoPoint
    precision: str
    city: str
    insee: str
    department: str
    territory: str
    timezone: str


Locate = Callable[[SlotPlace], Geography | None]
"""The geography of a slot's place; None when it cannot be located."""


def locate_nowhere(place: SlotPlace) -> Geography | None:
    """Locates nothing: slots then match by identifier or address only."""
    return None


class OfferIndex:
    """The offers slots may belong to, by RPPS (professionals) and by SIRET (SOS points)."""

    def __init__(self, wanted: Container[str] | None = None) -> None:
        """``wanted`` bounds the memory: RPPS, ADELI and SIRET that may have slots."""
        self._wanted = wanted
        self._by_owner: dict[str, dict[str, Offer]] = {}
        self._rpps_of: dict[str, str] = {}
        self._owner_of: dict[str, str] = {}

    def add(self, offer: Offer) -> None:
        """Keep the offer when slots may belong to it; an offer added again replaces itself."""
        owner, aliases = offer_owner(offer), offer.get("adeli", [])
        if owner and self._is_wanted(owner, aliases):
            self._by_owner.setdefault(owner, {})[offer["id"]] = offer
            self._owner_of[offer["id"]] = owner
            self._rpps_of.update(dict.fromkeys(aliases, owner))

    def _is_wanted(self, owner: str, aliases: list[str]) -> bool:
        wanted = self._wanted
        if wanted is None or owner in wanted:
            return True
        return bool(aliases) and any(name in wanted for name in aliases)

    def find_offers(self, owner: str) -> list[Offer]:
        """The offers of an RPPS, of an ADELI (an alias of one RPPS) or of a SIRET."""
        return list(self._by_owner.get(self.resolve_owner(owner), {}).values())

    def remove(self, offer_id: str) -> None:
        """Forget an offer; ``KeyError`` when it was never added."""
        del self._by_owner[self._owner_of.pop(offer_id)][offer_id]

    def resolve_owner(self, owner: str) -> str:
        """The RPPS of an ADELI that is known as an alias; any other owner as it is."""
        return self._rpps_of.get(owner, owner)

    def offers(self) -> Iterator[Offer]:
        """Every offer, owner by owner."""
        return chain.from_iterable(held.values() for held in self._by_owner.values())

    def __contains__(self, offer_id: object) -> bool:
        return offer_id in self._owner_of

    def offer(self, offer_id: str) -> Offer:
        """The offer of an id; ``KeyError`` when it was never added."""
        return self._by_owner[self._owner_of[offer_id]][offer_id]

    def __len__(self) -> int:
        return len(self._owner_of)


def offer_owner(offer: Offer) -> str:
    """RPPS of a professional's place, SIRET of an association's point, else ``""``."""
    if offer["kind"] == Kind.PROFESSIONAL:
        return offer.get("rpps", "")
    return offer.get("siret", "") if offer["kind"] == Kind.SOS_POINT else ""


def slot_owner(slot: CanonicalSlot) -> str:
    """RPPS, ADELI or SIRET of who gives the slot, without prefix; ``""`` when it has none."""
    idnps, siret = slot.get("practitioner", {}).get("idnps", ""), slot.get("sos", {}).get("siret")
    return as_rpps(idnps) or as_adeli(idnps) or as_siret(siret) or ""


def bare_owner(requested_id: str) -> str:
    """The RPPS, ADELI or SIRET of an id as it was requested; ``""`` for anything else."""
    return as_rpps(requested_id) or as_adeli(requested_id) or as_siret(requested_id) or ""


def build_offer_index(offers: Iterable[Offer], wanted: Container[str] | None = None) -> OfferIndex:
    """An index of the offers given."""
    index = OfferIndex(wanted)
    for offer in offers:
        index.add(offer)
    return index


class OwnerPlaces:
    """The offers of one owner, found by identifier and by address without reading each.

    An answer may name thousands of places of one owner: each is looked up in a table.
    """

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers: list[Offer] = []
        self._by_id: dict[str, list[int]] = {}
        self._by_street: dict[tuple[str, str], int] = {}
        self._precise: list[Offer] = []
        for offer in offers:
            self.add(offer)

    def add(self, offer: Offer) -> None:
        """Keep one offer more, after the others."""
        rank = len(self.offers)
        self.offers.append(offer)
        is_point = offer["kind"] == Kind.SOS_POINT
        for name in _point_ids(offer) if is_point else _structure_ids(offer):
            self._by_id.setdefault(name, []).append(rank)
        if postal_code := offer.get("postal_code"):
            for street in _offer_streets(offer):
                self._by_street.setdefault((postal_code, street), rank)
        if "point" in offer and offer.get("precision") in PRECISE:
            self._precise.append(offer)

    def find_offer(self, slot: CanonicalSlot, locate: Locate) -> Offer | None:
        """The offer at the slot's place; None when it is another place.

        A slot without any place belongs to the only place of its owner.
        """
        place = slot.get("place", {})
        by_id = self._with_identifier(slot)
        if by_id:
            return _first_at_address(place, by_id) or by_id[0]
        if not place and not slot.get("structure"):
            return self.offers[0] if len(self.offers) == 1 else None
        return self._at_address(place) or _within_50_m(place, self._precise, locate)

    def _with_identifier(self, slot: CanonicalSlot) -> list[Offer]:
        """The offers of the place's identifiers, in the order they were added."""
        names = (
            slot.get("place", {}).get("identifiers", [])
            if "sos" in slot
            else [slot.get("structure", {}).get("idnst", "")]
        )
        ranks = {rank for name in names for rank in self._by_id.get(name, [])}
        return [self.offers[rank] for rank in sorted(ranks)]

    def _at_address(self, place: SlotPlace) -> Offer | None:
        postal_code = place.get("postal_code", "")
        known = (
            self._by_street.get((postal_code, street))
            for street in street_lines(place.get("line", ""))
        )
        ranks = [rank for rank in known if rank is not None]
        return self.offers[min(ranks)] if ranks else None


def _point_ids(offer: Offer) -> set[str]:
    """Identifiers of an association's point: the tail of its id, and its IDNST."""
    return {offer["id"].split(":", 2)[-1], *_structure_ids(offer)}


def _structure_ids(offer: Offer) -> set[str]:
    """Prefixed structure identifiers of an offer's place."""
    written = [offer.get("idnst", ""), *offer.get("idnsts", [])]
    own = {str(idnst) for idnst in map(as_idnst, written) if idnst is not None}
    finess, siret = as_finess(offer.get("finess", "")), as_siret(offer.get("siret", ""))
    is_point = offer["kind"] == Kind.SOS_POINT
    return (
        own
        | ({f"1{finess}"} if finess else set())
        | ({f"3{siret}"} if siret and not is_point else set())
    )


def _first_at_address(place: SlotPlace, offers: list[Offer]) -> Offer | None:
    streets = street_lines(place.get("line", ""))
    postal_code = place.get("postal_code")
    if not streets or postal_code is None:
        return None
    same_code = (offer for offer in offers if offer.get("postal_code") == postal_code)
    return next((offer for offer in same_code if streets & _offer_streets(offer)), None)


def _offer_streets(offer: Offer) -> set[str]:
    return {street for line in offer.get("lines", []) for street in street_lines(line)}


def street_lines(line: str) -> set[str]:
    """The comparable parts of an address line: the whole, and each part that has a number.

    ``Bâtiment A, 12 av. Foch`` gives ``batiment a 12 avenue foch`` and ``12 avenue foch``.
    """
    parts = {normalise_line(part) for part in line.split(",")}
    numbered = {part for part in parts if part[:1].isdigit()}
    return ({normalise_line(line)} | numbered) - {""}


def _within_50_m(place: SlotPlace, offers: list[Offer], locate: Locate) -> Offer | None:
    """The nearest of some offers whose points are precise."""
    located = locate(place) if offers and place.get("line") else None
    if located is None or "point" not in located or located.get("precision") not in PRECISE:
        return None
    point = located["point"]
    nearest = min(offers, key=lambda offer: _km(point, offer["point"]))
    return nearest if _km(point, nearest["point"]) <= NEAR_KM else None


def _km(here: GeoPoint, there: GeoPoint) -> float:
    return distance_km(here["lat"], here["lon"], there["lat"], there["lon"])
