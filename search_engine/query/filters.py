"""Which offers can answer at all: place, kind, meaning of the text, absences. Nothing scores.

Filters that a person selects are in ``post_filters``.
"""

from mappings import codes
from mappings.instants import utc_text
from mappings.records import Kind, StructureKind
from search_engine.backend.bodies import Clause
from search_engine.query.availability import SLOT_FILTERS, drop_slot_filters
from search_engine.query.clauses import or_clause, within
from search_engine.query.names.numbers import part_queries
from search_engine.query.names.ways import list_widest, meaning_queries
from search_engine.query.plan import Plan
from search_engine.query.post_filters import post_filter_clauses, specialty_clause
from search_engine.query.visibility.duty import can_see_clause, duty_clause
from search_engine.request.area import Area, AreaScope
from search_engine.request.criteria import Mode
from search_engine.request.interpretation import Interpretation
from search_engine.request.window import SearchWindow
from search_engine.understanding.reading import PartKind, TextPart

ORDINARY_KINDS = (Kind.PROFESSIONAL, Kind.STRUCTURE, Kind.SOS_POINT)
"""Ordinary results; a marketplace solution is a card of its own, and so is a CPTS unless it is
looked for itself."""

GENERAL_MEDICINE = frozenset(codes.specialty_groups()["general_medicine"])
"""Specialities whose need a place of duty answers too."""

HEALTH_CENTRE = "124"
"""The category of health centres, dental ones of today included."""

DENTAL_WORDS = "dentaire dentaires dental dentiste dentistes"
"""Words by which the name of a health centre says that dentists work there."""

MODE_FLAG = {Mode.BEYOND: "accepts_beyond", Mode.REORIENTATION: "reorientation"}
"""The agreement that each mode requires (F042, F046)."""


def offer_filters(plan: Plan) -> Clause:
    """The ``bool`` of every condition, selected filters included; slots only where selected."""
    found = base_query(plan)["bool"]
    selected = list(post_filter_clauses(plan).values())
    return {"bool": {**found, "filter": [*found["filter"], *selected]}}


def base_query(plan: Plan) -> Clause:
    """The ``bool`` of what is looked for, whatever filters are selected.

    Where filters on slots are selected in mode ``available``, it requires to be seen by any
    visible slot, so that their facets can count the others.
    """
    wanted = [
        *([] if plan.request.meaning.has_number else area_filters(plan.area)),
        *meaning_filters(plan),
        {"terms": {"kind": result_kinds(plan)}},
    ]
    if plan.request.mode in MODE_FLAG:
        wanted.append({"term": {MODE_FLAG[plan.request.mode]: True}})
    if plan.request.criteria.cpts is not None:
        wanted.append({"term": {"cpts": plan.request.criteria.cpts}})
    if plan.request.mode is Mode.AVAILABLE and plan.request.slots_chosen:
        wanted.append(can_see_clause(drop_slot_filters(plan.request.slots, *SLOT_FILTERS)))
    unwanted = [] if plan.request.criteria.absent else absence_clauses(plan.request.window)
    if plan.request.without_rpps is not None:
        unwanted.append({"term": {"rpps": plan.request.without_rpps}})
    return {"bool": {"filter": wanted, "must_not": unwanted}}


def result_kinds(plan: Plan) -> list[str]:
    """Kinds of ordinary results: a CPTS only when it is looked for, by word or by name."""
    meaning = plan.request.meaning
    named = meaning.names_somebody or Kind.CPTS in meaning.offer_kinds
    return [*ORDINARY_KINDS, *([Kind.CPTS] if named and plan.request.criteria.cpts is None else [])]


def area_filters(area: Area) -> list[Clause]:
    """Located offers of the circle and of the commune searched (F017, F024), of the department
    itself (W36), or of what bounds a remote search."""
    located: Clause = {"exists": {"field": "point"}}
    if area.scope is AreaScope.COUNTRY:
        return [located]
    if area.scope is AreaScope.TERRITORY:
        return [{"term": {"territory": area.territory}}, located]
    if area.radius_km is None:
        return [{"term": {"department": area.department}}, located]
    return [within(area, area.radius_km)]


