"""The block ``query.read``: how each part of the line was read, what none could use, sentences.

Nothing typed is dropped in silence, and no page is empty without a sentence that names a part.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mappings.records import Offer
from search_engine.query.plan import Plan
from search_engine.request.criteria import Mode
from search_engine.request.moments import WISHES
from search_engine.request.typed_line import (
    FILTER_CRITERIA,
    NAMES,
    NUMBERS,
    Use,
    UsedPart,
    list_meanings,
)
from search_engine.response.absence_words import describe_absences
from search_engine.response.cards import omit_unknown
from search_engine.response.wish_words import describe_wish
from search_engine.understanding.meanings import KIND_LABELS, describe_part
from search_engine.understanding.reading import NEEDS_WORDS, PartKind, TextPart
from search_engine.understanding.sentences import PHARMACY, SAID, write_sentence
from search_engine.understanding.vocabulary import lookup_key

Sentence = dict[str, str]


def line_block(plan: Plan, total: int, absent: Sequence[Offer] = ()) -> dict[str, Any]:
    """The parts and what became of them, with the sentences that a page of ``total`` needs.

    ``absent`` are the first of those who answer a name that nobody present answers.
    """
    line = plan.request.line
    away = describe_absences(absent, plan.request.window.start)
    return {
        "parts": [_part(plan, used) for used in line.parts],
        "unused": list(line.unused),
        "sentences": [
            {"code": code, "message": message}
            for code, message in _list_sentences(plan, total, away)
        ],
    }


def _part(plan: Plan, used: UsedPart) -> dict[str, Any]:
    part = used.part
    typed, meant = part.correction or (None, None)
    others = [{"label": label, "what": words} for label, words in list_meanings(part)]
    return omit_unknown(
        {
            "kind": part.kind.value,
            "typed": part.typed,
            "meaning": _meaning(part),
            "use": used.use.value,
            "effect": describe_wish(plan, part) if used.use is Use.PREFERENCE else None,
            "corrected_from": typed,
            "corrected_to": meant,
            "alternatives": others or None,
        }
    )


def _meaning(part: TextPart) -> str:
    """A name as typed; a quality without value by its kind."""
    return part.typed if part.kind in NAMES else describe_part(part) or KIND_LABELS[part.kind]


def _list_sentences(plan: Plan, total: int, away: str) -> Iterator[tuple[str, str]]:
    """Danger first, whatever else the line holds. ``away``: those who are called so and absent."""
    parts = plan.request.line.parts
    yield from _say_known(part for kind in SAID for part, _ in parts if part.kind is kind)
    yield from _say_duty(parts)
    yield from _say_not_held(parts)
    yield from _say_late_moments(plan)
    given_up = [part for part, use in parts if use is Use.GIVEN_UP]
    yield from _say_given_up(given_up, away)
    if _is_general_by_default(plan):
        yield "no_need", "Aucun besoin n'est nommé : la recherche porte sur la médecine générale."
    if not total:
        said = any(part.kind in SAID for part, _ in parts)
        yield from list(_say_nothing_found(plan, away)) or (
            [] if said else [_say_line_found_nothing(plan)]
        )


def _say_known(parts: Iterable[TextPart]) -> Iterator[tuple[str, str]]:
    for part in parts:
        sentence = write_sentence(part)
        if sentence is not None:
            yield part.kind.value, sentence


def _say_not_held(parts: Sequence[UsedPart]) -> Iterator[tuple[str, str]]:
    """A need that no offer of the index is by itself: who stands for it, and where to turn."""
    for part, _ in parts:
        if part.kind in NEEDS_WORDS and (sentence := write_sentence(part)):
            yield "not_held", sentence


def _say_duty(parts: Sequence[UsedPart]) -> Iterator[tuple[str, str]]:
    words = [lookup_key(word) for part, _ in parts for word in part.words]
    value = PHARMACY if any("pharmacie" in word for word in words) else ""
    for part, _ in parts:
        if part.kind is PartKind.ON_DUTY and (sentence := write_sentence(part, value)):
            yield "on_duty", sentence


def _say_late_moments(plan: Plan) -> Iterator[tuple[str, str]]:
    """A moment of which no slot is known: after the window, or gone by."""
    for part, use in plan.request.line.parts:
        if part.kind is PartKind.WHEN and use is Use.PREFERENCE and part.value not in WISHES:
            yield (
                "moment_unknown",
                f"« {part.typed} » : aucun créneau n'est connu pour ce moment. Les créneaux "
                "affichés sont ceux d'aujourd'hui et des deux jours suivants.",
            )


def _say_given_up(given_up: Sequence[TextPart], away: str) -> Iterator[tuple[str, str]]:
    for part in given_up:
        if part.kind in FILTER_CRITERIA or part.kind is PartKind.WHEN:
            message = f"« {_meaning(part)} » : aucune offre ici n'y répond, ce n'est pas retenu."
        elif part.kind in NEEDS_WORDS:
            message = f"« {part.typed} » : personne de ce nom ici n'y répond, ce n'est pas retenu."
        else:
            subject = away or f"{_subject(part)} ici"
            message = f"« {part.typed} » : {subject}. Le reste de la recherche est affiché."
        yield "given_up", message


def _subject(part: TextPart) -> str:
    if part.kind in NUMBERS:
        return "aucune offre ne porte ce numéro"
    return "aucune structure de ce nom" if part.kind is not PartKind.NAME else "personne de ce nom"


def _is_general_by_default(plan: Plan) -> bool:
    """The line names nobody, and nothing that is elsewhere."""
    parts = plan.request.line.parts
    named = {*NEEDS_WORDS, *NAMES, *NUMBERS, *SAID}
    return (
        plan.request.meaning.has_codes
        and plan.request.line.read
        and not any(part.kind in named for part, _ in parts)
    )


def _say_line_found_nothing(plan: Plan) -> tuple[str, str]:
    """Of a line that names nobody: all that was typed, and what to name."""
    typed = plan.request.line.asked.what
    return (
        "nothing_found",
        f"« {typed} » : aucune offre ici. Nommez un besoin, une personne ou une structure, ou "
        "élargissez le rayon.",
    )


def _say_nothing_found(plan: Plan, away: str) -> Iterator[tuple[str, str]]:
    """What was looked for in vain, and what to try."""
    looked_for = [part for part, use in plan.request.line.parts if use is Use.SEARCHED]
    for part in looked_for:
        if away and part.kind in {*NUMBERS, *NAMES}:
            yield "absent", f"« {part.typed} » : {away}. Voir avec « Absents compris »."
            continue
        if part.kind in NUMBERS:
            yield (
                "nothing_found",
                f"« {part.typed} » : aucune offre ne porte ce numéro. Vérifiez-le.",
            )
        elif part.kind in NAMES:
            yield (
                "nothing_found",
                f"« {part.typed} » : {_subject(part)} ici. Vérifiez l'orthographe, élargissez le "
                "rayon, ou donnez une spécialité, une profession ou une structure.",
            )
        elif part.kind in NEEDS_WORDS:
            mode = "" if plan.request.mode is Mode.ALL else " avec les critères choisis"
            yield (
                "nothing_found",
                f"« {part.typed} » : aucune offre ici{mode}. Élargissez le rayon, ou changez de "
                "mode ou de filtres.",
            )
