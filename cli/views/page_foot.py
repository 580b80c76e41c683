"""Text below the cards of a page: a nearer offer, the marketplace, filters, alternatives."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.views.french import distance, kilometres, moment, phone_words
from cli.views.page_cards import INDENT, first_day, slot_words
from cli.views.page_line import is_said_only
from mappings.records import Consultation
from search_engine.query.alternatives import SEARCH_MODE_LABELS
from search_engine.query.radius import ENOUGH
from search_engine.request.criteria import Mode

VALUES_SHOWN = 6
"""Values shown of each filter."""

ALTERNATIVE_OPTIONS: Mapping[str, str] = MappingProxyType(
    {"mode": "--mode {mode}", "radius": "--radius {radius_km:g}", "absent": "--absent"}
)
"""Options of each alternative to an empty page; filters are removed."""

FLAGS = frozenset({"open_now"})
"""Filters that are on or off."""


def page_number(page: Mapping[str, Any]) -> int:
    """The number of the page, from 1."""
    return int(page["query"]["asked"].get("page", 1))


def page_size(page: Mapping[str, Any]) -> int:
    """Offers a page."""
    return int(page["query"]["asked"].get("size", 5))


def last_page(page: Mapping[str, Any]) -> int:
    """The number of the last page that has an offer, 0 when there is none."""
    return -(-int(page["total"]["value"]) // page_size(page))


def option_name(criterion: str) -> str:
    """A criterion as the command line writes it."""
    return "--" + criterion.replace("_", "-")


def page_extras(page: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A nearer offer that the order hides, people seen from afar, the marketplace, the filters that
    may be set."""
    if nearer := page.get("nearer_alternative"):
        yield Text(f"\n{nearer_words(nearer)}", style="cyan")
    if remote := page.get("remote"):
        yield Text(f"\n{remote_words(remote)}", style="cyan")
    solutions = page.get("solutions", {})
    if shown := solutions.get("results"):
        yield Text(
            f"\nPLACE DE MARCHÉ{_partial_count(len(shown), solutions['total']['value'])}", "bold"
        )
        yield from (Padding(Text(solution_words(one)), (0, 0, 0, INDENT)) for one in shown)
    if facets := [
        facet_words(one, page["area"]) for one in page.get("facets", []) if is_narrowing(one, page)
    ]:
        yield Text("\nFILTRES", style="bold")
        yield from (Padding(Text(line, style="dim"), (0, 0, 0, INDENT)) for line in facets)


def nearer_words(nearer: Mapping[str, Any]) -> str:
    """Who is nearer than the first cards, how to call, and when the first slot is."""
    card, saved = nearer["card"], distance(nearer["saved_km"])
    words = [f"Plus proche avec créneau : {card['title']}"]
    if "distance_km" in card:
        words.append(f"{distance(card['distance_km'])} ({saved} de moins)")
    slots = [slot for day in card["availability"]["days"] for slot in day["slots"]]
    if slots:
        start = datetime.fromisoformat(slots[0]["start_local"])
        words.append(f"{moment(start, first_day(card))}{slot_words(slots[0])}")
    return " · ".join([*words, *map(phone_words, card.get("phones", []))])


def remote_words(remote: Mapping[str, Any]) -> str:
    """Who can be seen from afar, and the option that lists them."""
    return f"{remote['label']} : --consultation {' '.join(remote['criteria']['consultation'])}"


def solution_words(solution: Mapping[str, Any]) -> str:
    """A marketplace solution: what it is called, how to reach it."""
    phones = [phone_words(phone) for phone in solution.get("phones", [])]
    return " · ".join(filter(None, [solution["title"], *phones, solution.get("link")]))


def is_narrowing(facet: Mapping[str, Any], page: Mapping[str, Any]) -> bool:
    """Whether selecting a value of the filter would change the page."""
    counts = [one["count"] for one in facet["values"]]
    return len(counts) > 1 or counts != [page["total"]["value"]]


