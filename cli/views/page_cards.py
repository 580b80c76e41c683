"""One card of a page as a regulator reads it in a terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.views.french import capitalise, clock, distance, join_or, moment, phone_words
from mappings.codes import CONVENTION_SECTORS, KIND_LABELS
from mappings.records import Kind, StructureKind
from search_engine.query.order.effort import DUTY_KINDS

WIDTH = 100
"""Columns of a page, also where the output is no terminal."""

INDENT = 4
"""Columns left free before the text of a card."""

LATER_SLOTS = 3
"""Slots told after the next one; the others are counted."""

VIA: Mapping[str, str] = MappingProxyType(
    {
        "own": "par son cabinet",
        "cpts": "par sa CPTS",
        "msp": "par sa MSP",
        "sos": "par SOS Médecins",
    }
)
CONSULTATIONS: Mapping[str, str] = MappingProxyType(
    {"AMB": "au cabinet", "HH": "à domicile", "VR": "en téléconsultation"}
)
AT_THE_OFFICE = ["AMB"]
"""The ordinary case goes without saying."""

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "without_slot": "sans créneau",
        "out_of_area": "hors du secteur",
        "absent": "absent",
    }
)


def card_text(
    mark: str, card: Mapping[str, Any], zone: str, *, why: bool = False
) -> RenderableType:
    """One card in four lines: who and how far, when, where to call, what to know of it.

    The card of a CPTS has one more a member that it shows. ``why`` adds the rank and the parts of
    its sum.
    """
    lines = [*member_lines(card, zone), when_line(card, zone), place_line(card), why_line(card)]
    shown = [Text(line, no_wrap=True, overflow="ellipsis") for line in lines if line]
    sums = [Text(line, style="dim") for line in rank_lines(card)] if why else []
    indented = (Padding(line, (0, 0, 0, INDENT), expand=False) for line in [*shown, *sums])
    return Group(head_row(mark, card), *indented)


def head_row(mark: str, card: Mapping[str, Any]) -> RenderableType:
    """The number of the card, who it is, and how far."""
    head = Table.grid(expand=True, padding=(0, 1))
    head.add_column(width=3, justify="right", no_wrap=True)
    head.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    head.add_column(justify="right", no_wrap=True)
    title = Text.assemble((card["title"], "bold"), f"  {trade_words(card)}")
    head.add_row(Text(mark, style="bold"), title, far_words(card))
    return head


def far_words(card: Mapping[str, Any]) -> str:
    """How far from the patient; from the centre of his commune, without his point, for who is
    outside it."""
    if "distance_km" in card:
        return distance(card["distance_km"])
    parts = card.get("rank", {}).get("parts", [])
    outside = (part for part in parts if part["name"] == "travel" and part["minutes"] > 0)
    km = next((part["km"] for part in outside if "km" in part), None)
    return "" if km is None or card["kind"] == Kind.CPTS else f"centre à {distance(km)}"


def when_line(card: Mapping[str, Any], zone: str) -> str:
    """When a patient can be seen; for a CPTS, how to list its members."""
    if card["kind"] == Kind.CPTS:
        return cpts_words(card)
    flags = [words for flag, words in FLAGS.items() if card.get(flag)]
    visit = card.get("home_visit", {}).get("label")
    words = [
        *flags,
        absence_words(card),
        availability_words(card, zone),
        opening_words(card),
        visit,
    ]
    return " · ".join(filter(None, words))


def absence_words(card: Mapping[str, Any]) -> str:
    """When an absent person is back: ``de retour demain à 08:00``."""
    if "absent_until" not in card:
        return ""
    return f"de retour {day_words(card['absent_until'], card)}"


def day_words(instant: str, card: Mapping[str, Any]) -> str:
    """A moment inside a sentence, from the day of the search: ``le 27/11 à 08:30``."""
    words = moment(datetime.fromisoformat(instant), first_day(card))
    return f"le {words}" if words[0].isdigit() else words


def cpts_words(card: Mapping[str, Any]) -> str:
    """How many members a CPTS has, and the option that lists them."""
    if "group" in card:
        count = card["group"]["members"]
        members = "1 membre" if count == 1 else f"{count} membres"
        return f"{members}, les voir : --cpts {card['group']['finess']}"
    return f"ses membres : la même recherche avec --cpts {card['id'].removeprefix('cpts:')}"


def member_lines(card: Mapping[str, Any], zone: str) -> list[str]:
    """The best members of a CPTS: who, how far, whom to call and when."""
    return [member_words(one, zone) for one in card.get("group", {}).get("first", [])]


def member_words(member: Mapping[str, Any], zone: str) -> str:
    """``Dr Anne MARTIN · 1,2 km · 01 99 00 00 01 · Aujourd'hui à 14:20 (SNP)``."""
    far = distance(member["distance_km"]) if "distance_km" in member else ""
    phones = " · ".join(map(phone_words, member.get("phones", [])))
    slots = availability_words(member, zone)
    return " · ".join(filter(None, [member["title"], far, phones, slots]))


