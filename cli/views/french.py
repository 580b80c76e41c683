"""Numbers as a French reader writes them: times, days, distances, phones."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

DAYS = ("Aujourd'hui", "Demain", "Après-demain")

OVERSEAS_CODES = ("262", "508", "590", "594", "596")
"""Country calling codes whose numbers the French numbering plan writes with a 0 before (Arcep):
the number of La Réunion ``+262 262 12 34 56`` is ``02 62 12 34 56``."""

_FRANCE = re.compile(r"\+33(\d{9})")
_OVERSEAS = re.compile(rf"\+(?:{'|'.join(OVERSEAS_CODES)})(\d{{9}})")
_SAINT_PIERRE = re.compile(r"\+(508\d{6})")
"""Six figures after the code, which is part of the French writing."""
_METRES = 1000


def capitalise(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def clock(instant: str) -> str:
    """Hours and minutes of an instant as it is written: ``08:30``."""
    return datetime.fromisoformat(instant).strftime("%H:%M")


def day_name(index: int, day: str) -> str:
    """A day counted from today, by its name while it has one: ``Demain``, then ``27/11``."""
    return DAYS[index] if index < len(DAYS) else date.fromisoformat(day).strftime("%d/%m")


def moment(instant: datetime, today: date) -> str:
    """The start of something, inside a sentence: ``demain à 08:30``."""
    index = (instant.date() - today) // timedelta(days=1)
    named = day_name(index, instant.date().isoformat())
    return f"{named[:1].lower()}{named[1:]} à {instant:%H:%M}"


def distance(km: float) -> str:
    """Metres under one kilometre, tenths of a kilometre above."""
    return f"{round(km * _METRES)} m" if km < 1 else kilometres(km)


def kilometres(km: float) -> str:
    """Tenths of a kilometre, a whole number without them: ``1,1 km``, ``20 km``."""
    return f"{km:.1f}".removesuffix(".0").replace(".", ",") + " km"


def phone_words(phone: str) -> str:
    """French writing: ``+33466001122`` is ``04 66 00 11 22``; a foreign number as given."""
    for form in (_FRANCE, _OVERSEAS, _SAINT_PIERRE):
        if found := form.fullmatch(phone):
            national = f"0{found[1]}"
            return " ".join(national[at : at + 2] for at in range(0, len(national), 2))
    return phone


def join_or(words: Sequence[str]) -> str:
    """Words of a choice: ``au cabinet ou en téléconsultation``."""
    return " ou ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
