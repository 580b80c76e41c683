"""Who is known by the name searched and absent for the whole window, in French words."""

from collections.abc import Sequence
from datetime import datetime, time

from mappings.records import Offer
from search_engine.query.opening_hours import find_absence_end

MIDNIGHT = time()


def describe_absences(offers: Sequence[Offer], now: datetime) -> str:
    """``Dr Jean DUPONT, Brest, absence annoncée, retour le 04/12``; a person once, others after a
    semicolon."""
    people = {offer.get("rpps") or offer["id"]: offer for offer in reversed(offers)}
    return " ; ".join(_describe_absence(offer, now) for offer in reversed(people.values()))


def _describe_absence(offer: Offer, now: datetime) -> str:
    end = find_absence_end(offer, now)
    back = "sans date de retour" if end is None else _write_return(datetime.fromisoformat(end))
    words = [offer["title"], offer.get("city"), "absence annoncée", back]
    return ", ".join(word for word in words if word)


def _write_return(end: datetime) -> str:
    hour = "" if end.time() == MIDNIGHT else f" à {end:%H:%M}"
    return f"retour le {end:%d/%m}{hour}"
