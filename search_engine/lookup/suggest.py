"""What to search for, from the first letters: specialities, professionals, structures.

Specialities come from memory; people and structures from one request to Elasticsearch. Text is
never query syntax (W22).
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, Self

from elasticsearch import AsyncElasticsearch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from geography.gazetteer import load_gazetteer
from mappings import codes
from mappings.analysis import fold
from mappings.records import Kind
from search_engine.backend.answers import translate_unreadable
from search_engine.backend.bodies import Clause
from search_engine.backend.index import Index, read_hits
from search_engine.query.clauses import constant_score, or_clause
from search_engine.query.names.numbers import part_queries
from search_engine.query.names.ways import name_queries
from search_engine.request.area import (
    Area,
    AreaKind,
    department_area,
    find_department,
    insee_area,
    point_area,
)
from search_engine.request.criteria import MIN_LETTERS
from search_engine.request.interpretation import Interpretation, interpret_word
from search_engine.request.typed_line import NAMES, NUMBERS
from search_engine.response.cards import omit_unknown
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind, TextPart
from search_engine.understanding.vocabulary import AMBIGUOUS, OTHER_KINDS, lookup_key

FAMILY_NAME, WHOLE_WORDS, NEAR, SAME_DEPARTMENT = 1.0, 2.0, 1.5, 0.5
"""Weights: one of the words is the family name; the words are whole, neither begun nor only heard;
nearness, halved at PIVOT; the department."""

PIVOT = "10km"
"""Distance at which nearness counts half."""

TIMEOUT = "1s"

PERSON_FIELDS = ["rpps", "title", "given", "family", "profession", "city", "department"]
STRUCTURE_FIELDS = ["id", "kind", "structure_kind", "title", "city", "department"]

Suggestions = dict[str, list[dict[str, Any]]]


class SuggestRequest(BaseModel):
    """The first letters, and where the patient is when it is known: nearer names come first."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    text: str = Field("", max_length=200)
    """What was typed so far. Empty: the usual searches."""
    lat: float | None = Field(None, ge=-90, le=90)
    """Latitude of the patient, WGS84 degrees; goes with `lon`. Zero is a coordinate."""
    lon: float | None = Field(None, ge=-180, le=180)
    """Longitude of the patient, WGS84 degrees; goes with `lat`."""
    insee: str | None = Field(None, pattern=r"^(\d{1,2}|2[ABab])\d{3}$")
    """INSEE code of a commune."""
    department: str | None = Field(None, pattern=r"^(\d{1,3}|2[ABab])$")
    """Department code."""
    size: int = Field(5, ge=1, le=20)
    """Entries of each list."""

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """At most one place; a point needs both coordinates, zero included."""
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("incomplete_point", "lat and lon go together")
        if sum(value is not None for value in (self.lat, self.insee, self.department)) > 1:
            raise PydanticCustomError("one_place", "give one place at most")
        return self


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the search understands: folded, as written, what it means, its kind.

    ``meaning`` is the label folded: words of one meaning are proposed once. ``ambiguous`` words
    are proposed by their meanings.
    """

    folded: str
    what: str
    label: str
    kind: str
    meaning: str
    ambiguous: bool = False

    @classmethod
    def build_term(cls, folded: str, what: str, label: str, kind: str) -> "Term":
        """The term, with what is worked out once for every text typed."""
        return cls(folded, what, label, kind, fold(label), lookup_key(folded) in AMBIGUOUS)


class Beginning(NamedTuple):
    """What a text may begin: names (the whole text, and the one inside it without its civility),
    numbers, and the needs that it is read as."""

    names: tuple[str, ...]
    numbers: tuple[TextPart, ...] = ()
    needs: tuple[str, ...] = ()


async def suggest(client: AsyncElasticsearch, alias: str, request: SuggestRequest) -> Suggestions:
    """The three lists for a text (F004); empty text gives the usual searches.

    Under three letters only a known abbreviation is answered. Raises ``SearchProblem`` for a
    place that does not exist, and the errors of ``elastic.errors``.
    """
    near = resolve_suggest_area(request)
    folded = fold(request.text)
    if not request.text.strip():
        return _lists([dict(usual) for usual in usual_searches()[: request.size]])
    if len(folded.replace(" ", "")) < MIN_LETTERS:
        return _lists(abbreviations(folded)[: request.size])
    typed = read_beginning(request.text)
    bodies = [people_query(request, near, typed), structures_query(request, near, typed)]
    with translate_unreadable():
        people, structures = map(read_hits, await Index(client, alias).fetch_answers(bodies))
        return _lists(
            specialties(folded, typed.needs)[: request.size],
            tell_homonyms_apart([_person(hit["_source"]) for hit in people]),
            [_structure(hit["_source"]) for hit in structures],
        )


def warm() -> None:
    """Read the tables of suggestions now (25 ms), so that no first letter waits for them."""
    usual_searches()
    specialties("cardiologue")


def resolve_suggest_area(request: SuggestRequest) -> Area | None:
    """The area near which names are wanted, None without one."""
    if request.lat is not None and request.lon is not None:
        return point_area(load_gazetteer(), request.lat, request.lon, None)
    if request.insee is not None:
        return insee_area(load_gazetteer(), request.insee, None)
    if request.department is not None:
        return department_area(find_department(request.department), None)
    return None


def read_beginning(text: str) -> Beginning:
    """What the text begins, read as a search reads it."""
    reading = read_what(text, place_given=True)
    inside = " ".join(part.value for part in reading.find_parts(*NAMES))
    names = dict.fromkeys([text, *([inside] if inside else [])])
    return Beginning(tuple(names), reading.find_parts(*NUMBERS), reading.words)


def specialties(folded: str, needs: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The meanings of which a word begins so; the meanings of an ambiguous word come first.

    ``needs`` are what the text is read as, misspelt or said in other words: they come last.
    """
    found = sorted(_find_terms(folded), key=lambda term: _rank(term, folded))
    first: dict[str, Term] = {}
    for term in (*_ambiguous().get(lookup_key(folded), ()), *found, *_read_terms(needs)):
        first.setdefault(term.meaning, term)
    return [_entry(term) for term in first.values()]


