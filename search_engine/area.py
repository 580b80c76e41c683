"""Where the patient is: centre, radius, precision and zone of a search."""

from dataclasses import dataclass
from enum import StrEnum


class AreaKind(StrEnum):
    """How the place was said."""

    POINT = "point"
    ADDRESS = "address"
    COMMUNE = "commune"
    DEPARTMENT = "department"
    CIRCLE = "circle"


@dataclass(frozen=True, slots=True)
class Area:
    """A resolved place. Kilometres and WGS84 degrees; ``radius_km`` None for a department.

    ``reference_km`` is the corrected city radius of the department, the unit of credits;
    ``first_radius_km`` is set when the radius was enlarged and tells from what.
    ``patient_point`` is True when distances are measured from the patient's own point.
    """

    kind: AreaKind
    label: str
    lat: float
    lon: float
    department: str
    zone: str
    reference_km: float
    step_km: float
    radius_km: float | None
    patient_point: bool
    explicit_radius: bool = False
    first_radius_km: float | None = None
    insee: str | None = None
    postal_code: str | None = None
    city: str | None = None
    precision: str | None = None
    score: float | None = None
    source: str = "request"
