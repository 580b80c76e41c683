"""A page of results as a regulator reads it in a terminal: French, 100 columns."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mappings.codes import CONVENTION_SECTORS, KIND_LABELS
from mappings.records import Kind

WIDTH = 100
"""Columns of a page, also where the output is no terminal."""

INDENT = 4
"""Columns left free before what a card says."""

VALUES_SHOWN = 6
"""Values told of each filter."""

WAYS: Mapping[str, str] = MappingProxyType(
    {
        "mode": "--mode {mode}",
        "radius": "--radius {radius_km:g}",
        "filters": "sans --consultation, --slot-type ni autre filtre",
    }
)
"""How the command line asks for what would not be empty."""

SLOTS_A_DAY = 4
"""Slots shown for each day, as on the regulator's screen; the others are counted."""

MODES: Mapping[str, str] = MappingProxyType(
    {
        "available": "offres avec créneau",
        "all": "toutes les offres",
        "beyond": "offres acceptant en surnuméraire",
        "reorientation": "offres du forfait de réorientation",
    }
)
SORTS: Mapping[str, str] = MappingProxyType(
    {"best": "meilleure offre", "distance": "distance", "earliest": "premier créneau"}
)
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

DAYS = ("Aujourd'hui", "Demain", "Après-demain")
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

_NATIONAL = "+33"
_NUMBER_LENGTH = 12
_METRES = 1000


def page_text(page: Mapping[str, Any]) -> Group:
    """The whole page: what was understood, the treating doctor, the offers in order."""
    first = (page_number(page) - 1) * page_size(page) + 1
    zone = page["area"]["zone"]
    return Group(
        *header(page),
        *_section("Médecin traitant", [("★", card) for card in page["pinned"]], zone),
        *_section(None, [(str(first + i), card) for i, card in enumerate(page["results"])], zone),
        *_beside(page),
        *_ending(page),
    )