def _read_terms(needs: Sequence[str]) -> Iterator[Term]:
    for need in needs:
        if lookup_key(need) not in AMBIGUOUS and (term := _term(fold(need), need)):
            yield term


def abbreviations(folded: str) -> list[dict[str, Any]]:
    """The meaning of a whole word under three letters, such as ``MG``."""
    return [_entry(term) for term in terms() if term.folded == folded][:1]


@cache
def terms() -> tuple[Term, ...]:
    """Every synonym and official label, once a spelling."""
    written = [text for text, _ in codes.synonyms()]
    tables = (codes.professions(), codes.structure_categories(), codes.specialties())
    written += [code.label for table in tables for code in table.values()]
    spelled = {fold(text): text for text in reversed([*OTHER_KINDS, *written])}
    return tuple(term for folded, text in spelled.items() if (term := _term(folded, text)))


@cache
def usual_searches() -> tuple[dict[str, str], ...]:
    """The default list: ``tables/usual_searches.csv`` (F004)."""
    table = resources.files("search_engine.lookup").joinpath("usual_searches.csv")
    rows = csv.DictReader(table.read_text("utf-8").splitlines())
    return tuple({**row, "kind": _word_kind(row["what"])} for row in rows)


def _word_kind(word: str) -> str:
    meaning = interpret_word(word)
    return "profession" if meaning is None else term_kind(meaning)


def term_kind(meaning: Interpretation) -> str:
    """What a known word is: ``structure``, ``specialty`` or ``profession``."""
    if meaning.structure_word:
        return "structure"
    return "specialty" if meaning.specialties else "profession"


def people_query(request: SuggestRequest, near: Area | None, typed: Beginning) -> dict[str, Any]:
    """Distinct persons, one a RPPS, at their best place; by name, or by the number itself."""
    person = [{"term": {"kind": Kind.PROFESSIONAL.value}}, {"exists": {"field": "rpps"}}]
    ways = [name_queries(name) for name in typed.names]
    found = _read_numbers(typed) or [way for one in ways for way in (one["prefix"], one["sound"])]
    family = or_clause([one["exact"] for one in ways])
    whole = or_clause([one["word"] for one in ways])
    preferred = [constant_score(family, FAMILY_NAME), constant_score(whole, WHOLE_WORDS)]
    query = _names_query(request, near, [*person, or_clause(found)], preferred)
    return {**query, "_source": PERSON_FIELDS, "collapse": {"field": "rpps"}}


