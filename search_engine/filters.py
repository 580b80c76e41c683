"""Which offers can answer at all: place, kind, meaning of the text, filters, absences.

OR inside a filter, AND between filters. Nothing here scores.
"""

from collections.abc import Mapping
from typing import Any

from mappings import codes
from mappings.records import Kind, StructureKind
from search_engine.area import Area
from search_engine.criteria import Mode
from search_engine.interpretation import Interpretation
from search_engine.opening import open_now_clause
from search_engine.plan import Plan
from search_engine.window import Window, instant

Clause = dict[str, Any]

SHOWN_KINDS = (Kind.PROFESSIONAL, Kind.STRUCTURE, Kind.SOS_POINT)
"""Ordinary results; a CPTS and a marketplace solution are cards of their own."""

GENERAL_MEDICINE = frozenset(codes.specialty_groups()["general_medicine"])
"""Specialities whose participants are kept whatever else they declare (F027).

The bypass is about a CNAM profession, where general practitioner and cardiologist are two; in
TRE_G15 both are doctors, so it is opened for general medicine only: opened for every
speciality, "cardiologue" would show all participating general practitioners first.
"""

FUZZINESS = "AUTO:4,8"
"""Edits allowed by length of the word: none under 4 letters, one under 8, else two."""

FILTER_FIELDS: Mapping[str, str] = {
    "profession": "profession",
    "sector": "sector",
    "maternity_level": "maternity_level",
    "territory": "territory",
}
"""Criteria that are one ``terms`` filter on one field."""

NOTHING: Clause = {"match_none": {}}

KIND_FIELDS = ("kind", "structure_kind")
"""A kind may be asked for as what the offer is, or as what the structure is."""

MODE_FLAG = {Mode.BEYOND: "accepts_beyond", Mode.REORIENTATION: "reorientation"}
"""The agreement each mode asks for (F042, F046)."""


def offer_filters(plan: Plan) -> Clause:
    """The ``bool`` of every condition on the offer itself; slots are asked for elsewhere."""
    wanted = [
        *area_filters(plan.area),
        *meaning_filters(plan),
        *criteria_filters(plan),
        {"terms": {"kind": list(SHOWN_KINDS)}},
    ]
    if plan.mode in MODE_FLAG:
        wanted.append({"term": {MODE_FLAG[plan.mode]: True}})
    unwanted = [] if plan.criteria.absent else absence_clauses(plan.window)
    if plan.without_rpps is not None:
        unwanted.append({"term": {"rpps": plan.without_rpps}})
    return {"bool": {"filter": wanted, "must_not": unwanted}}


def area_filters(area: Area) -> list[Clause]:
    """Located offers of the circle (F017, F024), or of the department itself (W36)."""
    if area.radius_km is None:
        return [{"term": {"department": area.department}}, {"exists": {"field": "point"}}]
    return [circle(area, area.radius_km)]


def circle(area: Area, radius_km: float) -> Clause:
    """Offers within so many kilometres of the centre; zero is a coordinate (W21)."""
    return {"geo_distance": {"distance": f"{radius_km:.9f}km", "point": center(area)}}


def center(area: Area) -> dict[str, float]:
    """The centre of the area as Elasticsearch reads it."""
    return {"lat": area.lat, "lon": area.lon}


def absence_clauses(window: Window) -> list[Clause]:
    """Absent for good (F034), or absent over the whole window (F035, W27)."""
    span = {"gte": instant(window.start), "lte": instant(window.end), "relation": "contains"}
    return [{"term": {"always_absent": True}}, {"range": {"absences": span}}]


