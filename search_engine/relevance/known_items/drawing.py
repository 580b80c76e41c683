"""Subjects drawn from the index at hand, always the same for one seed.

One request draws offers that may do, in random order; requests sent together then count who else
has their names.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mappings.analysis import fold
from mappings.instants import utc_text
from mappings.records import Kind, Offer
from search_engine.backend.bodies import Body, Clause
from search_engine.backend.index import read_hits, read_total
from search_engine.query.availability import remote_only_clause
from search_engine.query.clauses import or_clause
from search_engine.relevance.index_probe import IndexProbe, has_traits, traits_clause
from search_engine.relevance.known_items.facts import (
    DrawnItem,
    are_in_one_city,
    drop_kind_words,
)
from search_engine.relevance.known_items.misspelling import CHANGES
from search_engine.relevance.known_items.subjects import Bearers, ItemSubject

CANDIDATES = 600
"""Offers drawn for one subject; its predicate keeps some."""

BATCH = 40
"""Candidates whose namesakes are counted at once."""

MOST_BATCHES = 6
"""After so many, the index is said not to hold the subject."""

MOST_BEARERS = 200
"""Namesakes read of one candidate."""

SOON = timedelta(hours=24)
"""A slot as soon as this is in the window of every search, wherever its place."""

FIELDS = [
    *("id", "kind", "structure_kind", "category", "names", "family", "given", "rpps", "finess"),
    *("profession", "specialties", "participant", "emergency", "maternity_level", "phones"),
    *("point", "landmass", "insee", "postal_code", "department", "absences", "always_absent"),
]
"""What a template or a judgement reads of an offer."""


async def draw_items(
    probe: IndexProbe, subject: ItemSubject, wanted: int, seed: int
) -> list[DrawnItem]:
    """At most so many offers that are the subject, none twice."""
    found = await fetch_candidates(probe, subject, seed)
    fitting = [offer for offer in found if subject.is_fit(offer)]
    if subject.bearers is Bearers.ANY:
        return [DrawnItem(offer) for offer in fitting[:wanted]]
    if subject.bearers is Bearers.NAMED:
        return await tell_shared_names(probe, subject, fitting[:wanted])
    drawn: list[DrawnItem] = []
    for first in range(0, min(len(fitting), BATCH * MOST_BATCHES), BATCH):
        if len(drawn) < wanted:
            drawn += await select_by_bearers(probe, subject, fitting[first : first + BATCH])
    return drawn[:wanted]


async def fetch_candidates(probe: IndexProbe, subject: ItemSubject, seed: int) -> list[Offer]:
    """Offers of the kind, the traits and the slots of a subject, in the order of the seed."""
    body = {
        "query": {
            "function_score": {
                "query": {"bool": build_candidate_clauses(subject, probe.now)},
                "random_score": {"seed": seed, "field": "fair_key"},
                "boost_mode": "replace",
            }
        },
        "size": CANDIDATES,
        "_source": FIELDS,
    }
    return [hit["_source"] for hit in read_hits(await probe.index.fetch_answer(body))]


def build_candidate_clauses(subject: ItemSubject, now: datetime) -> dict[str, list[Clause]]:
    """The conditions of a subject that the index can check; absent people are drawn on purpose."""
    wanted: list[Clause] = [{"term": {"kind": subject.kind.value}}, {"exists": {"field": "point"}}]
    unwanted: list[Clause] = []
    if subject.traits is not None:
        wanted.append(traits_clause(subject.traits))
    if subject.has_slot is not None:
        (wanted if subject.has_slot else unwanted).append(build_slot_clause(subject, now))
    absence = {"bool": {"should": [{"exists": {"field": "absences"}}, ALWAYS_ABSENT]}}
    (wanted if subject.is_absent else unwanted).append(absence)
    return {"filter": wanted, "must_not": unwanted}


ALWAYS_ABSENT: Clause = {"term": {"always_absent": True}}
FULL: Clause = {"range": {"slots.seats_left": {"lte": 0}}}


def build_slot_clause(subject: ItemSubject, now: datetime) -> Clause:
    """A free slot soon that anybody may see, of a consultation where the subject names one, else in
    person.

    A subject without a slot has none however late.
    """
    times = {"gte": utc_text(now)}
    if subject.has_slot:
        times["lte"] = utc_text(now + SOON)
    held: list[Clause] = [
        {"range": {"slots.start": times}},
        {"exists": {"field": "slots.types"}},
    ]
    unwanted = [FULL]
    if subject.consultation is not None:
        held.append({"term": {"slots.consultation": subject.consultation.value}})
    elif subject.has_slot:
        unwanted.append(remote_only_clause())
    query = {"bool": {"filter": held, "must_not": unwanted}}
    return {"nested": {"path": "slots", "query": query}}


async def tell_shared_names(
    probe: IndexProbe, subject: ItemSubject, offers: Sequence[Offer]
) -> list[DrawnItem]:
    """The structures, each with whether another of its kind in the department is called so."""
    bodies = [build_namesakes_body(subject, offer) for offer in offers]
    answers = await probe.index.fetch_answers(bodies)
    return [
        DrawnItem(offer, shares_name=read_total(answer) > 0)
        for offer, answer in zip(offers, answers, strict=True)
    ]


def build_namesakes_body(subject: ItemSubject, offer: Offer) -> Body:
    """The other structures of a department, of the traits of a subject, with every word of a name
    among theirs, the words for its kind left out."""
    name = drop_kind_words(offer["names"][0]) or offer["names"][0]
    wanted: list[Clause] = [
        {"term": {"kind": subject.kind.value}},
        {"term": {"department": offer["department"]}},
        {"match": {"structure_words": {"query": name, "operator": "and"}}},
        *([traits_clause(subject.traits)] if subject.traits else []),
    ]
    others = {"filter": wanted, "must_not": [{"term": {"id": offer["id"]}}]}
    return {"query": {"bool": others}, "size": 0, "track_total_hits": 1}


async def select_by_bearers(
    probe: IndexProbe, subject: ItemSubject, candidates: Sequence[Offer]
) -> list[DrawnItem]:
    """The candidates whose namesakes in their department are as the subject says."""
    names = [name_to_count(subject, offer) for offer in candidates]
    asked = [(offer, name) for offer, name in zip(candidates, names, strict=True) if name]
    bodies = [build_bearers_body(offer, name) for offer, name in asked]
    answers = await probe.index.fetch_answers(bodies)
    drawn: list[DrawnItem] = []
    for (offer, name), answer in zip(asked, answers, strict=True):
        found = [hit["_source"] for hit in read_hits(answer)]
        bearers = [one for one in found if join_name(one.get("family", "")) == join_name(name)]
        if has_bearers(subject, offer, bearers):
            other = bearers[0]["family"] if subject.bearers is Bearers.SOUND else None
            drawn.append(DrawnItem(offer, other))
    return drawn


def join_name(family: str) -> str:
    """The letters of a family name: Le Maire bears the name of Lemaire, typed ``le maire``."""
    return fold(family).replace(" ", "")


def name_to_count(subject: ItemSubject, offer: Offer) -> str | None:
    """The family name whose bearers are counted."""
    if subject.bearers is not Bearers.SOUND:
        return offer["family"]
    return CHANGES["sound"](offer["family"], Random(0))  # noqa: S311 - it draws nothing


def build_bearers_body(offer: Offer, name: str) -> Body:
    """The people of a department with every word of a name among theirs."""
    wanted: list[Clause] = [
        {"term": {"kind": Kind.PROFESSIONAL.value}},
        {"term": {"department": offer["department"]}},
        or_clause([match_names(name), match_names(join_name(name))]),
    ]
    return {"query": {"bool": {"filter": wanted}}, "size": MOST_BEARERS, "_source": FIELDS}


def match_names(name: str) -> Clause:
    """Whoever has every word of a name."""
    return {"match": {"names": {"query": name, "operator": "and"}}}


def has_bearers(subject: ItemSubject, offer: Offer, bearers: Sequence[Offer]) -> bool:
    """Whether those who have the name are as the subject says."""
    others = list(_other_people(offer, bearers))
    places = len(bearers) - len(others)
    match subject.bearers:
        case Bearers.ALONE if subject.traits is not None:
            return not any(has_traits(other, subject.traits) for other in others)
        case Bearers.ALONE:
            return not others
        case Bearers.PLACES:
            return not others and places > 1
        case Bearers.SOUND:
            return bool(others)
        case Bearers.TOWN:
            near = [other for other in others if other.get("insee") == offer.get("insee")]
            return bool(near) and all(_read_given(other) != _read_given(offer) for other in near)
        case _:
            alike = [other for other in others if _read_given(other) == _read_given(offer)]
            return bool(alike) and not any(are_in_one_city(other, offer) for other in alike)


def _other_people(offer: Offer, bearers: Sequence[Offer]) -> Iterator[Offer]:
    return (one for one in bearers if _person_key(one) != _person_key(offer))


def _person_key(offer: Offer) -> Any:
    return offer.get("rpps", offer["id"])


def _read_given(offer: Offer) -> str:
    return fold(offer.get("given", ""))
