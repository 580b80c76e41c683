"""Where an invented offer is: so many kilometres from a town."""

from typing import Any

from tests.search_engine.sample_offers import KM

ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}


def around(spot: dict[str, Any], km: float, **fields: Any) -> dict[str, Any]:
    """The fields of a place so many kilometres north of a spot."""
    department = spot["department"]
    return {
        "point": {"lat": spot["lat"] + km * KM, "lon": spot["lon"]},
        "department": department,
        "insee": spot["insee"],
        "timezone": ZONES.get(department, "Europe/Paris"),
        **fields,
    }
