"""Numbers as a French reader writes them: times, days, distances, phones."""

from datetime import date, datetime, timedelta

DAYS = ("Aujourd'hui", "Demain", "Après-demain")

_NATIONAL = "+33"
_NUMBER_LENGTH = 12
_METRES = 1000


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
    """French writing of a number of metropolitan form: ``+33466001122`` is ``04 66 00 11 22``."""
    if phone.startswith(_NATIONAL) and len(phone) == _NUMBER_LENGTH and phone[1:].isdigit():
        national = "0" + phone[len(_NATIONAL) :]
        return " ".join(national[i : i + 2] for i in range(0, len(national), 2))
    return phone