def criteria_filters(plan: Plan) -> list[Clause]:
    """The filters asked for beside the text."""
    criteria = plan.criteria
    asked = {field: getattr(criteria, name) for name, field in FILTER_FIELDS.items()}
    clauses: list[Clause] = [
        {"terms": {field: list(values)}} for field, values in asked.items() if values
    ]
    if criteria.specialty:
        clauses.append(bears_one_of(criteria.specialty))
    if criteria.kind:
        clauses.append(any_of([{"terms": {name: criteria.kind}} for name in KIND_FIELDS]))
    if criteria.participation:
        clauses += [
            {"term": {"participant": True}},
            {"terms": {"via": list(criteria.participation)}},
        ]
    if criteria.open_now:
        clauses.append(open_now_clause(plan.window.start))
    return clauses


def meaning_filters(plan: Plan) -> list[Clause]:
    """What the text asks for: one of its meanings, and the conditions of its words (F032)."""
    meaning = plan.meaning
    conditions: list[Clause] = []
    if meaning.needs_maternity:
        conditions.append({"exists": {"field": "maternity_level"}})
    if meaning.needs_emergency:
        conditions.append(hospitals_with_emergency())
    meanings = [*code_meanings(meaning), *name_meanings(plan)]
    if not meanings and conditions:
        return conditions
    return [any_of(meanings), *conditions]


def code_meanings(meaning: Interpretation) -> list[Clause]:
    """The meanings of a known word (F025): professions, specialities, structures, other kinds."""
    clauses: list[Clause] = []
    if meaning.professions:
        clauses.append({"terms": {"profession": list(meaning.professions)}})
    if meaning.specialties:
        clauses += specialty_meanings(meaning)
    if meaning.structure_kinds:
        clauses.append({"terms": {"structure_kind": list(meaning.structure_kinds)}})
    if meaning.categories:
        clauses.append({"terms": {"category": list(meaning.categories)}})
    if meaning.offer_kinds:
        clauses.append({"terms": {"kind": list(meaning.offer_kinds)}})
    return clauses


def specialty_meanings(meaning: Interpretation) -> list[Clause]:
    """Who bears one of the specialities, whatever else (F028), or participates (F027)."""
    clauses = [bears_one_of(meaning.specialties)]
    if meaning.bypass_professions and not GENERAL_MEDICINE.isdisjoint(meaning.specialties):
        profession = {"terms": {"profession": list(meaning.bypass_professions)}}
        clauses.append({"bool": {"filter": [{"term": {"participant": True}}, profession]}})
    return clauses


def bears_one_of(specialties: list[str] | tuple[str, ...]) -> Clause:
    """Offers with one of the specialities or of their reform pairs."""
    members = dict.fromkeys(code for asked in specialties for code in codes.with_group(asked))
    return {"terms": {"specialties": list(members)}}


def name_meanings(plan: Plan) -> list[Clause]:
    """The name searches that may answer: near spellings only when allowed."""
    if not plan.meaning.text:
        return []
    return list(name_queries(plan.meaning.text, fuzzy=plan.fuzzy).values())


def name_queries(text: str, *, fuzzy: bool) -> dict[str, Clause]:
    """Every word of the text in the names: whole, as a start, or nearly spelt (F029).

    ``match`` takes the text as words, never as query syntax (F030, W22).
    """
    queries = {
        "exact": _match("names", text),
        "prefix": _match("names.prefix", text),
    }
    if fuzzy:
        queries["fuzzy"] = _match("names", text, fuzziness=FUZZINESS, prefix_length=1)
    return queries


def _match(field: str, text: str, **options: Any) -> Clause:
    return {"match": {field: {"query": text, "operator": "and", **options}}}


def hospitals_with_emergency() -> Clause:
    """Everything but the hospitals without an emergency department."""
    hospital = {"term": {"structure_kind": StructureKind.HOSPITAL.value}}
    return any_of([{"bool": {"must_not": [hospital]}}, {"term": {"emergency": True}}])


def any_of(clauses: list[Clause]) -> Clause:
    """One of the clauses at least; none of nothing (F084)."""
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": clauses, "minimum_should_match": 1}} if clauses else NOTHING
