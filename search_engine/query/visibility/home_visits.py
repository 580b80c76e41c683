"""Home visits: who declares that he comes to the patient's commune.

Who comes lets nobody travel. No source declares yet where a professional visits, so that his
distance stands for the visit until one does.
"""

from geography.gazetteer import load_gazetteer
from search_engine.backend.bodies import Clause
from search_engine.query.clauses import or_clause
from search_engine.query.order.effort import VisitedPlace
from search_engine.query.plan import ResolvedRequest

COVERAGE_FIELDS = ("covers_insee", "covers_departments")
"""Source fields of a hit that say where an offer visits."""


def find_visited_place(request: ResolvedRequest) -> VisitedPlace | None:
    """The place of the patient, where home visits alone are searched."""
    if not request.is_home:
        return None
    insee = request.area.insee
    family = load_gazetteer().insee_family(insee) if insee else ()
    communes = frozenset([*family, *([insee] if insee else [])])
    return VisitedPlace(communes, request.area.department)


def visit_clause(place: VisitedPlace) -> Clause:
    """Offers whose declared coverage holds the place (``effort.covers_place``)."""
    communes = {"terms": {"covers_insee": sorted(place.communes)}}
    return or_clause([communes, {"term": {"covers_departments": place.department}}])
