"""Every defect by the kind of row it damages: the generator plants them, the traps test them."""

from collections.abc import Mapping
from datetime import datetime

from simulation.defects import fhir, own, rpps
from simulation.defects.finess import finess_defects
from simulation.defects.kinds import Defect


def build_catalogue(now: datetime) -> Mapping[str, tuple[Defect, ...]]:
    """Defects by kind of row; ``now`` separates past closing dates from future ones."""
    return {
        "activities": rpps.ACTIVITIES,
        "skills": rpps.SKILLS,
        "finess": finess_defects(now),
        "agenda": own.AGENDA,
        "requests": own.REQUESTS,
        "geocoded": own.GEOCODED,
        "fhir": fhir.SLOTS,
        **own.OWN,
    }
