"""A page of results as a regulator reads it in a terminal: French, 100 columns."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from cli.views.french import kilometres
from cli.views.page_candidates import candidate_lines
from cli.views.page_cards import card_text
from cli.views.page_foot import (
    last_page,
    more_options,
    next_steps,
    page_extras,
    page_number,
    page_size,
)
from cli.views.page_line import is_said_only, other_meanings, reading_lines, sentence_lines
from mappings.records import Kind

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

SCOPES: Mapping[str, str] = MappingProxyType(
    {"territory": "tout le territoire", "country": "toute la France"}
)
"""How far a remote search goes."""


def page_text(page: Mapping[str, Any], *, why: bool = False) -> Group:
    """The whole page: what was understood, the treating doctor, the offers in order.

    ``why`` adds to each card the sum that gives its rank.
    """
    show = partial(card_text, zone=page["area"]["zone"], why=why)
    first = (page_number(page) - 1) * page_size(page) + 1
    below = "Autres offres" if page["pinned"] else None
    return Group(
        *header(page),
        *_section("Médecin traitant", [show("★", card) for card in page["pinned"]]),
        *_section(below, [show(str(first + i), card) for i, card in enumerate(page["results"])]),
        *candidate_lines(page),
        *page_extras(page),
        *next_steps(page),
        *more_options(page, why=why),
    )


def header(page: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Sentences of the line, what was understood, where, how far, how many."""
    yield from sentence_lines(page["query"]["read"])
    if not is_said_only(page["query"]["read"]):
        yield Text(f"{page['query']['label']} : {area_words(page['area'])}", style="bold")
    yield from reading_lines(page["query"]["read"])
    if is_said_only(page["query"]["read"]):
        return
    yield Text(f"{count_words(page)} · {MODES[page['mode']]} · {order_words(page)}")
    if enlarged := page.get("enlarged"):
        yield Text(
            f"Rayon élargi de {kilometres(enlarged['from_km'])} à {kilometres(enlarged['to_km'])}, "
            "faute d'offres assez nombreuses plus près.",
            style="yellow",
        )
    for warning in page["warnings"]:
        yield Text(warning["message"], style="yellow")
    if others := page["query"].get("alternatives"):
        yield Text(other_meanings(page["query"]["read"], [other["what"] for other in others]))


def area_words(area: Mapping[str, Any]) -> str:
    """The area and its radius; a department has none, nor a remote search."""
    if "scope" in area:
        return f"{area['label']}, {SCOPES[area['scope']]}"
    if "radius_km" not in area:
        return f"département {area['label']}"
    return f"{area['label']}, rayon {kilometres(area['radius_km'])}"


def count_words(page: Mapping[str, Any]) -> str:
    """The count of offers, of solutions where they are the only results; the page."""
    total = page["total"]["value"]
    if not total and page["query"].get("offer_kinds") == [Kind.SOLUTION]:
        count = page.get("solutions", {}).get("total", {}).get("value", 0)
        return format_french_count(count, "solution")
    pages, number = last_page(page), page_number(page)
    offers = format_french_count(total, "offre") + people_words(page)
    return f"{offers}, page {number} sur {pages}" if 1 < pages >= number else offers


def people_words(page: Mapping[str, Any]) -> str:
    """How many people the offers are, where some have several places; a CPTS is several too."""
    people = page["people"]
    if people["value"] == page["total"]["value"]:
        return ""
    at_least = "d'au moins" if people["relation"] == "gte" else "de"
    return f" {at_least} {format_french_count(people['value'], 'personne')}"


def format_french_count(number: int, noun: str) -> str:
    """A feminine noun with its number, at the beginning of a line."""
    if not number:
        return f"Aucune {noun}"
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def order_words(page: Mapping[str, Any]) -> str:
    """The chosen order, its profile, and the seed that repeats a random one."""
    words = f"ordre : {SORTS[page['query']['asked'].get('sort', 'best')]}"
    if page["profile"] != "regulation":
        words += f", profil {page['profile']}"
    drawn = any("band" in card.get("rank", {}) for card in page["results"])
    return f"{words}, tirage {page['seed']}" if drawn else words


def _section(title: str | None, cards: Sequence[RenderableType]) -> Iterator[RenderableType]:
    if cards and title:
        yield Text("")
        yield Text(title.upper(), style="bold")
    for card in cards:
        yield Text("")
        yield card