def structures_query(
    request: SuggestRequest, near: Area | None, typed: Beginning
) -> dict[str, Any]:
    """Offers that are no person; by their names, by their words together, or by a number."""
    kinds = [kind.value for kind in Kind if kind is not Kind.PROFESSIONAL]
    ways = [name_queries(name, kind=PartKind.STRUCTURE) for name in typed.names]
    words = {"query": request.text, "operator": "and"}
    begun = {"match_bool_prefix": {"structure_words": words}}
    found = _read_numbers(typed) or [begun, *(one["prefix"] for one in ways)]
    whole = or_clause([one["described"] for one in ways])
    wanted = [{"terms": {"kind": kinds}}, or_clause(found)]
    query = _names_query(request, near, wanted, [constant_score(whole, WHOLE_WORDS)])
    return {**query, "_source": STRUCTURE_FIELDS}


def _read_numbers(typed: Beginning) -> list[Clause]:
    return [part_queries(part)["exact"] for part in typed.numbers]


def _names_query(
    request: SuggestRequest, near: Area | None, wanted: list[Clause], preferred: list[Clause]
) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": wanted, "should": [*preferred, *_nearness(near)]}},
        "sort": ["_score", {"id": "asc"}],
        "size": request.size,
        "track_total_hits": False,
        "timeout": TIMEOUT,
    }


def _nearness(near: Area | None) -> list[dict[str, Any]]:
    if near is None:
        return []
    home = constant_score({"term": {"department": near.department}}, SAME_DEPARTMENT)
    if near.kind is AreaKind.DEPARTMENT:
        return [home]
    origin = {"lat": near.lat, "lon": near.lon}
    nearer = {"field": "point", "origin": origin, "pivot": PIVOT, "boost": NEAR}
    return [home, {"distance_feature": nearer}]


def _person(offer: dict[str, Any]) -> dict[str, Any]:
    profession = codes.professions().get(offer.get("profession", ""))
    shown = {
        "label": offer["title"],
        "what": f"{offer.get('given', '')} {offer.get('family', '')}".strip() or offer["title"],
        "rpps": offer["rpps"],
        "profession": None if profession is None else profession.label,
    }
    return omit_unknown({**shown, **_city(offer)})


def tell_homonyms_apart(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The people; those whose name another one bears are searched by their RPPS."""
    names = Counter(fold(person["what"]) for person in people)
    return [
        {**person, "what": person["rpps"]} if names[fold(person["what"])] > 1 else person
        for person in people
    ]


def _structure(offer: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "label": offer["title"],
        "what": offer["title"],
        "id": offer["id"],
        "kind": offer.get("structure_kind", offer["kind"]),
    }
    return omit_unknown({**shown, **_city(offer)})


def _city(offer: dict[str, Any]) -> dict[str, Any]:
    return {"city": offer.get("city"), "department": offer.get("department")}


def _lists(
    words: list[dict[str, Any]],
    people: list[dict[str, Any]] | None = None,
    structures: list[dict[str, Any]] | None = None,
) -> Suggestions:
    return {"specialties": words, "professionals": people or [], "structures": structures or []}


def _term(folded: str, text: str) -> Term | None:
    """The word with its meaning, None for a label that the search takes for a name."""
    if len(folded.replace(" ", "")) < 2:  # noqa: PLR2004 - one letter is no word
        return None
    meaning = interpret_word(text)
    if meaning is None or not meaning.targets:
        return None
    return Term.build_term(folded, text, meaning.label, term_kind(meaning))


@cache
def _ambiguous() -> Mapping[str, tuple[Term, ...]]:
    """The meanings of each ambiguous word, by its lookup key."""
    return {
        key: tuple(
            Term.build_term(fold(what), what, label, _word_kind(what)) for label, what in meanings
        )
        for key, meanings in AMBIGUOUS.items()
    }


def _find_terms(folded: str) -> list[Term]:
    """The terms with a word begun so; an ambiguous word is replaced by its meanings."""
    begun = (term for term in terms() if folded in term.folded and not term.ambiguous)
    return [term for term in begun if f" {folded}" in f" {term.folded}"]


def _rank(term: Term, folded: str) -> tuple[bool, bool, int, str]:
    """Whole, then begun, then begun inside; the shortest spelling first."""
    begun = term.folded.startswith(folded)
    return term.folded != folded, not begun, len(term.folded), term.folded


def _entry(term: Term) -> dict[str, Any]:
    return {"label": term.label, "what": term.what, "kind": term.kind}