def absence_clauses(window: SearchWindow) -> list[Clause]:
    """Absent for good (F034), or absent over the whole window (F035, W27)."""
    span = {
        "gte": utc_text(window.start),
        "lte": utc_text(window.end),
        "relation": "contains",
    }
    return [{"term": {"always_absent": True}}, {"range": {"absences": span}}]


def meaning_filters(plan: Plan) -> list[Clause]:
    """One of the codes, the name and the number, all that are looked for; conditions (F032)."""
    meaning = plan.request.meaning
    conditions: list[Clause] = []
    if meaning.needs_maternity:
        conditions.append(hospitals_with_maternity())
    if meaning.needs_emergency:
        conditions.append(hospitals_with_emergency())
    if meaning.needs_dental_care:
        conditions.append(centres_with_dentists())
    coded = [*code_meanings(meaning), *duty_meanings(plan)]
    groups = [coded, name_meanings(plan), number_meanings(meaning)]
    looked_for = [or_clause(clauses) for clauses in groups if clauses]
    return [*looked_for, *conditions] or [or_clause([])]


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


def duty_meanings(plan: Plan) -> list[Clause]:
    """Places of duty, where somebody looks for a general practitioner who can see him: they bear no
    speciality. In a list of everybody they are looked for by their own words."""
    general = not GENERAL_MEDICINE.isdisjoint(plan.request.meaning.specialties)
    return [duty_clause()] if general and plan.request.mode is Mode.AVAILABLE else []


def specialty_meanings(meaning: Interpretation) -> list[Clause]:
    """Offers with one of the specialities, whatever else (F028), or participants (F027)."""
    clauses = [specialty_clause(meaning.specialties)]
    if meaning.bypass_professions:
        profession = {"terms": {"profession": list(meaning.bypass_professions)}}
        clauses.append({"bool": {"filter": [{"term": {"participant": True}}, profession]}})
    return clauses


def name_meanings(plan: Plan) -> list[Clause]:
    """The name searches that may answer: two letters apart only when allowed."""
    return list_widest(meaning_queries(plan.request.meaning, fuzzy=plan.fuzzy))


def number_meanings(meaning: Interpretation) -> list[Clause]:
    """The person or the structure of a number; the people inside where no structure is meant."""
    numbers = {
        PartKind.RPPS: meaning.rpps,
        PartKind.FINESS: meaning.finess,
        PartKind.PHONE: meaning.phone,
    }
    parts = [TextPart(kind, number, number) for kind, number in numbers.items() if number]
    ways = [part_queries(part) for part in parts]
    if meaning.structure_word:
        return [found["exact"] for found in ways]
    return [query for found in ways for query in found.values()]


def hospitals_with_maternity() -> Clause:
    """Everything but the hospitals and birth centres without a level of maternity."""
    births = [StructureKind.HOSPITAL.value, StructureKind.BIRTH_CENTRE.value]
    others = {"bool": {"must_not": [{"terms": {"structure_kind": births}}]}}
    return or_clause([others, {"exists": {"field": "maternity_level"}}])


def hospitals_with_emergency() -> Clause:
    """Everything but the hospitals without an emergency department."""
    hospital = {"term": {"structure_kind": StructureKind.HOSPITAL.value}}
    return or_clause([{"bool": {"must_not": [hospital]}}, {"term": {"emergency": True}}])


def centres_with_dentists() -> Clause:
    """Everything but the health centres whose name says nothing of dentists."""
    others = {"bool": {"must_not": [{"term": {"category": HEALTH_CENTRE}}]}}
    return or_clause([others, {"match": {"names": DENTAL_WORDS}}])
