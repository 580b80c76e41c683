"""Marketplace solutions: their trades, the territory they cover, their link (F121)."""

from collections.abc import Iterable, Iterator
from typing import cast

from geography.departments import resolve_department_code
from geography.gazetteer import load_gazetteer
from indexers.offers.cpts import current_code, main_department, territory_fields
from indexers.offers.participation import clean_info
from indexers.offers.provenance import Provenance
from indexers.offers.records import Record
from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from mappings.codes import KIND_LABELS, find_specialty_group, professions, specialties
from mappings.fields import drop_empty_fields
from mappings.formats import Solution
from mappings.names.spellings import build_place_name_fields
from mappings.offer_ids import distinct, fair_key, person_key, solution_id
from mappings.records import Kind, Offer

SOLUTIONS = "solutions"
"""Name of the source of solutions, in quarantines and on cards."""


def build_solution_offers(
    solutions: Iterable[Solution], provenance: Provenance, quarantines: Quarantines
) -> Iterator[Offer]:
    """The offers of enabled solutions; those that their editor switched off are counted."""
    for solution in solutions:
        if solution.enabled:
            yield build_solution_offer(solution, provenance)
        else:
            quarantines.get_quarantine(SOLUTIONS).skip(Reason.SOLUTION_DISABLED)


def build_solution_offer(solution: Solution, provenance: Provenance) -> Offer:
    """The offer of an enabled solution."""
    offer = {**_identity(solution), **_trades(solution), **_coverage(solution)}
    offer["sources"] = {"identity": provenance.mark(SOLUTIONS)}
    return cast("Offer", offer)


def _identity(solution: Solution) -> Record:
    offer_id = solution_id(solution.editor, solution.key)
    return {
        "id": offer_id,
        "kind": Kind.SOLUTION.value,
        "title": solution.name,
        **build_place_name_fields([solution.name], "", ""),
        "fair_key": fair_key(offer_id),
        "person_key": person_key(offer_id),
        "link": str(solution.link),
        **drop_empty_fields(
            phones=[solution.phone] if solution.phone else [],
            additional_info=clean_info(solution.description),
        ),
    }


def _trades(solution: Solution) -> Record:
    labels = [professions()[code].label for code in solution.professions if code in professions()]
    labels += [specialties()[code].label for code in solution.specialties if code in specialties()]
    groups = distinct(find_specialty_group(code) or "" for code in solution.specialties)
    return {
        "labels": distinct([KIND_LABELS[Kind.SOLUTION], *labels]),
        **drop_empty_fields(
            solution_professions=list(solution.professions),
            specialties=list(solution.specialties),
            specialty_groups=groups,
            consultation=distinct(solution.consultation),
        ),
    }


def _coverage(solution: Solution) -> Record:
    circle = solution.circle
    fields = drop_empty_fields(
        covers_departments=list(solution.departments),
        covers_insee=distinct(map(current_code, solution.communes)),
    )
    if circle is not None:
        fields["point"] = {"lat": circle.lat, "lon": circle.lon}
        fields["covers_km"] = circle.km
    return {**fields, **territory_fields(_department(solution))}


def _department(solution: Solution) -> str:
    """The first department covered, else that of most communes, else that of the circle."""
    if solution.departments:
        return solution.departments[0]
    by_commune = main_department(solution.communes)
    if by_commune is not None or solution.circle is None:
        return by_commune or ""
    return resolve_department_code(
        load_gazetteer().nearest(solution.circle.lat, solution.circle.lon).insee
    )
