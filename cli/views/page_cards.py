"""One card of a page as a regulator reads it in a terminal."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.views.french import clock, day_name, distance, moment, phone_words
from mappings.codes import CONVENTION_SECTORS, KIND_LABELS
from mappings.records import Kind

WIDTH = 100
"""Columns of a page, also where the output is no terminal."""

INDENT = 4
"""Columns left free before the text of a card."""

SLOTS_A_DAY = 4
"""Slots shown for each day, as on the regulator's screen; the others are counted."""

VIA: Mapping[str, str] = MappingProxyType(
    {
        "own": "par son cabinet",
        "cpts": "par sa CPTS",
        "msp": "par sa MSP",
        "sos": "par SOS Médecins",
    }
)
CONSULTATIONS: Mapping[str, str] = MappingProxyType({"HH": "domicile", "VR": "téléconsultation"})
"""A slot at the office, the ordinary case, goes without saying."""

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "closeness": "proximité",
        "slot_type": "type de créneau",
        "soon": "créneau proche",
        "structure": "structure d'accueil",
        "precise_point": "adresse précise",
        "fair_order": "tirage équitable",
    }
)
"""Parts of a score worth telling; the steps of the tiers are already in its label."""

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "without_slot": "sans créneau",
        "out_of_area": "hors du secteur",
        "absent": "absent",
    }
)


