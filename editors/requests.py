"""Searches of slots as the guide writes them: R01, R04 and SOS1 (C01 to C11).

Few ids a call, full instants with their offset, ``+`` and ``|`` percent-encoded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from slots.fhir.window import window_at

LOTS: Mapping[str, int] = MappingProxyType({"R01": 25, "R04": 25, "SOS1": 10})
"""Professionals, or associations, that one call may ask for."""

PERSON_SYSTEM, STRUCTURE_SYSTEM = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"

CPTS_INCLUDES = (
    ("_include", "Slot:service-type-reference"),
    ("_include:iterate", "HealthcareService:organization"),
)
"""What R04 asks beside R01."""

KEPT = ",:"
"""Characters of a value that stay as they are: the comma means OR."""


def split_lots(ids: Iterable[str], flow: str) -> Iterator[list[str]]:
    """The ids in lots that one call may ask for."""
    left = iter(dict.fromkeys(ids))
    while lot := list(islice(left, LOTS[flow])):
        yield lot


def build_target(flow: str, ids: Sequence[str], now: datetime, zone: str) -> str:
    """Path and query, relative to the base URL, of a search from ``now`` (aware) to the end of the
    day after tomorrow in ``zone``.

    ``ids`` are national identifiers with their prefix: 8 and RPPS, 3 and SIRET.
    """
    first, last = _write_window(now, zone)
    if flow == "SOS1":
        return f"Schedule?{_encode(_association_query(ids, first, last))}"
    more = CPTS_INCLUDES if flow == "R04" else ()
    return f"Slot?{_encode([*_professional_query(ids, first, last), *more])}"


def _professional_query(ids: Sequence[str], first: str, last: str) -> list[tuple[str, str]]:
    return [
        ("_include", "Slot:schedule"),
        ("_include:iterate", "Schedule:actor"),
        ("start", f"ge{first}"),
        ("start", f"le{last}"),
        ("schedule.actor:Practitioner.identifier", _write_tokens(PERSON_SYSTEM, ids)),
        ("status", "free"),
    ]


def _association_query(ids: Sequence[str], first: str, last: str) -> list[tuple[str, str]]:
    return [
        ("_revinclude", "Slot:schedule"),
        ("_include", "Schedule:actor:Location"),
        ("_include:iterate", "Location:organization"),
        ("_has:Slot:schedule:start", f"ge{first}"),
        ("_has:Slot:schedule:start", f"le{last}"),
        ("_has:Slot:schedule:status", "free"),
        ("actor:Location.organization.identifier", _write_tokens(STRUCTURE_SYSTEM, ids)),
    ]


def _write_window(now: datetime, zone: str) -> tuple[str, str]:
    """Both bounds on the clock of the place, to the millisecond, ends included."""
    window, place = window_at(now, zone), ZoneInfo(zone)
    bounds = (window.start, window.end - timedelta(milliseconds=1))
    first, last = (at.astimezone(place).isoformat(timespec="milliseconds") for at in bounds)
    return first, last


def _write_tokens(system: str, ids: Sequence[str]) -> str:
    return ",".join(f"{system}|{one}" for one in ids)


def _encode(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, safe=KEPT, quote_via=quote)