def first_day(card: Mapping[str, Any]) -> date:
    """The local date of the search, from which days are named."""
    return date.fromisoformat(card["availability"]["days"][0]["date"])


def trade_words(card: Mapping[str, Any]) -> str:
    """Profession and specialities or the kind of structure, and what a patient pays there."""
    named = [s["label"] for s in card.get("specialties", []) if "label" in s]
    profession = card.get("profession", {}).get("label")
    trade = list(dict.fromkeys(filter(None, [profession, *named]))) or [kind_words(card)]
    return " · ".join(filter(None, [*trade, *hospital_words(card), convention_words(card)]))


def kind_words(card: Mapping[str, Any]) -> str:
    """The kind of a structure, the label of its category where it has no kind of its own."""
    kind = card.get("structure_kind", card["kind"])
    category = card.get("category", {}).get("label")
    if kind == StructureKind.OTHER and category:
        return str(category)
    return KIND_LABELS.get(kind, card["kind"])


def hospital_words(card: Mapping[str, Any]) -> list[str]:
    """What a hospital has that a patient is sent for."""
    level = card.get("maternity_level")
    return [
        *(["urgences"] if card.get("emergency") else []),
        *([f"maternité de niveau {level}"] if level else []),
    ]


def place_line(card: Mapping[str, Any]) -> str:
    """Phones first, which the end of a line must not cut, then the address."""
    place = card["place"]
    town = " ".join(filter(None, [place.get("postal_code"), place.get("city")]))
    named = place.get("name") if place.get("name") != card["title"] else None
    address = ", ".join(filter(None, [named, *place.get("lines", []), town]))
    phones = " · ".join(map(phone_words, card.get("phones", []))) or "téléphone inconnu"
    return " · ".join(filter(None, [phones, other_places_words(card), address]))


def other_places_words(card: Mapping[str, Any]) -> str:
    """The towns of the further places of the person on this page: ``aussi à Brest (3,2 km)``;
    those of one town together, ``Gap (2 adresses)``. Where the card has no slot, the next one
    there: ``Brest (demain à 08:30)``."""
    places = Counter(_describe_other_place(card, one) for one in card.get("also_at", []))
    towns = [town if times == 1 else f"{town} ({times} adresses)" for town, times in places.items()]
    return f"aussi à {', '.join(towns)}" if towns else ""