def header(page: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What was understood, where, how far, how many."""
    yield Text(f"{page['query']['label']} : {area_words(page['area'])}", style="bold")
    yield Text(f"{count_words(page)} · {MODES[page['mode']]} · {order_words(page)}")
    if enlarged := page.get("enlarged"):
        yield Text(
            f"Rayon élargi de {_km(enlarged['from_km'])} à {_km(enlarged['to_km'])}, "
            "faute d'offres assez nombreuses plus près.",
            style="yellow",
        )
    for warning in page["warnings"]:
        yield Text(warning["message"], style="yellow")
    if others := page["query"].get("alternatives"):
        yield Text("Autres sens possibles : " + ", ".join(other["what"] for other in others))


def area_words(area: Mapping[str, Any]) -> str:
    """The area and its radius; a department has none."""
    if "radius_km" not in area:
        return f"département {area['label']}"
    return f"{area['label']}, rayon {_km(area['radius_km'])}"


def count_words(page: Mapping[str, Any]) -> str:
    """How many offers, and which page of them."""
    total, size = page["total"]["value"], page_size(page)
    if not total:
        return "Aucune offre"
    pages = -(-total // size)
    offers = "1 offre" if total == 1 else f"{total} offres"
    return offers if pages == 1 else f"{offers}, page {page_number(page)} sur {pages}"


def order_words(page: Mapping[str, Any]) -> str:
    """The order asked for, its profile, and the seed that repeats it where it is drawn."""
    words = f"ordre : {SORTS[page['query']['asked'].get('sort', 'best')]}"
    if page["profile"] != "regulation":
        words += f", profil {page['profile']}"
    return words if page["area"]["patient_point"] else f"{words}, tirage {page['seed']}"


def page_number(page: Mapping[str, Any]) -> int:
    """The number of the page, from 1."""
    return int(page["query"]["asked"].get("page", 1))


def page_size(page: Mapping[str, Any]) -> int:
    """Offers a page."""
    return int(page["query"]["asked"].get("size", 5))


def _section(
    title: str | None, cards: list[tuple[str, Mapping[str, Any]]], zone: str
) -> Iterator[RenderableType]:
    if cards and title:
        yield Text("")
        yield Text(title.upper(), style="bold")
    for mark, card in cards:
        yield Text("")
        yield card_text(mark, card, zone)


def card_text(mark: str, card: Mapping[str, Any], zone: str) -> RenderableType:
    """One card: who and how far, where and how to call, when, and why there."""
    head = Table.grid(expand=True, padding=(0, 1))
    head.add_column(width=3, justify="right", no_wrap=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    distance = _distance(card["distance_km"]) if "distance_km" in card else ""
    title = Text.assemble((card["title"], "bold"), f"  {trade_words(card)}")
    head.add_row(Text(mark, style="bold"), title, distance)
    when = [Text(group_words(card))] if "group" in card else availability_lines(card, zone)
    lines = [*place_lines(card), *when, *reason_lines(card)]
    return Group(head, *(Padding(line, (0, 0, 0, INDENT), expand=False) for line in lines))


def group_words(card: Mapping[str, Any]) -> str:
    """How many members stand behind the card of a CPTS, and the one whose rank it takes."""
    group = card["group"]
    count = group["members"]
    members = "1 membre répond" if count == 1 else f"{count} membres répondent"
    best = group["best"]
    where = f", à {_distance(best['distance_km'])}" if "distance_km" in best else ""
    return (
        f"{members} · le mieux placé : {best['title']}{where} · sas search --cpts {group['finess']}"
    )


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
    phones = " · ".join(phone_words(phone) for phone in card.get("phones", []))
    told = " · ".join(filter(None, [address, phones]))
    fits = len(told) <= WIDTH - INDENT
    yield from (Text(line) for line in ([told] if fits else [address, phones]) if line)
    sector = CONVENTION_SECTORS.get(card.get("sector", ""))
    if told := " · ".join(filter(None, [participation_words(card), sector, opening_words(card)])):
        yield Text(told)


def participation_words(card: Mapping[str, Any]) -> str:
    """Part in the SAS, through what, and whether a patient without slot is accepted."""
    told = card["participation"]
    words = "Ne participe pas au SAS" if card["kind"] == Kind.PROFESSIONAL else ""
    if told["sas"]:
        ways = [VIA[way] for way in told.get("via", []) if way in VIA]
        cpts = told.get("cpts", {}).get("name")
        words = " ".join(["Participe au SAS", *ways, *([f"({cpts})"] if cpts else [])])
    beyond = "accepte en surnuméraire" if card["accepts_beyond"] else ""
    return " · ".join(filter(None, [words, beyond]))


def opening_words(card: Mapping[str, Any]) -> str | None:
    """Open or closed, and until when."""
    told = card.get("open")
    if told is None:
        return None
    until = f" jusqu'à {_clock(told['until'])}" if told["now"] and "until" in told else ""
    return f"ouvert{until}" if told["now"] else "fermé"


def availability_lines(card: Mapping[str, Any], zone: str) -> Iterator[Text]:
    """One line a day that has slots, in the local time of the place."""
    days = card["availability"]["days"]
    local = card["place"].get("timezone", zone)
    for index, day in enumerate(days):
        if day["slots"]:
            yield Text.assemble(
                (f"{_day(index, day['date'])} ", "green"),
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
    """Local time, types, and what is not an appointment at the office."""
    where = [CONSULTATIONS[c] for c in slot.get("consultation", []) if c in CONSULTATIONS]
    walk_in = ["sans rendez-vous"] if slot.get("appointment") == "WALKIN" else []
    seats = [f"{slot['seats_taken']}/{slot['seats_max']}"] if "seats_taken" in slot else []
    words = [_clock(slot["start_local"]), "/".join(slot["types"]), *where, *walk_in, *seats]
    return " ".join(words)


def reason_lines(card: Mapping[str, Any]) -> Iterator[Text]:
    """Why the card stands there: its tier, then what its place inside the tier is made of."""
    flags = [words for flag, words in FLAGS.items() if card.get(flag)]
    if flags:
        yield Text(", ".join(flags), style="yellow")
    if rank := card.get("rank"):
        parts = " ; ".join(part_words(part) for part in rank["parts"] if part["name"] in PARTS)
        told = f"Rang : palier {rank['tier']}, {rank['label'][:1].lower()}{rank['label'][1:]}"
        yield Text(f"{told} — {parts}" if parts else told, style="dim")


def part_words(part: Mapping[str, Any]) -> str:
    """One part of a score, 1 being the patient's door and 0 the edge of the circle.

    A credit tells how many kilometres nearer it makes the offer. Around a commune there are no
    kilometres: closeness counts in quarters of the radius (docs/ranking.md).
    """
    named, value = PARTS[part["name"]], f"{part['value']:.3f}".replace(".", ",")
    km = _distance(part["km"]) if "km" in part else None
    if part["name"] == "closeness":
        measured = f"à {km}" if km else "par quarts de rayon"
        return f"{named} {value} ({measured})"
    return f"{named} +{value}" + (f" (comme {km} de moins)" if km else "")


def phone_words(phone: str) -> str:
    """French writing of a number of metropolitan form: ``+33466001122`` is ``04 66 00 11 22``."""
    if phone.startswith(_NATIONAL) and len(phone) == _NUMBER_LENGTH and phone[1:].isdigit():
        national = "0" + phone[len(_NATIONAL) :]
        return " ".join(national[i : i + 2] for i in range(0, len(national), 2))
    return phone


def _beside(page: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A nearer offer that the order hides, the marketplace, the filters that may be set."""
    if nearer := page.get("nearer_alternative"):
        yield Text(f"\n{nearer_words(nearer)}", style="cyan")
    if solutions := page.get("solutions", {}).get("results"):
        yield Text("\nPLACE DE MARCHÉ", style="bold")
        yield from (Padding(Text(solution_words(one)), (0, 0, 0, INDENT)) for one in solutions)
    if facets := [facet_words(facet) for facet in page["facets"] if len(facet["values"]) > 1]:
        yield Text("\nFILTRES", style="bold")
        yield from (Padding(Text(told, style="dim"), (0, 0, 0, INDENT)) for told in facets)


def nearer_words(nearer: Mapping[str, Any]) -> str:
    """The nearest offer with a slot; a CPTS is as far as the member who stands behind its card."""
    card, saved = nearer["card"], _distance(nearer["saved_km"])
    near = _distance(card.get("group", {}).get("best", card)["distance_km"])
    return f"Plus proche avec créneau : {card['title']}, à {near} ({saved} de moins)"


def solution_words(solution: Mapping[str, Any]) -> str:
    """A marketplace solution: what it is called, how to reach it."""
    phones = [phone_words(phone) for phone in solution.get("phones", [])]
    return " · ".join(filter(None, [solution["title"], *phones, solution.get("link")]))


def facet_words(facet: Mapping[str, Any]) -> str:
    """The first values of a filter with how many cards each has."""
    shown = [f"{one['label']} {one['count']}" for one in facet["values"][:VALUES_SHOWN]]
    more = len(facet["values"]) - len(shown)
    return f"{facet['label']} : " + ", ".join([*shown, f"et {more} de plus"] if more else shown)


def _ending(page: Mapping[str, Any]) -> Iterable[RenderableType]:
    if not page["results"] and page_number(page) > 1:
        yield Text("\nCette page est vide : elle vient après la dernière offre.")
    elif not page["results"]:
        yield from (Text(f"\n{way}") for way in other_ways(page))
    if page["next"] and "page" in page["next"]:
        repeat = "" if page["area"]["patient_point"] else f" --seed {page['seed']}"
        yield Text(f"\nSuite : --page {page['next']['page']}{repeat}", style="dim")


def other_ways(page: Mapping[str, Any]) -> Iterator[str]:
    """Searches that find what this one did not, with how many offers each has."""
    ways = page.get("instead", [])
    if not ways:
        yield "Rien non plus dans un rayon plus grand, dans un autre mode ou sans filtre."
    for way in ways:
        option = WAYS[way["change"]].format(**way["criteria"])
        yield f"{way['label']} : {way['total']} ({option})"


def _day(index: int, day: str) -> str:
    if index < len(DAYS):
        return DAYS[index]
    return date.fromisoformat(day).strftime("%d/%m")


def _clock(instant: str) -> str:
    return datetime.fromisoformat(instant).strftime("%H:%M")


def _distance(km: float) -> str:
    return f"{round(km * _METRES)} m" if km < 1 else _km(km)


def _km(km: float) -> str:
    return f"{km:.1f}".removesuffix(".0").replace(".", ",") + " km"
