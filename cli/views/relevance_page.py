"""Page of ``sas relevance --html``: everything that was typed and not found, in one file."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from cli.views.relevance import GROUPS, ITEM_GROUPS, describe_shares, format_search
from indexers.report.templates import TEMPLATES
from mappings.instants import utc_text
from search_engine.relevance.verdict import CaseOutcome, RelevanceVerdict, State

LOST = (State.FAILED, State.KNOWN_FAILURE)


class LostGroup(NamedTuple):
    """The lost searches of one kind, how many there are of it and how many were not judged."""

    title: str
    total: int
    not_judged: int
    lost: list[tuple[str, CaseOutcome]]
    """Each with its search as text."""


def render_relevance_page(verdict: RelevanceVerdict, name: str, now: datetime) -> str:
    """The whole document; every text is escaped."""
    return TEMPLATES.get_template("relevance.html.j2").render(
        name=name,
        now=utc_text(now),
        good=verdict.good,
        faults=verdict.faults(),
        shares=describe_shares(verdict.known),
        groups=list(list_lost_groups(verdict)),
    )


def list_lost_groups(verdict: RelevanceVerdict) -> Iterator[LostGroup]:
    """The kinds in which something was lost or not judged."""
    titles = {"reading_must": "Textes à lire ainsi", "reading_wish": "Textes : souhaits"}
    titles |= {**ITEM_GROUPS, **GROUPS}
    outcomes = [*verdict.readings, *verdict.known, *verdict.outcomes]
    for group in dict.fromkeys(one.group for one in outcomes):
        found = build_lost_group(titles[group], [one for one in outcomes if one.group == group])
        if found.lost or found.not_judged:
            yield found


def build_lost_group(title: str, outcomes: Iterable[CaseOutcome]) -> LostGroup:
    """One kind: those that must be found first."""
    listed = list(outcomes)
    lost = sorted((one for one in listed if one.state in LOST), key=_rank)
    unjudged = sum(one.state is State.NOT_JUDGED for one in listed)
    return LostGroup(title, len(listed), unjudged, [(format_search(o.search), o) for o in lost])


def _rank(one: CaseOutcome) -> bool:
    return one.state is not State.FAILED
