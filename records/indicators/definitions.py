"""The indicators, each defined here and nowhere else (``docs/reference/indicators.md``)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from records.access import Actor, require_indicator_access
from records.database import Database, open_reading
from records.indicators.counting import (
    IndicatorNumber,
    count_accounts,
    count_events,
    count_one,
    count_participants,
    list_national_territories,
    sum_last_count,
)
from records.indicators.periods import (
    ChoosePeriod,
    Period,
    choose_day,
    choose_month,
    choose_week,
)
from records.indicators.tables import EventKind

SEARCHES = (EventKind.SEARCH, EventKind.LRM_SEARCH)
PERCENT = 100

Compute = Callable[[Session, Period], list[IndicatorNumber]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of the service: its name for programs, what it says in French, how it is made."""

    name: str
    sentence: str
    unit: str
    computed: str
    """How it is made, for who maintains it."""
    period: ChoosePeriod
    compute: Compute


@dataclass(frozen=True, slots=True)
class IndicatorValues:
    """An indicator with its values of one period."""

    indicator: Indicator
    period: Period
    values: list[IndicatorNumber]


def share_empty(session: Session, period: Period) -> list[IndicatorNumber]:
    """Percent of searches that found nobody; nothing without searches."""
    counted = count_events(session, period, SEARCHES, ["outcome"])
    found = {one.of["outcome"]: one.number for one in counted}
    return build_share(found.get("empty", 0), sum(found.values()))


def share_oriented(session: Session, period: Period) -> list[IndicatorNumber]:
    """Orientations asked for a hundred searches; nothing without searches."""
    steps = count_events(session, period, [EventKind.ORIENTATION], ["outcome"])
    asked = sum(one.number for one in steps if one.of["outcome"] == "asked")
    return build_share(asked, count_one(session, period, SEARCHES))


def build_share(part: float, whole: float) -> list[IndicatorNumber]:
    """One percentage, to a tenth; no value of nothing."""
    return [IndicatorNumber({}, round(PERCENT * part / whole, 1))] if whole else []


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "searches_week",
        "Recherches de la dernière semaine complète, par territoire du patient",
        "recherches",
        "events `search` and `lrm_search` of the week",
        choose_week,
        lambda session, period: count_events(session, period, SEARCHES, ["territory"]),
    ),
    Indicator(
        "empty_searches_week",
        "Part des recherches de la dernière semaine complète qui n'ont trouvé personne",
        "%",
        "those of outcome `empty`, of all events `search` and `lrm_search`",
        choose_week,
        share_empty,
    ),
    Indicator(
        "lrm_searches_month",
        "Recherches ouvertes depuis un LRM le dernier mois complet, par territoire du patient",
        "recherches",
        "events `lrm_search` of the month",
        choose_month,
        lambda session, period: count_events(
            session, period, [EventKind.LRM_SEARCH], ["territory"]
        ),
    ),
    Indicator(
        "orientations_month",
        "Orientations du dernier mois complet, par nature et par état atteint",
        "orientations",
        "events `orientation` of the month: one for each state reached",
        choose_month,
        lambda session, period: count_events(
            session, period, [EventKind.ORIENTATION], ["mode", "outcome"]
        ),
    ),
    Indicator(
        "oriented_share_month",
        "Orientations demandées le dernier mois complet, pour cent recherches",
        "%",
        "events `orientation` of outcome `asked`, of events `search` and `lrm_search`",
        choose_month,
        share_oriented,
    ),
    Indicator(
        "participants",
        "Professionnels qui participent au SAS aujourd'hui, par mode de participation",
        "professionnels",
        "rows of `professional_settings` that take part",
        choose_day,
        lambda session, _period: count_participants(session),
    ),
    Indicator(
        "professionals_with_slot",
        "Professionnels qui ont au moins un créneau à venir, au dernier relevé, par département",
        "professionnels",
        "the last events `with_slot`, which a worker counts in the index once a day",
        choose_day,
        lambda session, period: sum_last_count(session, period, EventKind.WITH_SLOT),
    ),
    Indicator(
        "accounts",
        "Comptes actifs aujourd'hui, par rôle et par territoire",
        "comptes",
        "active rows of `accounts`; one of two territories counts in both",
        choose_day,
        lambda session, _period: count_accounts(session),
    ),
    Indicator(
        "territories_with_national_identity",
        "Territoires dont tous les régulateurs actifs ont un identifiant national, "
        "celui de Pro Santé Connect",
        "territoires",
        "territories of `accounts` none of whose active regulators lacks a national identifier",
        choose_day,
        lambda session, _period: list_national_territories(session),
    ),
)


def compute_indicators(database: Database, actor: Actor, day: date) -> list[IndicatorValues]:
    """Every indicator as it is read on a day; raises ``AccessDenied``."""
    require_indicator_access(actor)
    with open_reading(database) as session:
        return [_compute(session, one, one.period(day)) for one in INDICATORS]


def _compute(session: Session, indicator: Indicator, period: Period) -> IndicatorValues:
    return IndicatorValues(indicator, period, indicator.compute(session, period))
