"""What surrounds the patient: how densely people live there, water and passes around.

Found for each search and kept with its plan, in no cache: a place of a patient is no key.
"""

from geography.density import DensityClass, find_density_class
from geography.ground import Ground, find_ground
from search_engine.request.area import Area, AreaKind


def find_patient_ground(area: Area) -> Ground:
    """The landmass and zones of the patient, of the centre for a commune or a department.

    The commune of a bare point is only its nearest town hall: it does not say the landmass.
    """
    is_named = area.kind in (AreaKind.ADDRESS, AreaKind.COMMUNE)
    return find_ground(area.lat, area.lon, area.insee if is_named else None)


def find_patient_density(area: Area) -> DensityClass:
    """The class of area around the patient, which gives minutes a kilometre; about 0.03 ms."""
    return find_density_class(area.lat, area.lon)
