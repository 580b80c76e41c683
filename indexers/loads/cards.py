"""Loads of whole cards: CPTS, SOS points, solutions. Cards come, change and go; slots stay."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

from elasticsearch import Elasticsearch

from elastic.bulk import Operation, Progress
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.optimistic import VersionedOffer, fetch_versioned_offers, write_until_settled
from elastic.scan import scan
from geography.locate import Locator
from indexers.changes.patching import Patch
from indexers.offers.cpts import build_cpts_offers, locate_cpts
from indexers.offers.participation import STRUCTURE_OWNED, cpts_card
from indexers.offers.provenance import Provenance
from indexers.offers.settings import OwnSources
from indexers.offers.sos import SOS, build_sos_offers
from indexers.runs.folder import Quarantines
from mappings.formats import Cpts, SosAssociation
from mappings.records import Kind, Offer, Precision
from slots.last_word import with_former_words, without_words
from slots.matching.new_places import is_editor_place, refresh_place_offer

PLACE_FIELDS = (
    "point",
    "precision",
    "lines",
    "postal_code",
    "city",
    "insee",
    "department",
    "territory",
    "timezone",
)
"""Fields that a CPTS card keeps when its line gives no address: its seat is known from FINESS."""

ADDRESS_FIELDS = ("lines", "postal_code", "insee")
"""Fields that must be equal for a live point to be that of the file's address."""

SETTINGS_OF_POINT = (*STRUCTURE_OWNED, "additional_info")
MANY = 10_000
"""More CPTS than there are."""

NO_DATES = Provenance({})
"""Marks of a load: the day of its file is in the record of the load."""

Cards = Mapping[str, Offer]


def live_cards(client: Elasticsearch, alias: str, kind: Kind) -> dict[str, Offer]:
    """The live offers of a kind, by id."""
    query = {"term": {"kind": kind.value}}
    return {hit["_id"]: hit["_source"] for hit in scan(client, alias, query)}


def count_places_by_cpts(client: Elasticsearch, alias: str) -> Counter[str]:
    """Places of live professionals attached to each CPTS, by FINESS."""
    with translate_errors():
        answer = with_admin_timeout(client).search(
            index=alias,
            size=0,
            query={"term": {"kind": Kind.PROFESSIONAL.value}},
            aggs={"cpts": {"terms": {"field": "cpts", "size": MANY}}},
        )
    buckets = answer["aggregations"]["cpts"]["buckets"]
    return Counter({bucket["key"]: bucket["doc_count"] for bucket in buckets})


def read_live_cpts(client: Elasticsearch, alias: str) -> dict[str, Cpts]:
    """Name and phones of the live CPTS by FINESS, for the cards of their members."""
    return {
        offer["finess"]: Cpts.model_construct(
            finess=offer["finess"], name=offer["cpts_name"], phones=offer.get("cpts_phones", [])
        )
        for offer in live_cards(client, alias, Kind.CPTS).values()
    }


def cpts_cards(
    every_cpts: Iterable[Cpts], live: Cards, attached: frozenset[str], quarantines: Quarantines
) -> Iterator[Offer]:
    """The cards of a CPTS file; a live seat stays when the file gives no address."""
    locate = partial(locate_cpts, locator=Locator())
    for offer in build_cpts_offers(every_cpts, locate, attached, NO_DATES, quarantines):
        yield _with_seat(offer, live.get(offer["id"]))


def _with_seat(offer: Offer, before: Offer | None) -> Offer:
    if before is None:
        return offer
    if "point" not in offer:
        kept = {name: before[name] for name in PLACE_FIELDS if name in before}  # type: ignore[literal-required]
        return cast("Offer", {**offer, **kept})
    return _with_better_point(offer, before)


def _with_better_point(offer: Offer, before: Offer) -> Offer:
    """The live point when the address is the same and a geocoder placed it better than a load can.

    A load uses no geocoder: without this, a renamed CPTS would fall back to its commune.
    """
    moved = any(offer.get(name) != before.get(name) for name in ADDRESS_FIELDS)
    if moved or "point" not in before or _rank(before) >= _rank(offer):
        return offer
    mark = before["sources"].get("point")
    sources = {**offer["sources"], **({"point": mark} if mark else {})}
    kept = {"point": before["point"], "precision": before["precision"], "sources": sources}
    return cast("Offer", {**offer, **kept})


