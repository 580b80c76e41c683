"""The ways in which a name may answer, from the whole name to the sign at the door.

A person is looked for by the words of his own name, in any order, joined or apart, one of them of
his family name. The sign of a practice is nobody's own name: it answers last.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mappings.analysis import ARTICLES
from mappings.names.sounds import build_sound_key
from mappings.names.spellings import (
    MAX_JOINED,
    MAX_WORDS,
    is_made_of_small_words,
    list_ways_to_write,
    split_name,
)
from mappings.records import Kind
from search_engine.backend.bodies import Clause
from search_engine.query.clauses import and_clause, or_clause
from search_engine.request.interpretation import Interpretation
from search_engine.understanding.reading import PartKind

ONE_LETTER = "AUTO:4,12"
"""Edits allowed by length of the word: none under 4 letters, one under 12, else two."""

FUZZINESS = "AUTO:3,8"
"""The same of the last resort, where nothing is nearer: one from 3 letters on, two from 8 on."""

FIRST_LETTER = "AUTO:6,20"
"""The same where the first letter may be wrong too: one edit, from 6 letters on."""

SHORT_WORD = 2
"""Letters of a word in which one error leaves nothing to find it by."""

STRUCTURE_ANALYZER, WHOLE_ANALYZER = "structure_search", "name"
"""Without articles and particles, as ``structure_words`` is searched; with every word."""

WIDEST = ("prefix", "sound", "near", "fuzzy", "sign")
"""The ways that hold all the others: a whole word begins as itself."""

AS_WRITTEN = ("exact", "word")
"""The ways of a name that is looked for as it is written, and in no other way."""

WELL_SPELT = ("exact", "sound", "near", "word")
"""The ways that make a search two letters apart useless."""


def name_queries(
    text: str, *, fuzzy: bool = False, kind: PartKind = PartKind.NAME, with_kind: str | None = None
) -> dict[str, Clause]:
    """Each way in which a name answers, best first; ``kind`` is NAME or STRUCTURE.

    ``whole``: the family name as written, or of a structure its own name. ``exact``: all the words,
    one of them of the family name, joined or apart. ``described``: of a structure, its kind and its
    commune. ``sound``: the same, as heard. ``with_kind`` is
    the name of a structure with the word for its kind, where ``text`` is without.
    ``near``: the same, one letter apart. ``word``: all the words, none of a family name, such as
    given names and names of structures. ``prefix``: each word begun. ``fuzzy``, the last resort:
    two letters apart, or the first one wrong. ``sign``: the name of the place. Of a structure all
    are read in its name, its category and its commune together. ``match`` takes the text as words,
    never as query syntax (F030, W22).
    """
    written = list_ways_to_write(text)
    is_structure = kind is PartKind.STRUCTURE
    ways = _structure_ways(text, with_kind) if is_structure else _person_ways(text, written)
    queries = {**ways, "prefix": _match_any("names.prefix", written)}
    if fuzzy:
        field = "structure_words" if is_structure else "names"
        farther = ((FUZZINESS, 1), (FIRST_LETTER, 0))
        queries["fuzzy"] = or_clause([_match_near(field, text, *one) for one in farther])
    return {**queries, "sign": _match_any("place_names", written)}


def meaning_queries(meaning: Interpretation, *, fuzzy: bool = False) -> dict[str, Clause]:
    """The ways of the name that a search looks for, none without a name.

    A name beside the words for a structure is that of a structure.
    """
    if not meaning.text:
        return {}
    kind = PartKind.STRUCTURE if meaning.structure_word else PartKind.NAME
    found = name_queries(meaning.text, fuzzy=fuzzy, kind=kind, with_kind=meaning.structure_name)
    if not meaning.exact_only:
        return found
    kept = WELL_SPELT if meaning.near_too else AS_WRITTEN
    return {way: query for way, query in found.items() if way in ("whole", *kept)}


def list_widest(queries: Mapping[str, Clause]) -> list[Clause]:
    """The ways that together match all that any way matches."""
    return [query for way, query in queries.items() if way in WIDEST or "prefix" not in queries]


def build_well_spelt_query(meaning: Interpretation) -> Clause:
    """Whoever answers with a whole name, as heard or one letter apart."""
    queries = meaning_queries(meaning)
    return or_clause([queries[way] for way in WELL_SPELT if way in queries])


def _person_ways(text: str, written: Sequence[tuple[str, ...]]) -> dict[str, Clause]:
    found = _match_any("names", written)
    words = list(dict.fromkeys(word for way in written for word in way))
    exact = and_clause([found, {"terms": {"family_words": words}}])
    return {
        "whole": and_clause([exact, _is_whole_family(split_name(text))]),
        "exact": exact,
        "sound": _sounds(written, only_family=True),
        "near": and_clause([_match_near("names", text, ONE_LETTER), _near_family(words)]),
        "word": found,
    }


def _is_whole_family(words: tuple[str, ...]) -> Clause:
    """The family name is one of the runs of words that were typed: Le Roux is not Leroux, and
    Martin comes before Dupont-Martin."""
    typed = words if len(words) <= MAX_WORDS else ()
    runs = (
        typed[start : start + size]
        for size in range(1, min(len(typed), MAX_JOINED) + 1)
        for start in range(len(typed) - size + 1)
    )
    return or_clause([_is_family(run) for run in runs])


def _is_family(run: tuple[str, ...]) -> Clause:
    """The first name held begins with the run, and no longer family name begins with it."""
    joined = "".join(run)
    begun = [_begins_with(run)]
    if len(run) > 1 and len(run[0]) == 1:
        begun.append(_begins_with((joined,)))
    longer = {"regexp": {"family_words": {"value": f"{joined}.+"}}}
    held = [{"term": {"family_words": joined}}, or_clause(begun)]
    return {"bool": {"filter": held, "must_not": [longer]}}


def _begins_with(words: tuple[str, ...]) -> Clause:
    """The words stand first in ``names``, which begin with the family name."""
    terms: list[Clause] = [{"span_term": {"names": word}} for word in words]
    near = {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}
    return {"span_first": {"match": near if len(terms) > 1 else terms[0], "end": len(words)}}


def _structure_ways(text: str, with_kind: str | None) -> dict[str, Clause]:
    """A structure: by its own name as written, by its name among its kind, then by name, category
    and commune together.

    The hospital of a name is not the clinic of that name. The people inside answer by the sign
    only.
    """
    named = _match("names", text, analyzer=STRUCTURE_ANALYZER)
    whole = _match("names", with_kind or text, analyzer=STRUCTURE_ANALYZER)
    of_kind = [_match("structure_words", with_kind)] if with_kind else []
    ways = {
        "whole": whole,
        "exact": and_clause([named, *of_kind]),
        "described": _match("structure_words", text),
        "sound": _sounds(list_ways_to_write(text)),
        "near": _match_near("structure_words", _drop_short(text), ONE_LETTER, sure_letters=0),
    }
    people = {"term": {"kind": Kind.PROFESSIONAL.value}}
    return {way: {"bool": {"filter": [one], "must_not": [people]}} for way, one in ways.items()}


def _match_any(field: str, written: Iterable[tuple[str, ...]]) -> Clause:
    """All the words of one of the ways to write the name; of ``Le Dû`` the small ones too."""
    return or_clause([_match(field, " ".join(way), **_keep_small(way)) for way in written])


def _keep_small(words: Iterable[str]) -> dict[str, str]:
    """The analyzer that drops no particle, for a name that is made of nothing else."""
    return {"analyzer": WHOLE_ANALYZER} if is_made_of_small_words(words) else {}


def _match(field: str, text: str, **options: Any) -> Clause:
    return {"match": {field: {"query": text, "operator": "and", **options}}}


def _match_near(field: str, text: str, fuzziness: str, sure_letters: int = 1) -> Clause:
    """All the words, each with errors after its ``sure_letters`` first ones.

    An elided word is joined: of one that is read in two ways Elasticsearch admits no error.
    """
    kept = _keep_small(split_name(text))
    return _match(
        field, text.replace("'", ""), fuzziness=fuzziness, prefix_length=sure_letters, **kept
    )


def _drop_short(text: str) -> str:
    """The words without the shortest: ``pharmacie u val`` is that of a ``val``."""
    long = [word for word in text.split() if len(word) > SHORT_WORD or word.isdigit()]
    return " ".join(long) or text


def _near_family(words: Iterable[str]) -> Clause:
    """One of the words is near to a family name."""
    near = {"fuzziness": ONE_LETTER, "prefix_length": 1}
    return or_clause([{"fuzzy": {"family_words": {"value": word, **near}}} for word in words])


def _sounds(written: Iterable[tuple[str, ...]], *, only_family: bool = False) -> Clause:
    """All the sounds of one of the ways to write the name, one of them of a family name."""
    ways = [_list_sounds(way) for way in written]
    heard = or_clause([and_clause([_sound(key) for key in keys]) for keys in ways if keys])
    if not only_family:
        return heard
    keys = list(dict.fromkeys(key for way in ways for key in way))
    return and_clause([heard, {"terms": {"family_sound": keys}}])


def _list_sounds(words: tuple[str, ...]) -> list[str]:
    small = is_made_of_small_words(words)
    return [build_sound_key(word) for word in words if small or word not in ARTICLES]


def _sound(key: str) -> Clause:
    return {"term": {"name_sound": key}}
