"""Declarations of professionals and structures: participation, absences, extras."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from simulation.draws import build_weighted
from simulation.people.people import GeneratedActivity, GeneratedPerson
from simulation.people.professions import GENERAL_PRACTICE
from simulation.places.communities import Association, Community
from simulation.places.structures import (
    DUTY_HOUSE,
    EMERGENCY_SHARES,
    HEALTH_CENTRE,
    MATERNITY_LEVELS,
    MATERNITY_SHARES,
    MSP,
    GeneratedStructure,
)
from simulation.slots.calendar import format_utc_instant
from simulation.table_files import read_table

OWN, THROUGH_CPTS, THROUGH_MSP, THROUGH_SOS = 1, 2, 3, 4
VIAS = build_weighted([(OWN, 0.58), (THROUGH_CPTS, 0.42)])
MSP_SHARE = 0.45
"""Share of participants with a place in an MSP who take part through it."""
REFUSAL_SHARE = 0.02
REORIENTATION_SHARE = 0.05
OPT_OUT_SHARE = 0.03
INFO_SHARE = 0.15
STRUCTURE_PARTICIPANT_SHARES = {HEALTH_CENTRE: 0.3, DUTY_HOUSE: 0.7, "618": 0.6, "648": 0.9}
"""Share of structures that take part in the SAS, by category."""
ON_DUTY = "Pharmacie de garde : nuits, dimanches et jours fériés. Sonner."
INFORMATION = (
    "Sonner au premier étage, salle d'attente à droite.",
    "Appeler avant l'arrivée du patient.",
    "Accès par le parking de la mairie ; fermé en août.",
    "Pas d'enfants de moins de 3 ans.",
    "Sutures et petits actes possibles.",
    "Carte Vitale demandée à l'accueil.",
)

ALWAYS_ABSENT, ONE_DAY, WHOLE_WINDOW, LATER = "always", "one_day", "window", "later"
ABSENCES = build_weighted(
    [("", 0.945), (ALWAYS_ABSENT, 0.005), (ONE_DAY, 0.025), (WHOLE_WINDOW, 0.015), (LATER, 0.01)]
)
"""Absences of general practitioners: forever, one day of the window, all of it, next month."""


@dataclass(frozen=True, slots=True)
class ParticipationSettings:
    """Participation of a person; ``line`` is their settings in the format ``participation``."""

    line: dict[str, Any]
    community: Community | None = None

    @property
    def via(self) -> int:
        """1 to 4, 0 for those who do not take part."""
        return int(self.line.get("via", 0)) if self.line["participation"] else 0


def draw_participation(
    rng: random.Random,
    person: GeneratedPerson,
    visible_activities: list[GeneratedActivity],
    community: Community | None,
    now: datetime,
) -> ParticipationSettings | None:
    """The settings of a person, None for most, who never gave any."""
    kind = rng.random()
    wanted = kind < find_participant_share(person)
    if not visible_activities or not (wanted or kind > 1 - REFUSAL_SHARE):
        return None
    line = _common(rng, person, now)
    if not wanted:
        return ParticipationSettings({**line, "participation": False})
    msp = next((a.place for a in visible_activities if a.sector == "SA52"), None)
    if msp is not None and rng.random() < MSP_SHARE:
        return ParticipationSettings(
            {**line, "participation": True, "via": THROUGH_MSP, "finess": msp.finess}
        )
    if VIAS.draw(rng) == THROUGH_CPTS and community is not None:
        return _through_community(line, visible_activities, community)
    return ParticipationSettings({**line, "participation": True, "via": OWN})


def find_participant_share(person: GeneratedPerson) -> float:
    """Share of the profession that takes part (``simulation/tables/participation.csv``)."""
    general = person.trade is GENERAL_PRACTICE
    return _participant_share(person.trade.profession, general)


@cache
def _participant_share(profession: str, general: bool) -> float:
    """The share of the first row that fits; the last one fits everybody."""
    rows = read_table("participation")
    fits = (
        row
        for row in rows
        if row["profession"] in (profession, "") and bool(row["general"]) <= general
    )
    return float(next(fits)["share"])


def _common(rng: random.Random, person: GeneratedPerson, now: datetime) -> dict[str, Any]:
    updated = now - timedelta(days=1 + int(400 * rng.random()))
    line: dict[str, Any] = {"rpps": person.rpps, "updated": format_utc_instant(updated)}
    if rng.random() < REORIENTATION_SHARE:
        line["reorientation"] = True
    if rng.random() < OPT_OUT_SHARE:
        line["editor_disabled"] = True
    if rng.random() < INFO_SHARE:
        line["additional_info"] = rng.choice(INFORMATION)
    return line


def _through_community(
    line: dict[str, Any], visible_activities: list[GeneratedActivity], community: Community
) -> ParticipationSettings:
    """Through the CPTS, at the first places it covers that are not a health centre's."""
    covered = [activity for activity in visible_activities if community.covers(activity.place)]
    chosen = [activity for activity in covered if activity.sector != "SA05"] or covered[:1]
    places = [activity.place.idnst for activity in chosen[:2]]
    taking = {"participation": True, "via": THROUGH_CPTS, "finess": community.finess}
    return ParticipationSettings({**line, **taking, "locations": places}, community)


