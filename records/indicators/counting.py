"""What indicators count: events, one by one or by month, and rows of the records."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from records.accounts.tables import AccountRole, AccountRow, AccountTerritory
from records.indicators.periods import Period, find_day
from records.indicators.tables import EventKind, EventMonth, EventRow
from records.tables import ProfessionalSettings

REGULATORS = ("OSNP", "IOA")


class IndicatorNumber(NamedTuple):
    """A number with what it is of, such as a territory; several names and their values."""

    of: dict[str, str | int | None]
    number: float


def count_events(
    session: Session, period: Period, kinds: Iterable[EventKind], by: Sequence[str] = ()
) -> list[IndicatorNumber]:
    """Events of these kinds in a period, by some of their columns.

    Months that were put together count with the period that holds their first day.
    """
    first, last = find_day(period.since), find_day(period.until)
    chosen = sorted(kinds)
    single = (EventRow.at >= period.since) & (EventRow.at < period.until)
    months = (EventMonth.month >= first) & (EventMonth.month < last)
    found: Counter[tuple[Any, ...]] = Counter()
    for table, number, where in (
        (EventRow, func.count(), single),
        (EventMonth, func.sum(EventMonth.number), months),
    ):
        columns = [getattr(table, name) for name in by]
        query = select(*columns, number).where(table.kind.in_(chosen), where).group_by(*columns)
        for *of, counted in session.execute(query):
            found[(*of,)] += counted or 0
    return [
        IndicatorNumber(dict(zip(by, of, strict=True)), found[of]) for of in sorted(found, key=str)
    ]


def count_one(session: Session, period: Period, kinds: Iterable[EventKind]) -> float:
    """Events of these kinds in a period."""
    return sum(one.number for one in count_events(session, period, kinds))


def sum_last_count(session: Session, period: Period, kind: EventKind) -> list[IndicatorNumber]:
    """The amounts of the last count before the end of a period, by department."""
    of_kind = (EventRow.kind == kind) & (EventRow.at < period.until)
    last = session.scalar(select(func.max(EventRow.at)).where(of_kind))
    rows = session.execute(
        select(EventRow.department, EventRow.amount)
        .where(EventRow.kind == kind, EventRow.at == last)
        .order_by(EventRow.department)
    )
    return [IndicatorNumber({"department": department}, amount or 0) for department, amount in rows]


def count_participants(session: Session) -> list[IndicatorNumber]:
    """Professionals who take part now, by way of taking part."""
    via = ProfessionalSettings.via
    query = select(via, func.count()).where(ProfessionalSettings.participation)
    rows = session.execute(query.group_by(via).order_by(via))
    return [IndicatorNumber({"via": one}, number) for one, number in rows]


def count_accounts(session: Session) -> list[IndicatorNumber]:
    """Active accounts now, by role and territory; one of two territories counts in both."""
    of = (AccountRole.role, AccountTerritory.territory)
    query = (
        select(*of, func.count())
        .select_from(AccountRow)
        .join(AccountRole, AccountRole.account == AccountRow.id)
        .outerjoin(AccountTerritory, AccountTerritory.account == AccountRow.id)
        .where(AccountRow.active)
    )
    rows = session.execute(query.group_by(*of).order_by(*of))
    return [
        IndicatorNumber({"role": role, "territory": where}, number) for role, where, number in rows
    ]


def list_national_territories(session: Session) -> list[IndicatorNumber]:
    """Territories all of whose regulators have a national identifier, one each."""
    without = func.sum(case((AccountRow.national_id.is_(None), 1), else_=0))
    query = (
        select(AccountTerritory.territory)
        .join(AccountRow, AccountRow.id == AccountTerritory.account)
        .join(AccountRole, AccountRole.account == AccountRow.id)
        .where(AccountRow.active, AccountRole.role.in_(REGULATORS))
        .group_by(AccountTerritory.territory)
        .having(without == 0)
        .order_by(AccountTerritory.territory)
    )
    return [IndicatorNumber({"territory": one}, 1) for one in session.scalars(query)]
