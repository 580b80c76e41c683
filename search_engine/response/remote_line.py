"""The line that tells of people seen from afar: ``1 médecin en téléconsultation dans 1 h``."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from mappings import codes
from search_engine.query.visibility.remote import RemotePeople
from search_engine.request.area import AreaScope
from search_engine.request.window import SearchWindow, local_date, parse_instant
from search_engine.response.cards import code_block, omit_unknown

PROFESSION_NOUNS: Mapping[str | None, str] = MappingProxyType(
    {"10": "médecin", "40": "dentiste", "60": "infirmier"}
)
"""Professions with a short noun of their own; others are ``professionnel``."""

SCOPE_WORDS: Mapping[AreaScope | None, str] = MappingProxyType({AreaScope.COUNTRY: " en France"})
"""Where they are, beyond the territory."""

SOON = timedelta(hours=12)
"""Up to which a start is told as a delay, then as a day and an hour."""

DAY_WORDS = ("aujourd'hui", "demain")


def remote_block(found: RemotePeople, window: SearchWindow) -> dict[str, Any]:
    """The block ``remote`` of a page, with its French line and the criteria of the click."""
    code = found.profession
    return omit_unknown(
        {
            "people": found.people,
            "next_start": found.next_start,
            "scope": found.scope,
            "profession": code and code_block(code, codes.professions(), system=False),
            "label": describe_remote(found, window),
            "criteria": {"consultation": ["VR"]},
        }
    )


def describe_remote(found: RemotePeople, window: SearchWindow) -> str:
    """How many, where when it is far, and when the first is free."""
    noun = PROFESSION_NOUNS.get(found.profession, "professionnel")
    when = describe_start(found.next_start, window)
    named = "de ce nom " if found.named else ""
    there = f"{named}en téléconsultation{SCOPE_WORDS.get(found.scope, '')}"
    if found.people == 1:
        return f"1 {noun} {there} {when}"
    return f"{found.people} {noun}s {there}, le premier {when}"


def describe_start(start: str, window: SearchWindow) -> str:
    """``dans 40 min``, ``dans 1 h 30``, ``demain à 08:30``."""
    at = parse_instant(start)
    delay = at - window.start
    if delay >= SOON:
        return _describe_day(at, window)
    hours, minutes = divmod(round(delay / timedelta(minutes=1)), 60)
    if not hours:
        return f"dans {minutes} min" if minutes else "maintenant"
    return f"dans {hours} h {minutes:02}" if minutes else f"dans {hours} h"


def _describe_day(at: datetime, window: SearchWindow) -> str:
    local = at.astimezone(ZoneInfo(window.zone))
    days = (local.date() - local_date(window.start, window.zone)).days
    day = DAY_WORDS[days] if days < len(DAY_WORDS) else f"le {local:%d/%m}"
    return f"{day} à {local:%H:%M}"
