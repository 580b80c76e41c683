"""What a wish of the line counts in the order, in French words: told beside what was understood."""

from datetime import datetime
from zoneinfo import ZoneInfo

from search_engine.query.plan import Plan
from search_engine.query.ranking import is_effort_sorted
from search_engine.request.moments import WISHES
from search_engine.request.window import SearchWindow
from search_engine.understanding.reading import PartKind, TextPart


def describe_wish(plan: Plan, part: TextPart) -> str | None:
    """``après 14:05, 10 min de plus``; None for a part that the order does not count."""
    if not is_effort_sorted(plan):
        return None
    profile, wishes = plan.request.profile, plan.request.wishes
    if part.kind is PartKind.WHEN and part.value in WISHES and wishes.moment_end is not None:
        end = _write_moment(wishes.moment_end, plan.request.window)
        return f"après {end}, {profile.moment.debit} min de plus"
    if part.kind is PartKind.NO_CAR:
        factor = f"{profile.travel.without_car:g}".replace(".", ",")
        return f"trajet compté {factor} fois"
    if part.kind is PartKind.GENDER:
        return f"{profile.gender.credit} min de moins"
    return None


def _write_moment(moment: datetime, window: SearchWindow) -> str:
    """The hour in the zone of the search; the day too where it is another one."""
    zone = ZoneInfo(window.zone)
    local, today = moment.astimezone(zone), window.start.astimezone(zone).date()
    day = "" if local.date() == today else f"le {local:%d/%m} à "
    return f"{day}{local:%H:%M}"
