"""Marketplace solutions: who they can send, over which territory, where to ask (F121)."""

from typing import cast

from geography.departments import resolve_department_code
from geography.gazetteer import load_gazetteer
from indexers.offers.build_context import BuildContext
from indexers.offers.cpts import current_code, main_department, territory_fields
from indexers.offers.participation import clean_info
from indexers.offers.records import Record, drop_empty_fields
from indexers.quality.reasons import Reason
from mappings.codes import KIND_LABELS, find_specialty_group, professions, specialties
from mappings.formats import Solution
from mappings.offer_ids import distinct, fair_key, solution_id
from mappings.records import Kind, Offer

SOLUTIONS = "solutions"
"""Name of the source of solutions, in quarantines and on cards."""


def solution_offer(solution: Solution, context: BuildContext) -> Offer | None:
    """The offer of an enabled solution; None for one its editor switched off."""
    if not solution.enabled:
        context.quarantine(SOLUTIONS).skip(Reason.SOLUTION_DISABLED)
        return None
    mark = context.mark(SOLUTIONS)
    offer = {**_identity(solution), **_trades(solution), **_coverage(solution)}
    offer["sources"] = {"identity": mark}
    return cast("Offer", offer)


def _identity(solution: Solution) -> Record:
    offer_id = solution_id(solution.editor, solution.key)
    return {
        "id": offer_id,
        "kind": Kind.SOLUTION.value,
        "title": solution.name,
        "names": [solution.name],
        "fair_key": fair_key(offer_id),
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
