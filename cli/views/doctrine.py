"""Results of ``sas relevance --doctrine``: French text for people, JSON for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mappings.instants import utc_text
from search_engine.relevance.doctrine.figures import (
    CONTEXTS,
    LEAST_DRAW_P,
    MOST_HIDDEN,
    Context,
    ContextFigures,
    DoctrineFigures,
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "participation": "participation au SAS",
        "slot_type": "type de créneau",
        "certain": "créneau certain",
        "equal_band": "effort égal",
        "detour": "route plus longue",
    }
)
"""Row that explains why somebody nearer and no later is not on the page: what it is called."""


def report_doctrine(figures: DoctrineFigures, name: str) -> RenderableType:
    """The figures beside their targets, and the conclusion."""
    return Group(
        Text(f"Doctrine sur {name}, profil {figures.profile}"),
        Text(describe_patients(figures)),
        build_figure_table(figures),
        *conclude_doctrine(figures),
    )


def describe_patients(figures: DoctrineFigures) -> str:
    """How many patients called from where, and how many pages could not be judged."""
    places = ", ".join(figures.places)
    called = f"{sum(figures.places.values())} patients autour de {places}"
    return f"{called} ; pages vides {figures.empty}, recherches refusées {figures.refused}"


def build_figure_table(figures: DoctrineFigures) -> Table:
    """One line a measure and context: figure and target."""
    table = Table("", box=None, pad_edge=False)
    table.add_column("mesuré", justify="right")
    table.add_column("cible", justify="right")
    for context, found in figures.contexts.items():
        for row in list_figure_rows(context, found):
            table.add_row(*row)
    table.add_row("tirage de la première place", *describe_draw(figures))
    return table


def list_figure_rows(context: Context, found: ContextFigures) -> Iterator[tuple[str, str, str]]:
    """The measures of one context: what, figure, target."""
    label = CONTEXTS[context]
    share = f"{found.hidden} sur {found.pages} ({found.hidden_share * 100:.1f} %)"
    yield (
        f"{label} : pages qui cachent quelqu'un de plus proche et d'aussi tôt",
        share.replace(".", ","),
        f"{MOST_HIDDEN[context] * 100:.0f} % au plus",
    )
    for reason, count in sorted(found.explained_by.items()):
        yield f"{label} : dont {REASONS[reason]}", str(count), ""
    yield f"{label} : dont sans explication", str(found.unexplained), "0"
    yield f"{label} : cartes dominées", f"{found.dominated} sur {found.cards}", "0"
    yield f"{label} : plus loin et plus tard d'abord", str(found.late_pairs), "0"


def describe_draw(figures: DoctrineFigures) -> tuple[str, str]:
    """How probable the draw is, and its target."""
    target = f"p > {LEAST_DRAW_P}".replace(".", ",")
    if figures.draw is None:
        return "rien à tirer", target
    drawn = f"p = {figures.draw.p:.3f}".replace(".", ",")
    return f"{drawn} ({figures.draw.members} offres, {figures.draw.searches} recherches)", target


def conclude_doctrine(figures: DoctrineFigures) -> list[Text]:
    """Whether the targets are met, and whether that matters for this profile."""
    missed = figures.list_missed_targets()
    if not any(found.pages for found in figures.contexts.values()):
        return [Text("Rien n'a pu être mesuré : aucune page n'a d'offre.", style="red")]
    if not missed:
        return [Text("Les cibles sont tenues.", style="green")]
    heading = "Cibles manquées :" if figures.is_gate else "Cibles manquées, pour mémoire :"
    return [Text(heading, style="red"), *(Text(f"- {one}") for one in missed)]


def doctrine_as_json(figures: DoctrineFigures, name: str, now: datetime) -> dict[str, Any]:
    """The figures as plain values."""
    return {
        "index": name,
        "now": utc_text(now),
        "gate": figures.is_gate,
        "missed": figures.list_missed_targets(),
        **asdict(figures),
        "targets": {"most_hidden": dict(MOST_HIDDEN), "least_draw_p": LEAST_DRAW_P},
    }
