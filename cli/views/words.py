"""Results of ``sas words``: French text for people, plain values for programs."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from search_engine.understanding.check_words import WordsFault
from search_engine.understanding.meanings import KIND_LABELS, describe_part
from search_engine.understanding.reading import Reading, TextPart

NOTHING = "Rien n'est lu dans ce texte."


def explain_reading(reading: Reading) -> RenderableType:
    """Each part with what was typed and what it means, then what was not used."""
    blocks: list[RenderableType] = [list_parts(reading.parts)] if reading.parts else []
    rest = (("Non utilisé", reading.unused), ("Sans effet", reading.ignored))
    blocks += [Text(f"{label} : {', '.join(words)}") for label, words in rest if words]
    return Group(*(blocks or [Text(NOTHING)]))


def list_parts(parts: Sequence[TextPart]) -> Table:
    """One line a part."""
    table = Table(box=None, pad_edge=False)
    for heading in ("tapé", "nature", "lu comme"):
        table.add_column(heading)
    for part in parts:
        table.add_row(Text(part.typed), KIND_LABELS[part.kind], Text(describe_correction(part)))
    return table


def describe_correction(part: TextPart) -> str:
    """The meaning of a part, with the word that was mended."""
    meaning = describe_part(part)
    if part.correction is None:
        return meaning
    typed, meant = part.correction
    return f"{meaning} (« {typed} » corrigé en « {meant} »)"


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """The reading as plain values."""
    return {
        "parts": [
            {
                "kind": part.kind.value,
                "typed": part.typed,
                "value": part.value,
                "words": list(part.words),
                "corrected_from": part.correction[0] if part.correction else None,
                "corrected_to": part.correction[1] if part.correction else None,
            }
            for part in reading.parts
        ],
        "unused": list(reading.unused),
        "ignored": list(reading.ignored),
    }


def describe_faults(count: int, noun: str, faults: Sequence[WordsFault]) -> list[str]:
    """How many rows were checked, and each fault on a line; nothing where there is no row."""
    if not count:
        return []
    lines = [f"ligne {fault.line}, « {fault.phrase} » : {fault.reason}" for fault in faults]
    summary = "aucune faute" if not faults else f"{len(faults)} à corriger"
    return [f"{count} {noun} : {summary}.", *lines]


def faults_as_json(
    phrases: int, faults: Sequence[WordsFault], sentences: int, unsaid: Sequence[WordsFault]
) -> dict[str, Any]:
    """The same as plain values, those of the sentences apart."""
    return {
        "phrases": phrases,
        "faults": [fault._asdict() for fault in faults],
        "sentences": sentences,
        "sentence_faults": [fault._asdict() for fault in unsaid],
    }