def facet_words(facet: Mapping[str, Any], area: Mapping[str, Any]) -> str:
    """A filter, its option, its first values: ``Grand public (PUBLIC) 33``.

    Remote consultations are counted in the circle of the page, and searched beyond it.
    """
    values = facet["values"]
    if facet["name"] == "horizon":
        values = sorted(values, key=lambda one: int(one["value"].partition("-")[0]))
    wider = facet["name"] == "consultation" and is_circle_left(area)
    shown = [
        _value_words(facet["name"], one)
        + (" dans ce rayon" if wider and one["value"] == Consultation.VR else "")
        for one in values[:VALUES_SHOWN]
    ]
    more = len(values) - len(shown)
    words = ", ".join([*shown, f"et {more} de plus"] if more else shown)
    return f"{facet['label']}, {option_name(facet['name'])} : {words}"


def is_circle_left(area: Mapping[str, Any]) -> bool:
    """Whether a search for remote consultations alone leaves the circle: it was not chosen."""
    return "radius_km" in area and not area["explicit_radius"]


def _value_words(name: str, one: Mapping[str, Any]) -> str:
    alike = name in FLAGS or one["label"] == one["value"]
    return f"{one['label']} {one['count']}" if alike else "{label} ({value}) {count}".format(**one)


def next_steps(page: Mapping[str, Any]) -> Iterable[RenderableType]:
    """How to go on: the next page, who is called so and absent, or what an empty page may be
    replaced by."""
    if page["results"]:
        ways = [*map(alternative_line, page.get("instead", [])), *_mode_lines(page)]
    else:
        ways = [] if is_said_only(page["query"]["read"]) else list(alternative_lines(page))
    if ways:
        yield Text("\n" + "\n".join(ways))
    if page["next"] and "page" in page["next"]:
        yield Text(f"\nSuite : --page {page['next']['page']} --seed {page['seed']}", style="dim")


def _mode_lines(page: Mapping[str, Any]) -> Iterator[str]:
    """Where few can see the patient: the option that shows the others too."""
    if page["mode"] == Mode.AVAILABLE and page["people"]["value"] < ENOUGH:
        yield f"{SEARCH_MODE_LABELS[Mode.ALL]} : --mode {Mode.ALL.value}"


def more_options(page: Mapping[str, Any], *, why: bool) -> Iterator[RenderableType]:
    """The options that show what this page of offers leaves out."""
    left_out = {
        "--filters": "les filtres et leurs comptes" if "facets" not in page else "",
        "--why": "" if why else "le détail de chaque rang",
    }
    named = [f"{option} : {words}" for option, words in left_out.items() if words]
    if named and page["results"]:
        yield Text("\n" + " · ".join(named), style="dim")


def alternative_lines(page: Mapping[str, Any]) -> Iterator[str]:
    """Alternatives to this empty page, with the number of offers of each."""
    if page_number(page) > 1:
        last = last_page(page)
        words = f"la dernière est --page {last}" if last else "la première l'est aussi"
        yield f"Cette page est vide : {words}."
        return
    for way in page.get("instead", []):
        yield alternative_line(way)
    if not page.get("instead") and not page.get("solutions", {}).get("results"):
        yield from no_alternative_lines(page)
    area = page["area"]
    if area.get("explicit_radius") and area["radius_km"] < area["reference_km"]:
        yield f"Sans --radius, la recherche va à {kilometres(area['reference_km'])} au moins."


def alternative_line(way: Mapping[str, Any]) -> str:
    """An alternative, its number of offers and its option: ``Absents compris : 1 (--absent)``."""
    return f"{way['label']} : {way['total']} ({alternative_words(way)})"


def no_alternative_lines(page: Mapping[str, Any]) -> Iterator[str]:
    """What was tried in vain."""
    wider = "dans un rayon deux fois plus grand, " if "radius_km" in page["area"] else ""
    yield f"Rien non plus {wider}dans un autre mode ou sans filtre."


def alternative_words(way: Mapping[str, Any]) -> str:
    """What to change on the command line."""
    if way["change"] == "filters":
        return "sans " + ", ".join(map(option_name, way["criteria"]))
    return ALTERNATIVE_OPTIONS[way["change"]].format(**way["criteria"])


def _partial_count(shown: int, total: int) -> str:
    return f" ({shown} sur {total})" if shown < total else ""