def card_text(mark: str, card: Mapping[str, Any], zone: str) -> RenderableType:
    """One card: who and how far, where and how to call, when, and why there."""
    head = Table.grid(expand=True, padding=(0, 1))
    head.add_column(width=3, justify="right", no_wrap=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    far = distance(card["distance_km"]) if "distance_km" in card else ""
    title = Text.assemble((card["title"], "bold"), f"  {trade_words(card)}")
    head.add_row(Text(mark, style="bold"), title, far)
    when = cpts_lines(card, zone) if card["kind"] == Kind.CPTS else availability_lines(card, zone)
    lines = [*place_lines(card), *when, *reason_lines(card)]
    return Group(head, *(Padding(line, (0, 0, 0, INDENT), expand=False) for line in lines))


def cpts_lines(card: Mapping[str, Any], zone: str) -> Iterator[Text]:
    """The member shown for a CPTS, and the command that lists its members."""
    if "group" in card:
        yield Text(group_words(card, zone))
        yield Text(f"Les voir : la même recherche avec --cpts {card['group']['finess']}")
    else:
        finess = card["id"].removeprefix("cpts:")
        yield Text(f"Ses membres : sas search QUOI et le lieu, avec --cpts {finess}")


def group_words(card: Mapping[str, Any], zone: str) -> str:
    """The number of members of the card of a CPTS, and the one whose rank it takes."""
    best, count = card["group"]["best"], card["group"]["members"]
    members = "1 membre répond" if count == 1 else f"{count} membres répondent"
    facts = [
        best["title"],
        *([f"à {distance(best['distance_km'])}"] if "distance_km" in best else []),
    ]
    if "next_start" in best:
        start = datetime.fromisoformat(best["next_start"]).astimezone(ZoneInfo(zone))
        today = date.fromisoformat(card["availability"]["days"][0]["date"])
        facts.append(f"créneau {moment(start, today)}")
    return f"{members} · le mieux placé : {', '.join(facts)}"


def trade_words(card: Mapping[str, Any]) -> str:
    """Profession and specialities, or what kind of structure it is."""
    named = [s["label"] for s in card.get("specialties", []) if "label" in s]
    profession = card.get("profession", {}).get("label")
    if profession or named:
        return " · ".join(dict.fromkeys(filter(None, [profession, *named])))
    return KIND_LABELS.get(card.get("structure_kind", card["kind"]), card["kind"])


def place_lines(card: Mapping[str, Any]) -> Iterator[Text]:
    """Address and phones, a number never cut by the end of a line, then participation."""
    place = card["place"]
    town = " ".join(filter(None, [place.get("postal_code"), place.get("city")]))
    named = place.get("name") if place.get("name") != card["title"] else None
    address = ", ".join(filter(None, [named, *place.get("lines", []), town]))
    phones = " · ".join(map(phone_words, card.get("phones", []))) or "téléphone inconnu"
    line = " · ".join(filter(None, [address, phones]))
    fits = len(line) <= WIDTH - INDENT
    yield from (Text(one) for one in ([line] if fits else [address, phones]) if one)
    words = [participation_words(card), convention_words(card), opening_words(card)]
    if line := " · ".join(filter(None, words)):
        yield Text(line)


def convention_words(card: Mapping[str, Any]) -> str:
    """Sector, tariff option and Carte Vitale, as far as they are known."""
    sector = CONVENTION_SECTORS.get(card.get("sector", ""), "")
    optam = "OPTAM" if card.get("optam") else ""
    refused = "Carte Vitale non acceptée" if card.get("vitale") is False else ""
    return ", ".join(filter(None, [sector, optam, refused]))


def participation_words(card: Mapping[str, Any]) -> str:
    """Part in the SAS, through what, and whether a patient without slot is accepted."""
    participation = card["participation"]
    words = "Ne participe pas au SAS" if card["kind"] == Kind.PROFESSIONAL else ""
    if participation["sas"]:
        ways = [VIA[way] for way in participation.get("via", []) if way in VIA]
        cpts = None if card["kind"] == Kind.CPTS else participation.get("cpts", {}).get("name")
        words = " ".join(["Participe au SAS", *ways, *([f"({cpts})"] if cpts else [])])
    beyond = "accepte en surnuméraire" if card["accepts_beyond"] else ""
    return " · ".join(filter(None, [words, beyond]))


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
    today = date.fromisoformat(card["availability"]["days"][0]["date"])
    words = moment(datetime.fromisoformat(card["open"]["until"]), today)
    return f", ouvre {'le ' if words[0].isdigit() else ''}{words}"


def availability_lines(card: Mapping[str, Any], zone: str) -> Iterator[Text]:
    """One line a day that has slots, in the local time of the place."""
    days = card["availability"]["days"]
    local = card["place"].get("timezone", zone)
    for index, day in enumerate(days):
        if day["slots"]:
            yield Text.assemble(
                (f"{day_name(index, day['date'])} ", "green"),
                slots_words(day["slots"]),
                "" if local == zone else "  (heure locale)",
            )
    if not any(day["slots"] for day in days):
        yield Text("Aucun créneau", style="dim")


def slots_words(slots: list[Mapping[str, Any]]) -> str:
    """The first slots of a day, and how many more there are."""
    shown = [slot_words(slot) for slot in slots[:SLOTS_A_DAY]]
    more = len(slots) - len(shown)
    return " · ".join([*shown, f"et {more} de plus"] if more else shown)


def slot_words(slot: Mapping[str, Any]) -> str:
    """Local time, types, what is not an appointment at the office, and the seats left."""
    where = [CONSULTATIONS[c] for c in slot.get("consultation", []) if c in CONSULTATIONS]
    walk_in = ["sans rendez-vous"] if slot.get("appointment") == "WALKIN" else []
    words = [clock(slot["start_local"]), "/".join(slot["types"]), *where, *walk_in]
    return " ".join(words) + seats_words(slot)


def seats_words(slot: Mapping[str, Any]) -> str:
    """Seats left of a slot that has several; one seat goes without saying."""
    most = slot.get("seats_max", 1)
    if most == 1 or "seats_taken" not in slot:
        return ""
    left = most - slot["seats_taken"]
    return f" (reste {left} place{'s' if left > 1 else ''} sur {most})"


def reason_lines(card: Mapping[str, Any]) -> Iterator[Text]:
    """The rank of the card: its tier, then the parts of its score inside the tier."""
    flags = [words for flag, words in FLAGS.items() if card.get(flag)]
    if flags:
        yield Text(", ".join(flags), style="yellow")
    if rank := card.get("rank"):
        parts = " ; ".join(part_words(part) for part in rank["parts"] if part["name"] in PARTS)
        rank_words = f"Rang : palier {rank['tier']}, {rank['label'][:1].lower()}{rank['label'][1:]}"
        yield Text(f"{rank_words} — {parts}" if parts else rank_words, style="dim")


def part_words(part: Mapping[str, Any]) -> str:
    """One part of a score, 1 being the patient's door and 0 the edge of the circle.

    A credit shows by how many kilometres it brings the offer nearer. Around a commune there are no
    kilometres: closeness counts in quarters of the radius (docs/explanation/ranking.md).
    """
    named, value = PARTS[part["name"]], f"{part['value']:.3f}".replace(".", ",")
    km = distance(part["km"]) if "km" in part else None
    if part["name"] == "closeness":
        measured = f"à {km}" if km else "par quarts de rayon"
        return f"{named} {value} ({measured})"
    return f"{named} +{value}" + (f" (comme {km} de moins)" if km else "")
