"""Travel: the minutes of a kilometre where the patient is, and where no travel counts."""

from geography.density import DensityClass
from geography.gazetteer import Commune, load_gazetteer
from search_engine.query.clauses import own_codes
from search_engine.request.area import Area
from search_engine.request.profiles import Profile

WIDE_KM2 = 500.0
"""A commune larger than that (Arles, most of Guyane): two of its addresses may be an hour apart, so
that travel counts inside it."""


def travel_minutes_per_km(
    profile: Profile, area: Area, density: DensityClass, *, without_car: bool = False
) -> float:
    """Minutes of a kilometre from the centre of the search; 0 in a department, which has none.

    Without bands and without a patient's own point, equal offers are drawn and distance is not
    counted (F019). ``without_car``: of a patient who has none.
    """
    if area.radius_km is None or not (area.patient_point or profile.band_minutes):
        return 0.0
    minutes: float = getattr(profile.travel, density.value)
    return minutes * profile.travel.without_car if without_car else minutes


def find_home_communes(area: Area) -> frozenset[str]:
    """INSEE codes of the commune searched, in which no travel counts; none from an address."""
    return frozenset() if _find_wide_commune(area) else frozenset(own_codes(area))


def measure_reach_km(area: Area) -> float:
    """Kilometres to the farthest offer to which travel counts: offers of a wide commune belong
    wherever the circle ends."""
    wide = _find_wide_commune(area)
    return max(area.radius_km or 0.0, wide.reach_km if wide else 0.0)


def _find_wide_commune(area: Area) -> Commune | None:
    found = load_gazetteer().by_insee(area.insee or "") if own_codes(area) else None
    return found if found and (found.area_km2 or 0.0) > WIDE_KM2 else None
