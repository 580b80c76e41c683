"""Opening hours read off the wall, apart from the engine: texts are compared, none is counted."""

from datetime import UTC, datetime, timedelta
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


def is_open(hours: Hours, now: datetime, zone: str) -> bool:
    """What somebody who looks at the clock on the wall and the sign on the door would say."""
    local = now.astimezone(ZoneInfo(zone))
    shown = f"{local:%H:%M}"
    return any(opens <= shown < closes for opens, closes in hours.get(DAYS[local.weekday()], []))


def next_change(hours: Hours, now: datetime, zone: str) -> datetime | None:
    """The first minute after ``now``, tried one by one for eight days, at which that differs."""
    minute, state = now.replace(second=0, microsecond=0), is_open(hours, now, zone)
    while (minute := minute + timedelta(minutes=1)) <= now + timedelta(days=8):
        if is_open(hours, minute, zone) != state:
            return minute
    return None


def random_hours(random: Random) -> Hours:
    """Up to three intervals on some days, nights of Sunday most often; some reversed or empty."""
    chances = {"sat": 0.7, "sun": 0.9, "mon": 0.6}
    return {
        day: [random.choices(CLOCKS, k=2) for _ in range(random.choice((0, 1, 1, 2, 3)))]
        for day in DAYS
        if random.random() < chances.get(day, 0.4)
    }


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """On or beside an edge of the clocks of a zone, around a change of clock, or any in 2026."""
    beside = timedelta(milliseconds=draw(st.sampled_from((-1000, -1, 0, 0, 1, 1000, 59_999))))
    near_turn = st.builds(
        lambda turn, minutes: turn + timedelta(minutes=minutes),
        st.sampled_from(TURNS),
        st.integers(-48, 48).map(lambda steps: 5 * steps),
    )
    return draw(st.one_of(near_turn, _on_edges(), _in_2026())) + beside


@st.composite
def _on_edges(draw: st.DrawFn) -> datetime:
    day = draw(_in_2026()).date()
    clock = datetime.strptime(draw(st.sampled_from(CLOCKS[:-1])), "%H:%M").time()  # noqa: DTZ007
    fold, zone = draw(st.sampled_from((0, 1))), ZoneInfo(draw(st.sampled_from(ZONES)))
    return datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)


def _in_2026() -> st.SearchStrategy[datetime]:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return st.integers(0, 365 * 1440).map(lambda minutes: first + timedelta(minutes=minutes))
