"""Volume of each scale; every number is a share of reality or a mean.

Calibration: docs/reference/test-data.md, from the volumes of docs/reference/sources and DREES.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ScaleName(StrEnum):
    """The three sizes of a generated set."""

    DEPARTMENT = "department"
    NATIONAL = "national"
    STRESS = "stress"


@dataclass(frozen=True, slots=True)
class DatasetScale:
    """Shares of reality and means.

    ``departments`` empty means every department of the gazetteer. ``physicians`` multiplies the
    density of general practitioners, ``others`` that of every other profession, ``slots`` the
    open slots a day, ``waits`` the days until the first one of an agenda (0: all are open from now
    on). ``register`` is the share of those whom the register has and no search
    shows (hospitals, pharmacies, students). ``shares`` reduces whole departments, so that one
    city does not outweigh the others of a small set. ``full_days``: the slots of three weekdays to
    come, whatever the day and the hour of the run, so that a load is always as heavy.
    """

    name: ScaleName
    departments: tuple[str, ...]
    physicians: float
    others: float
    slots: float
    waits: float
    register: float
    shares: Mapping[str, float]
    full_days: bool = False

    def share(self, department: str) -> float:
        """Part of the department's professionals that is generated, from 0 to 1."""
        return self.shares.get(department, 1.0)


SCALES: Mapping[ScaleName, DatasetScale] = MappingProxyType(
    {
        ScaleName.DEPARTMENT: DatasetScale(
            ScaleName.DEPARTMENT,
            ("75", "48", "21", "2A", "973", "974", "976"),
            physicians=1.0,
            others=0.65,
            slots=1.0,
            waits=1.0,
            register=0.0,
            shares=MappingProxyType({"75": 0.4}),
        ),
        ScaleName.NATIONAL: DatasetScale(
            ScaleName.NATIONAL,
            (),
            physicians=1.0,
            others=1.44,
            slots=0.86,
            waits=1.0,
            register=1.0,
            shares={},
            full_days=True,
        ),
        ScaleName.STRESS: DatasetScale(
            ScaleName.STRESS,
            (),
            physicians=1.5,
            others=3.1,
            slots=0.57,
            waits=0.0,
            register=0.0,
            shares={},
            full_days=True,
        ),
    }
)

DEFAULT_GP_DENSITY = 20.0
"""General practitioners per 100,000 inhabitants where the table has none (Mayotte)."""

EDITOR_SHARE = 0.45
"""Share of general practitioners whose agenda an editor serves (DREES 2022, extended to 2026)."""
DESERT_EDITOR_SHARE: Mapping[str, float] = MappingProxyType({"48": 0.05, "976": 0.06, "973": 0.12})
"""Departments empty enough that a search has to be enlarged."""

SLOTS_A_DAY = 10.0
"""Open slots of one agenda on a working day, from its first free day on: a third of a full one."""

AGENDA_SHARE = 0.35
"""Share of participants without an editor who open slots in the SAS agenda."""

CROSS_DEPARTMENT_SHARE = 0.079
"""Share of doctors who practise in several departments."""

DOCTOR_PLACES = (0.60, 0.26, 0.10, 0.03, 0.01)
"""Share of doctors with 1, 2, ... places: 1.59 on average."""
OTHER_PLACES = (0.70, 0.21, 0.09)

STRUCTURE_SHARE = 0.5
"""Share of practices looked for in a structure of the neighbourhood before a private address."""
JOIN_SHARE = 0.65
"""Share of private practices that join an address already taken: 2.9 doctors an address."""

JITTER_KM = 0.3
"""Radius around a commune's point of 1,000 inhabitants; it grows with the root of its people."""

GEOCODED_SHARE = 0.9
"""Share of addresses without any point that the geocoded cache answers."""
