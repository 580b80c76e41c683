"""Numbers that name a person, a structure or a telephone line, as filters."""

from mappings.identifiers import build_e164
from mappings.records import Kind
from search_engine.backend.bodies import Clause
from search_engine.query.names.ways import name_queries
from search_engine.understanding.reading import PartKind, TextPart


def part_queries(part: TextPart, *, fuzzy: bool = False) -> dict[str, Clause]:
    """Each way in which a part that names somebody answers, best first.

    ``part`` is a name, a structure, an RPPS, a FINESS number or a telephone number; raises
    ``KeyError`` for any other kind.
    """
    if part.kind in (PartKind.NAME, PartKind.STRUCTURE):
        return name_queries(part.value, fuzzy=fuzzy, kind=part.kind)
    return _NUMBERS[part.kind](part.value)


def rpps_queries(rpps: str) -> dict[str, Clause]:
    """All the places of that person."""
    return {"exact": {"term": {"rpps": rpps}}}


def finess_queries(finess: str) -> dict[str, Clause]:
    """That structure, then the people who practise inside."""
    number = {"term": {"finess": finess}}
    people = {"term": {"kind": Kind.PROFESSIONAL.value}}
    return {"exact": {"bool": {"filter": [number], "must_not": [people]}}, "sign": number}


def phone_queries(national: str) -> dict[str, Clause]:
    """Whoever answers that line: ``0199001544``, ten figures."""
    return {"exact": {"term": {"phones": build_e164(national.removeprefix("0"))}}}


_NUMBERS = {
    PartKind.RPPS: rpps_queries,
    PartKind.FINESS: finess_queries,
    PartKind.PHONE: phone_queries,
}
