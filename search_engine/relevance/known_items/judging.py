"""Known items judged: each template typed for a few subjects of the index."""

from asyncio import gather
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import takewhile
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import ValidationError

from elastic.errors import ElasticRejected
from mappings.analysis import fold
from mappings.offer_ids import DOCTORS
from mappings.records import Offer
from search_engine.relevance.index_probe import IndexProbe, JudgedAnswer, has_traits
from search_engine.relevance.known_items.drawing import draw_items
from search_engine.relevance.known_items.facts import DrawnItem, are_in_one_city
from search_engine.relevance.known_items.fill import build_item_search, fill_line
from search_engine.relevance.known_items.likeness import NameLikeness, measure_likeness
from search_engine.relevance.known_items.subjects import ItemSubject, find_subject
from search_engine.relevance.known_items.templates import Expectation, ItemTemplate
from search_engine.relevance.verdict import REJECTED, CaseOutcome, Level
from search_engine.request.problems import PartialAnswer, SearchProblem
from search_engine.response.page import list_shown_ids
from search_engine.understanding.word_classes import DOCTOR_TITLES

DRAWS, SMOKE_DRAWS = 3, 1
"""Subjects for which each template is typed: in full, and before a swap."""

POOL = 30
"""Subjects drawn, from which each template takes its own."""

REFUSED = "la recherche est refusée : aucun lieu n'y est lu"
OUTRANKED = "des médecins portent ce nom, et la ligne en nomme un"
DOCTORS_FIRST = (Expectation.FIRST, Expectation.PAGE)
CROWDED = "plus d'offres portent ce nom que la page n'en montre"


class TypedLine(NamedTuple):
    """A line as it is typed, and the offer it is about."""

    offer: Offer
    what: str


async def judge_known_items(
    probe: IndexProbe, templates: Iterable[ItemTemplate], *, draws: int, seed: int
) -> AsyncIterator[CaseOutcome]:
    """The outcome of every template and subject; one that nothing fills is not judged."""
    drawn: dict[str, list[DrawnItem]] = {}
    for template in templates:
        if template.subject not in drawn:
            subject = find_subject(template.subject)
            drawn[template.subject] = await draw_items(probe, subject, POOL, seed)
        lines = fill_template(template, drawn[template.subject], draws, seed)
        if not lines:
            yield begin_outcome(template, 0, {"what": template.what}).as_not_judged(
                f"aucun « {template.subject} » ne remplit cette ligne dans cet index"
            )
        for outcome in await gather(*judge_lines(probe, template, lines)):
            yield outcome


def judge_lines(
    probe: IndexProbe, template: ItemTemplate, lines: Iterable[TypedLine]
) -> Iterator[Coroutine[Any, Any, CaseOutcome]]:
    """The lines of a template, to be typed at once."""
    for rank, line in enumerate(lines, 1):
        search = build_item_search(template, line.offer, line.what)
        yield judge_line(probe, template, line.offer, begin_outcome(template, rank, search))


def fill_template(
    template: ItemTemplate, items: Sequence[DrawnItem], draws: int, seed: int
) -> list[TypedLine]:
    """A few subjects that fill the line, with the line; others for each template."""
    rng = Random(f"{seed} {template.id}")  # noqa: S311 - a draw, not a secret
    drawn = rng.sample(items, len(items))
    filled = ((item, fill_line(template, item, rng)) for item in drawn)
    return [TypedLine(item.offer, what) for item, what in filled if what is not None][:draws]


def begin_outcome(template: ItemTemplate, rank: int, search: dict[str, Any]) -> CaseOutcome:
    """The outcome of one line before it is typed."""
    name = f"{template.id}-{rank}" if rank else template.id
    return CaseOutcome(name, template.group, template.why, search, level=template.level)


async def judge_line(
    probe: IndexProbe, template: ItemTemplate, offer: Offer, about: CaseOutcome
) -> CaseOutcome:
    """One line typed, about an offer."""
    try:
        answer = await probe.fetch_page(about.search)
    except PartialAnswer:
        raise
    except ElasticRejected:
        return settle_outcome(about, [REJECTED])
    except ValidationError:
        return settle_outcome(about, [REFUSED])
    except SearchProblem as problem:
        return settle_outcome(about, [problem.detail])
    if template.expect is Expectation.PAGE and is_crowded(answer, offer):
        return about.as_not_judged(CROWDED)
    if template.expect in DOCTORS_FIRST and is_outranked_by_doctors(answer, offer):
        return about.as_not_judged(OUTRANKED)
    fault = PROBLEMS[template.expect](answer, find_subject(template.subject), offer)
    found = [str(card["title"]) for card in answer.page["results"]]
    return settle_outcome(about, [fault] if fault else [], found)


def settle_outcome(
    about: CaseOutcome, problems: list[str], found: Iterable[str] = ()
) -> CaseOutcome:
    """A must that is not met fails; a wish that is not met is told."""
    outcome = about.with_problems(problems, list(found))
    if problems and about.level is Level.WISH:
        return outcome.as_known_failure(problems[0])
    return outcome


