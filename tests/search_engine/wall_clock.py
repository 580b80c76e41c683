"""Opening hours read off the wall, apart from the engine: texts are compared, none is counted."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Hours = dict[str, list[list[str]]]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    *("Europe/Paris", "Indian/Reunion", "America/Cayenne", "America/Miquelon"),
    *("Pacific/Noumea", "Pacific/Tahiti", "Pacific/Marquesas", "America/Martinique"),
)
CLOCKS = (
    *("00:00", "00:01", "01:00", "01:59", "02:00", "02:15", "02:30", "02:59", "03:00", "03:01"),
    *("08:00", "12:00", "14:05", "18:30", "22:00", "23:59", "24:00"),
)
"""Few, so that intervals often touch and instants often fall on an edge."""

TURNS = tuple(
    datetime.fromisoformat(turn)
    for turn in (
        *("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),  # Paris
        *("2026-03-08T05:00:00Z", "2026-11-01T04:00:00Z"),  # Saint-Pierre-et-Miquelon
    )
)


HOLIDAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25"),
            *("2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25", "2027-01-01"),
        ),
        (),
    ),
    "2026-04-03": ("57", "67", "68", "987"),
    "2026-12-26": ("57", "67", "68"),
    "2026-05-22": ("972",),
    "2026-06-10": ("973",),
    "2026-12-20": ("974",),
    "2026-04-27": ("976",),
    "2026-10-09": ("977",),
    "2026-09-24": ("988",),
    **dict.fromkeys(("2026-03-05", "2026-11-20"), ("987",)),
}
"""Public holidays from 2026 to 1 January 2027 in ``DEPARTMENTS``, from the calendar on the wall.

Empty: everywhere.
"""

DEPARTMENTS = ("75", "57", "67", "48", "972", "973", "974", "976", "977", "987", "988", "99")

Spells = tuple[tuple[datetime, datetime], ...]
"""Absences, each from an instant to another one, the end excluded."""


def is_open(
    hours: Hours, now: datetime, zone: str, department: str = "75", absences: Spells = ()
) -> bool:
    """What somebody who looks at the clock, the calendar and the sign on the door would say."""
    local = now.astimezone(ZoneInfo(zone))
    shown, eve = f"{local:%H:%M}", local.date() - timedelta(days=1)
    if any(start <= now.replace(second=0, microsecond=0) < end for start, end in absences):
        return False
    today = hours.get(get_sign_line(local.date(), department), [])
    evening = hours.get(get_sign_line(eve, department), [])
    return any(covers(opens, closes, shown) for opens, closes in today) or any(
        is_night(opens, closes) and shown < closes for opens, closes in evening
    )


def get_sign_line(day: date, department: str) -> str:
    """The line of the sign on the door that holds on a day."""
    there = HOLIDAYS.get(f"{day:%Y-%m-%d}")
    closed = there is not None and (not there or department in there)
    return "holiday" if closed else DAYS[day.weekday()]


def covers(opens: str, closes: str, shown: str) -> bool:
    return opens <= shown < closes or (is_night(opens, closes) and opens <= shown)


def is_night(opens: str, closes: str) -> bool:
    """Closes on the next day; midnight to midnight is a day, other equal ends are nothing."""
    return opens != "24:00" and (closes < opens or opens == closes == "00:00")


def next_change(
    hours: Hours, now: datetime, zone: str, department: str = "75", absences: Spells = ()
) -> datetime | None:
    """The first minute after ``now``, tried one by one for eight days, at which that differs."""
    minute = now.replace(second=0, microsecond=0)
    state = is_open(hours, now, zone, department, absences)
    while (minute := minute + timedelta(minutes=1)) <= now + timedelta(days=8):
        if is_open(hours, minute, zone, department, absences) != state:
            return minute
    return None


def random_absences(random: Random, around: datetime) -> Spells:
    """For some, a stretch of whole minutes near an instant."""
    if random.random() < 0.6:
        return ()
    start = around.replace(second=0, microsecond=0) + timedelta(minutes=random.randint(-4000, 3000))
    return ((start, start + timedelta(minutes=random.randint(1, 4000))),)


def random_hours(random: Random) -> Hours:
    """Up to three intervals on some days, nights of Sunday most often; some of no meaning."""
    chances = {"sat": 0.7, "sun": 0.9, "mon": 0.6, "holiday": 0.5}
    return {
        day: [random.choices(CLOCKS, k=2) for _ in range(random.choice((0, 1, 1, 2, 3)))]
        for day in (*DAYS, "holiday")
        if random.random() < chances.get(day, 0.4)
    }


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """On or beside an edge of the clocks of a zone, around a change of clock or a public holiday,
    or any in 2026."""
    beside = timedelta(milliseconds=draw(st.sampled_from((-1000, -1, 0, 0, 1, 1000, 59_999))))
    near_turn = st.builds(
        lambda turn, minutes: turn + timedelta(minutes=minutes),
        st.sampled_from(TURNS),
        st.integers(-48, 48).map(lambda steps: 5 * steps),
    )
    return draw(st.one_of(near_turn, _on_edges(), _near_holidays(), _in_2026())) + beside


def _near_holidays() -> st.SearchStrategy[datetime]:
    days = st.sampled_from([datetime.fromisoformat(f"{day}T00:00Z") for day in sorted(HOLIDAYS)])
    return st.builds(
        lambda day, steps: day + timedelta(minutes=15 * steps), days, st.integers(-60, 200)
    )


@st.composite
def _on_edges(draw: st.DrawFn) -> datetime:
    day = draw(_in_2026()).date()
    clock = datetime.strptime(draw(st.sampled_from(CLOCKS[:-1])), "%H:%M").time()  # noqa: DTZ007
    fold, zone = draw(st.sampled_from((0, 1))), ZoneInfo(draw(st.sampled_from(ZONES)))
    return datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)


def _in_2026() -> st.SearchStrategy[datetime]:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return st.integers(0, 365 * 1440).map(lambda minutes: first + timedelta(minutes=minutes))