def draw_sos_participation(
    rng: random.Random, person: GeneratedPerson, association: Association, now: datetime
) -> ParticipationSettings:
    """The settings of a doctor of an SOS Médecins association."""
    line = _common(rng, person, now)
    return ParticipationSettings(
        {**line, "participation": True, "via": THROUGH_SOS, "siret": association.siret}
    )


def structure_settings(
    rng: random.Random, site: GeneratedStructure, now: datetime
) -> dict[str, Any] | None:
    """The settings of a structure in the format ``structures``, None when it gave none."""
    line: dict[str, Any] = {"finess": site.place.finess}
    code = site.category.code
    if site.hours is not None:
        line["hours"] = site.hours.spans
        if site.hours.is_on_duty:
            line["additional_info"] = ON_DUTY
    if rng.random() < STRUCTURE_PARTICIPANT_SHARES.get(code, 0):
        line |= {"participation": True, "hours_available": True}
        line["practitioner_count"] = 1 + int(8 * rng.random())
    line |= _hospital_settings(rng, code)
    if code == MSP and rng.random() < INFO_SHARE:
        line["additional_info"] = rng.choice(INFORMATION)
    return (
        {**line, "updated": format_utc_instant(now - timedelta(days=30))} if len(line) > 1 else None
    )


def _hospital_settings(rng: random.Random, code: str) -> dict[str, Any]:
    """Emergency department and level of maternity of a hospital, nothing of another structure."""
    found: dict[str, Any] = {}
    if code in EMERGENCY_SHARES:
        found["emergency"] = rng.random() < EMERGENCY_SHARES[code]
    if rng.random() < MATERNITY_SHARES.get(code, 0):
        found["maternity_level"] = MATERNITY_LEVELS.draw(rng)
    return found


def association_settings(association: Association, now: datetime) -> dict[str, Any]:
    """The settings of an SOS Médecins association: it takes part."""
    return {
        "siret": association.siret,
        "participation": True,
        "hours_available": True,
        "practitioner_count": len(association.doctors),
        "updated": format_utc_instant(now - timedelta(days=30)),
    }


def draw_absence(
    rng: random.Random,
    person: GeneratedPerson,
    visible_activities: list[GeneratedActivity],
    zone: str,
    now: datetime,
) -> tuple[str, dict[str, Any]] | None:
    """The kind of a person's absence and its line in the format ``absences``, None for most."""
    kind = ABSENCES.draw(rng)
    if not kind or not visible_activities or person.trade is not GENERAL_PRACTICE:
        return None
    line: dict[str, Any] = {"rpps": person.rpps}
    if len(visible_activities) > 1 and rng.random() < 0.5:  # noqa: PLR2004
        line["idnst"] = visible_activities[0].place.idnst
    if kind == ALWAYS_ABSENT:
        return kind, {**line, "always": True}
    today = now.astimezone(ZoneInfo(zone)).date()
    return kind, {**line, "ranges": list(_ranges(rng, kind, today))}


def structure_absence(site: GeneratedStructure, zone: str, now: datetime) -> dict[str, Any]:
    """A structure closed tomorrow, in the format ``absences``."""
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return {"finess": site.place.finess, "ranges": [_range(tomorrow, tomorrow)]}


def _ranges(rng: random.Random, kind: str, today: date) -> Iterator[dict[str, str]]:
    if kind == ONE_DAY:
        day = today + timedelta(days=rng.randrange(3))
        yield _range(day, day)
    elif kind == WHOLE_WINDOW:
        yield _range(today - timedelta(days=4), today + timedelta(days=9))
    else:
        yield _range(today + timedelta(days=30), today + timedelta(days=44))
        yield _range(today + timedelta(days=90), today + timedelta(days=104))


def _range(start: date, end: date) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat()}