def is_same(card: Mapping[str, Any], offer: Offer) -> bool:
    """Whether a card is the subject: the person at any place; the structure, or one of the commune
    whose name is the same."""
    rpps = card.get("practitioner", {}).get("rpps")
    if rpps is not None or card["id"] == offer["id"]:
        return rpps is None or bool(rpps == offer.get("rpps"))
    in_town: bool = card["place"].get("insee") == offer.get("insee")
    return in_town and fold(card["title"]) == fold(offer["names"][0])


def is_crowded(answer: JudgedAnswer, offer: Offer) -> bool:
    """Whether the page is full of others who answer what was typed better, or bear the same name:
    of all the MARTIN it cannot show SAINT-MARTIN too, nor a name that only begins so."""
    cards = answer.page["results"]
    if len(list_shown_ids(cards)) < answer.criteria.size or _is_on_page(answer, offer):
        return False
    typed = fold(answer.criteria.what)
    names = [card.get("practitioner", {}).get("family", card["title"]) for card in cards]
    wanted = measure_likeness(typed, offer.get("family", offer["names"][0]))
    shown = [measure_likeness(typed, name) for name in names]
    return all(one < wanted or one == wanted == NameLikeness.WHOLE for one in shown)


def is_outranked_by_doctors(answer: JudgedAnswer, offer: Offer) -> bool:
    """Whether the line names a doctor, and doctors who answer it no worse come before the subject,
    who is none."""
    typed = fold(answer.criteria.what)
    if offer.get("profession") in DOCTORS or DOCTOR_TITLES.isdisjoint(typed.split()):
        return False
    before = list(takewhile(lambda card: not is_same(card, offer), answer.page["results"]))
    stored = [answer.offers[card["id"]] for card in before]
    wanted = measure_likeness(typed, offer.get("family", offer["names"][0]))
    return bool(stored) and all(
        one.get("profession") in DOCTORS
        and measure_likeness(typed, one.get("family", one["names"][0])) <= wanted
        for one in stored
    )


def _is_on_page(answer: JudgedAnswer, offer: Offer) -> bool:
    return any(is_same(card, offer) for card in answer.page["results"])


Problem = Callable[[JudgedAnswer, ItemSubject, Offer], str | None]


def _check_first(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    cards = answer.page["results"]
    if cards and is_same(cards[0], offer):
        return None
    where = "premier" if _is_on_page(answer, offer) else "sur la première page"
    return f"{offer['names'][0]} n'est pas {where}"


def _check_page(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    if _is_on_page(answer, offer):
        return None
    return f"{offer['names'][0]} n'est pas sur la première page"


def _check_known(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    sentences = answer.page["query"]["read"]["sentences"]
    name = f"{offer.get('given', '')} {offer.get('family', offer['names'][0])}"
    if any(name in one["message"] for one in sentences):
        return None
    return _check_first(answer, subject, offer)


def _check_alike(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    first = _list_stored(answer)[:1]
    if first and _is_alike(subject, first[0]):
        return None
    return "la première carte n'est pas de ce genre" if first else "rien n'est trouvé"


def _check_alike_in_town(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    problem, first = _check_alike(answer, subject, offer), _list_stored(answer)[:1]
    if problem is None and not are_in_one_city(first[0], offer):
        return "la première carte est d'une autre commune"
    return problem


def _check_every(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    stored = _list_stored(answer)
    others = [one["title"] for one in stored if not _is_alike(subject, one)]
    if stored and not others:
        return None
    return f"{others[0]} n'est pas de ce genre" if others else "rien n'est trouvé"


def _check_some(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    found = any(_is_alike(subject, one) for one in _list_stored(answer))
    return None if found else "aucune carte n'est de ce genre"


def _check_phone(answer: JudgedAnswer, subject: ItemSubject, offer: Offer) -> str | None:
    cards = answer.page["results"]
    same = cards and set(cards[0].get("phones", [])) & set(offer.get("phones", []))
    return None if same else "la première carte n'a pas ce téléphone"


PROBLEMS: Mapping[Expectation, Problem] = MappingProxyType(
    {
        Expectation.FIRST: _check_first,
        Expectation.PAGE: _check_page,
        Expectation.KNOWN: _check_known,
        Expectation.ALIKE: _check_alike,
        Expectation.ALIKE_IN_TOWN: _check_alike_in_town,
        Expectation.EVERY_ALIKE: _check_every,
        Expectation.SOME_ALIKE: _check_some,
        Expectation.SAME_PHONE: _check_phone,
    }
)
"""What is wrong with a page, by what it must hold; None for a good one."""


def _list_stored(answer: JudgedAnswer) -> list[Offer]:
    """The offers of the page in its order; a CPTS card as the CPTS."""
    shown = (card["id"] for card in answer.page["results"])
    return [answer.offers[key] for key in shown if key in answer.offers]


def _is_alike(subject: ItemSubject, offer: Offer) -> bool:
    if offer["kind"] == "cpts" and subject.kind != "cpts":
        return True
    if subject.also is not None and subject.also(offer):
        return True
    return subject.traits is None or has_traits(offer, subject.traits)