def _describe_other_place(card: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    start = None if _find_first_start(card) else _find_first_start(place)
    known = [
        distance(place["distance_km"]) if "distance_km" in place else "",
        day_words(start, place) if start else "",
    ]
    words = ", ".join(filter(None, known))
    town: str = place["place"].get("city", "une autre adresse")
    return f"{town} ({words})" if words else town


def _find_first_start(card: Mapping[str, Any]) -> str | None:
    """The local start of the first slot shown."""
    days = card["availability"]["days"]
    start: str | None = next((one["start_local"] for day in days for one in day["slots"]), None)
    return start


def why_line(card: Mapping[str, Any]) -> str:
    """Why the card stands there, through what it takes part, whether it takes one patient more."""
    clause = card.get("rank", {}).get("label", "")
    beyond = "accepte en surnuméraire" if card["accepts_beyond"] else ""
    return " · ".join(filter(None, [clause, participation_words(card), beyond]))


def convention_words(card: Mapping[str, Any]) -> str:
    """Sector, tariff option and Carte Vitale, as far as they are known."""
    sector = CONVENTION_SECTORS.get(card.get("sector", ""), "")
    optam = "OPTAM" if card.get("optam") else ""
    refused = "Carte Vitale non acceptée" if card.get("vitale") is False else ""
    return ", ".join(filter(None, [sector, optam, refused]))


def participation_words(card: Mapping[str, Any]) -> str:
    """Through what it takes part in the SAS; for a professional also that it does not."""
    participation = card["participation"]
    if not participation["sas"]:
        return "hors SAS" if card["kind"] == Kind.PROFESSIONAL else ""
    ways = [VIA[way] for way in participation.get("via", []) if way in VIA]
    cpts = None if card["kind"] == Kind.CPTS else participation.get("cpts", {}).get("name")
    return " ".join(["SAS", *ways, *([f"({cpts})"] if cpts else [])])


def opening_words(card: Mapping[str, Any]) -> str | None:
    """Open and until when, or closed, why and when it opens again."""
    opening = card.get("open")
    if opening is None:
        return None
    if opening["now"]:
        return f"ouvert jusqu'à {clock(opening['until'])}" if "until" in opening else "ouvert"
    reason = f" : {opening['reason']['label']}" if "reason" in opening else ""
    return f"fermé{reason}{next_opening_words(card)}"


def next_opening_words(card: Mapping[str, Any]) -> str:
    """When a closed place opens again, empty when that is not known."""
    if "until" not in card["open"]:
        return ""
    return f", ouvre {day_words(card['open']['until'], card)}"


def availability_words(card: Mapping[str, Any], zone: str) -> str:
    """The next slot in words, the following by their hours, in the local time of the place."""
    slots = [slot for day in card["availability"]["days"] for slot in day["slots"]]
    if not slots:
        return "Sans rendez-vous" if is_walk_in(card) else "Aucun créneau"
    today = first_day(card)
    first = datetime.fromisoformat(slots[0]["start_local"])
    local = "" if card["place"].get("timezone", zone) == zone else " (heure locale)"
    following = later_words(slots, today)
    return f"{capitalise(moment(first, today))}{local}{slot_words(slots[0])}{following}"


def is_walk_in(card: Mapping[str, Any]) -> bool:
    """A place of duty that is open: patients come without appointment."""
    duty = card["kind"] == Kind.SOS_POINT or card.get("structure_kind") in DUTY_KINDS
    return bool(duty and card.get("open", {}).get("now"))


def later_words(slots: Sequence[Mapping[str, Any]], today: date) -> str:
    """The hours of the slots after the first, and how many more there are."""
    told, named, day = [], slots[1 : 1 + LATER_SLOTS], slots[0]["start_local"][:10]
    for slot in named:
        start = datetime.fromisoformat(slot["start_local"])
        same = slot["start_local"][:10] == day
        told.append(f"{start:%H:%M}" if same else moment(start, today))
        day = slot["start_local"][:10]
    more = len(slots) - 1 - len(named)
    return " · ".join(["", *told, *([f"{more} autres"] if more > 1 else ["1 autre"] * more)])


def slot_words(slot: Mapping[str, Any]) -> str:
    """Types, what is not an appointment at the office, reasons and seats left, in brackets."""
    ways = slot.get("consultation", [])
    where = [] if ways == AT_THE_OFFICE else [CONSULTATIONS[way] for way in ways]
    walk_in = ["sans rendez-vous"] if slot.get("appointment") == "WALKIN" else []
    words = ["/".join(slot["types"]), join_or(where), *walk_in, *slot.get("reasons", [])]
    return f" ({', '.join(filter(None, [*words, seats_words(slot)]))})"


def seats_words(slot: Mapping[str, Any]) -> str:
    """Seats left of a slot that has several; one seat goes without saying."""
    most = slot.get("seats_max", 1)
    if most == 1 or "seats_taken" not in slot:
        return ""
    left = most - slot["seats_taken"]
    return f"reste {left} place{'s' if left > 1 else ''} sur {most}"


def rank_lines(card: Mapping[str, Any]) -> Iterator[str]:
    """The rank of the card: its tier and band, then the parts of its effort with their sum."""
    if rank := card.get("rank"):
        band = f", bande {minutes_words(rank['band'])}" if "band" in rank else ""
        place = f"Rang : palier {rank['tier']}{band}"
        parts = " ; ".join(map(part_words, rank["parts"]))
        effort = f" — {parts} = {minutes_words(rank['minutes'])} min" if "minutes" in rank else ""
        yield place + effort


def part_words(part: Mapping[str, Any]) -> str:
    """One part of the effort in minutes, credits with a minus sign: ``trajet 9,9 (9 km)``."""
    km = f" ({distance(part['km'])})" if "km" in part else ""
    return f"{part['label']} {minutes_words(part['minutes'])}{km}"


def minutes_words(minutes: float) -> str:
    """``-28.1`` as it is written in French."""
    return f"{minutes:g}".replace(".", ",").replace("-", "−")
