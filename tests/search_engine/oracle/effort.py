"""A patient's effort in minutes, counted from the text of the doctrine."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geography.gazetteer import load_gazetteer
from tests.search_engine.oracle.duty import is_duty, sees_whoever_comes
from tests.search_engine.oracle.place import is_of_commune, kilometres, minutes_per_km
from tests.search_engine.oracle.query import OracleQuery, search_start, text
from tests.search_engine.oracle.slots import TYPES_BY_ROLE

SEEN_WITHIN = ((1, 26), (2, 23), (4, 20), (12, 16), (24, 6), (48, 2))
TYPES = {"SNP": 4, "CPTS": 3, "PRO": 1, "PUBLIC": 0}
ABSORB = {"msp", "health_centre", "unscheduled_care"}
NEVER = "9999"
"""Later than any instant."""


def measure(query: OracleQuery, offer: dict[str, Any], slots: list[dict[str, Any]]) -> float:
    """Travel less credits, plus debits; the other profiles count travel alone."""
    effort = travel(query, offer)
    if query.profile != "regulation":
        return effort
    moments = [credit_slot(query, slot) - lose_later(query, slot["start"]) for slot in slots]
    if sees_whoever_comes(query, offer):
        moments.append(26)
    effort -= max(moments, default=-lose_later(query, NEVER))
    effort -= 6 if query.gender is not None and offer.get("gender") == query.gender else 0
    effort -= 8 if offer.get("participant") or is_duty(offer) else 0
    effort -= 2 if query.mode == "beyond" and offer.get("structure_kind") in ABSORB else 0
    effort -= 4 if query.practice is not None and offer["place_key"] == query.practice else 0
    effort += min(6, count_asked(query, offer))
    vague = offer.get("precision") == "municipality" and counts_distance(query)
    return effort + (2 if vague else 0)


def counts_distance(query: OracleQuery) -> bool:
    """Nobody travels over a department, nor to be seen from afar."""
    return query.radius_km is not None and query.consultation != {"VR"}


def count_asked(query: OracleQuery, offer: dict[str, Any]) -> int:
    """Orientations of the day on the calendar of the place."""
    given = offer.get("orientations_today", {"day": "never", "count": 0})
    there = search_start(query).astimezone(ZoneInfo(offer["timezone"]))
    return int(given["count"]) if given["day"] == f"{there:%Y-%m-%d}" else 0


def travel(query: OracleQuery, offer: dict[str, Any]) -> float:
    """None over a department, in the commune searched, nor to be seen from afar; drawn orders count
    no distance."""
    if not counts_distance(query) or is_of_commune(query, offer):
        return 0.0
    if query.consultation == {"HH"} and comes(query, offer):
        return 0.0
    if query.profile != "regulation" and not query.measured:
        return 0.0
    times = 2 if query.without_car and query.profile == "regulation" else 1
    return times * minutes_per_km(query.lat, query.lon) * kilometres(query, offer)


def comes(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """The offer says that it visits the patient's commune, or his whole department."""
    if query.department in offer.get("covers_departments", []):
        return True
    own = {query.insee, *load_gazetteer().insee_family(query.insee)} if query.insee else set()
    return bool(own & set(offer.get("covers_insee", [])))


def credit_slot(query: OracleQuery, slot: dict[str, Any]) -> int:
    credit = credit_time(query, slot["start"])
    if slot["start"] <= text(search_start(query) + timedelta(hours=24)):
        visible = TYPES_BY_ROLE[query.role]
        credit += max((TYPES[kind] for kind in slot["types"] if kind in visible), default=0)
    return credit + (3 if slot.get("appointment") == "ROUTINE" or "seats_left" in slot else 0)


def credit_time(query: OracleQuery, start: str) -> int:
    now = search_start(query)
    local = now.astimezone(ZoneInfo(query.zone))
    within = (
        credit for hours, credit in SEEN_WITHIN if start <= text(now + timedelta(hours=hours))
    )
    credit = next(within, 0)
    if 8 <= local.hour < 20:
        return credit
    morning = local.replace(hour=8, minute=0, second=0)
    if local.hour >= 20:
        morning += timedelta(days=1)
    return min(credit, 6) if start > text(morning) else credit


def lose_later(query: OracleQuery, start: str) -> int:
    """Ten minutes for what is later than the moment that the words wish."""
    end = find_moment_end(query)
    return 10 if end is not None and start > end else 0


def find_moment_end(query: OracleQuery) -> str | None:
    """``urgent`` waits four hours, ``ce soir`` until eight in the morning; a moment gone by is no
    wish any more."""
    now = search_start(query)
    local = now.astimezone(ZoneInfo(query.zone))
    if query.moment == "soon":
        return text(now + timedelta(hours=4))
    if query.moment == "tonight":
        morning = local.replace(hour=8, minute=0, second=0)
        return text(morning + timedelta(days=1) if local.hour >= 8 else morning)
    last = {"today": 23, "this_afternoon": 19}.get(query.moment or "")
    if last is None or local.hour > last:
        return None
    return text(local.replace(hour=last, minute=59, second=59))