def _rank(offer: Offer) -> int:
    """From 0, the most precise point."""
    return list(Precision).index(Precision(offer["precision"]))


def sos_cards(
    associations: tuple[SosAssociation, ...], live: Cards, quarantines: Quarantines
) -> Iterator[Offer]:
    """The points of an SOS file; an association already live keeps its settings."""
    settings = {
        offer["siret"]: {name: offer[name] for name in SETTINGS_OF_POINT if name in offer}  # type: ignore[literal-required]
        for offer in live.values()
    }
    own, quarantine = OwnSources(sos=associations), quarantines.get_quarantine(SOS)
    cards: dict[str, Offer] = {}
    for offer in build_sos_offers(own, Locator(), NO_DATES, quarantine):
        point = live.get(offer["id"])
        placed = offer if point is None else _with_better_point(offer, point)
        cards[offer["id"]] = cast("Offer", {**placed, **settings.get(offer["siret"], {})})
    yield from cards.values()
    yield from _editor_points(cards, live)


def _editor_points(cards: Cards, live: Cards) -> Iterator[Offer]:
    """The points that only an editor knows, of the associations that are in the file."""
    by_siret: dict[str, list[Offer]] = defaultdict(list)
    for card in cards.values():
        by_siret[card["siret"]].append(card)
    for offer_id, point in live.items():
        known = by_siret.get(point["siret"])
        if offer_id not in cards and known and is_editor_place(point):
            yield without_words(refresh_place_offer(point, known))


def diff_cards(cards: Cards, live: Cards) -> Iterator[tuple[Offer | None, Offer | None]]:
    """Before and after of each card that comes, changes or goes."""
    for card in cards.values():
        before = live.get(card["id"])
        new = with_former_words(card, before)
        if new != before:
            yield before, new
    yield from ((offer, None) for offer_id, offer in live.items() if offer_id not in cards)


def replace_cards(
    client: Elasticsearch, alias: str, cards: Cards, live: Cards, progress: Progress | None = None
) -> int:
    """Make the live cards those of the file, with their slots; returns the writes made.

    A card is written when it changed, deleted when it is gone. Raises ``WriteConflictError``.
    """

    def read(conflicts: Sequence[str] | None) -> Iterator[Operation]:
        ids = list({**cards, **live}) if conflicts is None else conflicts
        current = {one.offer["id"]: one for one in fetch_versioned_offers(client, alias, ids)}
        return (
            operation
            for card_id in ids
            if (operation := _replacement(cards.get(card_id), current.get(card_id))) is not None
        )

    return write_until_settled(client, alias, read, progress, require_alias=True)


def _replacement(card: Offer | None, current: VersionedOffer | None) -> Operation | None:
    """The write that makes a stored card that of the file; None when there is nothing to write."""
    if current is None:
        return None if card is None else Operation.create(card)
    if card is None:
        return Operation.delete(current.offer["id"])
    new = with_former_words(card, current.offer)
    return None if new == current.offer else current.replace(new)


def member_patch(cpts: Mapping[str, Cpts]) -> Patch:
    """The CPTS's name and phones on the cards of its members."""

    def member_values(offer: Offer) -> Mapping[str, Any]:
        return cpts_card(cpts.get(offer["cpts"][0]))

    members = {
        "bool": {
            "filter": [{"term": {"kind": Kind.PROFESSIONAL.value}}, {"exists": {"field": "cpts"}}]
        }
    }
    return Patch(members, ("cpts_name", "cpts_phones"), member_values)


def participant_patch(attached: frozenset[str]) -> Patch:
    """Whether each CPTS takes part: it does when a place is attached to it."""

    def participant_values(offer: Offer) -> Mapping[str, Any]:
        return {"participant": offer["finess"] in attached}

    return Patch({"term": {"kind": Kind.CPTS.value}}, ("participant",), participant_values)
