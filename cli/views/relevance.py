"""Results of ``sas relevance``: French text for people, JSON for programs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mappings.instants import utc_text
from search_engine.relevance.cases import CaseKind
from search_engine.relevance.limits import GATES, LEAST_NDCG, TypedSet
from search_engine.relevance.readings import MUSTS, WISHES
from search_engine.relevance.verdict import (
    CaseOutcome,
    Level,
    RelevanceVerdict,
    State,
    count_states,
    measure_share,
)

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "anywhere": "Règles valables sur tout index",
        "professional": "Professionnels, par leur nom",
        "structure": "Structures, par leur nom",
        "sos_point": "Points SOS Médecins, par leur nom",
        "precision": "Cas jugés : rien d'autre",
        "recall": "Cas jugés : tout ce qui est attendu",
        "order": "Cas jugés : dans cet ordre",
        "forbidden": "Cas jugés : rien d'interdit",
    }
)
"""Group of cases: what it is called."""

ITEM_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "name": "Personnes, par leur nom",
        "title": "Titre ou civilité, et nom",
        "homonym": "Homonymes",
        "particle": "Particules et apostrophes",
        "spelling": "Noms mal tapés",
        "sound": "Noms écrits comme entendus",
        "name_and_need": "Nom et métier",
        "no_slot": "Personnes avec ou sans créneau",
        "name_and_place": "Nom et lieu",
        "number": "RPPS, FINESS, téléphone",
        "structure": "Structures",
        "emergency": "Urgences, maternité, garde",
        "other_structure": "Autres structures",
        "need_and_place": "Besoin, moment, manière, lieu",
    }
)
"""Group of known items: what it is called."""

SHOWN_TITLES = 5
"""Cards named of a failed case."""

SHOWN_PROBLEMS = 3
"""Problems shown of a failed case."""

NOTHING = "Rien n'a pu être jugé : cet index ne contient aucune offre où poser ces recherches."


def report(verdict: RelevanceVerdict, name: str) -> RenderableType:
    """The counts of each kind, the measures, each failed case, and the conclusion."""
    blocks: list[RenderableType] = [Text(f"Pertinence de {name}"), *count_readings(verdict)]
    blocks += map(misreading, [*verdict.misread, *verdict.unmet_wishes])
    blocks += [
        *report_known_items(verdict),
        counts(verdict),
        measure(verdict),
        *map(failure, verdict.failures),
        *map(not_judged, list_unjudged(verdict)),
    ]
    return Group(*blocks, *conclusion(verdict))


def report_readings(verdict: RelevanceVerdict) -> RenderableType:
    """The readings alone, which need no index, and the conclusion."""
    listed = map(misreading, [*verdict.misread, *verdict.unmet_wishes])
    good = [Text("Les textes sont lus comme attendu.", style="green")]
    bad = [Text(fault, style="red") for fault in verdict.faults()]
    return Group(*count_readings(verdict), *listed, *(bad or good))


def count_readings(verdict: RelevanceVerdict) -> list[Text]:
    """How many typed lines are read as they must be, and how many as is wished."""
    musts = [one for one in verdict.readings if one.group == MUSTS]
    wishes = [one for one in verdict.readings if one.group == WISHES]
    named = ((musts, "lus comme il le faut"), (wishes, "lus comme on le souhaite"))
    return [
        Text(f"Textes {label} : {sum(one.state is State.PASSED for one in group)} sur {len(group)}")
        for group, label in named
        if group
    ]


def misreading(one: CaseOutcome) -> Text:
    """A line read otherwise than expected, and whether that fails."""
    mark = "mal lu" if one.state is State.FAILED else "souhait non tenu"
    return Text(f"« {one.id} » : {mark}, {one.problems[0]}")


def report_known_items(verdict: RelevanceVerdict) -> list[RenderableType]:
    """How many known items are found, by kind, and one line for each that is not."""
    if not verdict.known:
        return []
    table = build_count_table()
    for group, counted in count_states(verdict.known).items():
        table.add_row(ITEM_GROUPS[group], *(str(counted[state]) for state in STATES))
    shares = Text(f"Recherches tapées trouvées : {describe_shares(verdict.known)}")
    lost = [Text(f"{one.id} : {describe_item(one)}") for one in list_lost_templates(verdict)]
    return [shares, table, *lost]


def describe_shares(outcomes: Iterable[CaseOutcome]) -> str:
    """``musts 96 %, souhaits 85 %``, of what could be judged."""
    listed = list(outcomes)
    named = ((Level.MUST, "ce qui doit l'être"), (Level.WISH, "souhaits"))
    shares = ((label, measure_share(listed, level)) for level, label in named)
    return ", ".join(f"{label} {share * 100:.0f} %" for label, share in shares if share is not None)


def describe_item(one: CaseOutcome) -> str:
    """What was typed, what was wrong, and what line of the telephone it stands for."""
    return f"{format_search(one.search)} ; {one.problems[0]} ({one.description})"


def list_lost_templates(verdict: RelevanceVerdict) -> Iterable[CaseOutcome]:
    """The first lost line of each template that must be found."""
    return {one.id.rpartition("-")[0]: one for one in reversed(verdict.lost_items)}.values()


def list_unjudged(verdict: RelevanceVerdict) -> list[CaseOutcome]:
    """The cases judged by ids that could not be: a complaint is never left aside in silence."""
    by_ids = frozenset(CaseKind)
    return [o for o in verdict.outcomes if o.state is State.NOT_JUDGED and o.group in by_ids]


def not_judged(one: CaseOutcome) -> Text:
    """A case that cannot be judged on this index, and the reason."""
    return Text(f"{one.id} : non jugé, {', '.join(one.problems)}", style="yellow")


def counts(verdict: RelevanceVerdict) -> Table:
    """How many passed, failed and were not judged, by kind."""
    table = build_count_table()
    for group, counted in verdict.counts.items():
        table.add_row(GROUPS[group], *(str(counted[state]) for state in STATES))
    return table


STATES = (State.PASSED, State.FAILED, State.KNOWN_FAILURE, State.NOT_JUDGED)


def build_count_table() -> Table:
    """A table with a column for each of ``STATES``."""
    table = Table("", box=None, pad_edge=False)
    for heading in ("réussis", "échoués", "échecs connus", "non jugés"):
        table.add_column(heading, justify="right")
    return table


def measure(verdict: RelevanceVerdict) -> Text:
    """The mean nDCG beside its limit."""
    if verdict.ndcg is None:
        return Text("nDCG@10 : rien à mesurer")
    return Text(f"nDCG@10 : {_number(verdict.ndcg)} (au moins {_number(LEAST_NDCG)})")


def failure(one: CaseOutcome) -> RenderableType:
    """A failed case: its rule, its search, its problems, the results instead."""
    lines = [
        one.description,
        f"cherché : {format_search(one.search)}",
        *first_problems(one.problems),
    ]
    if one.found:
        lines.append(f"trouvé : {', '.join(one.found[:SHOWN_TITLES])}")
    mark = "manqué" if one.tolerated else "échoué"
    return Group(Text(f"{one.id} : {mark}"), Padding(Text("\n".join(lines)), (0, 0, 0, 2)))


def first_problems(problems: list[str]) -> Iterable[str]:
    """The first problems, and how many more there are."""
    yield from problems[:SHOWN_PROBLEMS]
    if len(problems) > SHOWN_PROBLEMS:
        yield f"et {len(problems) - SHOWN_PROBLEMS} autres"


def format_search(search: Mapping[str, Any]) -> str:
    """The search as criteria: ``« cardiologue », lat 45.764, lon 4.8357``."""
    others = (f"{name} {value}" for name, value in search.items() if name != "what")
    return ", ".join([f"« {search['what']} »", *others])


def conclusion(verdict: RelevanceVerdict) -> list[Text]:
    """Good, or which limits are not kept."""
    if verdict.has_no_judgement:
        return [Text(NOTHING, style="red")]
    if verdict.good:
        return [Text("Cet index répond bien.", style="green")]
    return [
        Text("Cet index ne répond pas assez bien :", style="red"),
        *(Text(f"- {fault}") for fault in verdict.faults()),
    ]


def as_json(verdict: RelevanceVerdict, name: str, now: datetime) -> dict[str, Any]:
    """The whole verdict as plain values."""
    return {
        "index": name,
        "now": utc_text(now),
        "good": verdict.good,
        "ndcg": verdict.ndcg,
        "least_ndcg": LEAST_NDCG,
        "faults": verdict.faults(),
        "groups": {
            group: {state.value: counted[state] for state in State}
            for group, counted in verdict.counts.items()
        },
        "cases": [asdict(one) for one in verdict.outcomes],
        "known_items": items_as_json(verdict),
        "readings": readings_as_json(verdict),
    }


def items_as_json(verdict: RelevanceVerdict) -> dict[str, Any]:
    """The shares found, whether they gate, the counts by kind, and each line."""
    return {
        "gate": GATES[TypedSet.KNOWN_ITEMS],
        "musts": measure_share(verdict.known, Level.MUST),
        "wishes": measure_share(verdict.known, Level.WISH),
        "groups": {
            group: {state.value: counted[state] for state in State}
            for group, counted in count_states(verdict.known).items()
        },
        "cases": [asdict(one) for one in verdict.known],
    }


def readings_as_json(verdict: RelevanceVerdict) -> dict[str, Any]:
    """How many lines are read as expected, and the others, by how much they matter."""
    passed = Counter(one.group for one in verdict.readings if one.state is State.PASSED)
    return {
        "passed": {group: passed[group] for group in (MUSTS, WISHES)},
        "failed": [asdict(one) for one in verdict.misread],
        "unmet_wishes": [asdict(one) for one in verdict.unmet_wishes],
    }


def _number(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
