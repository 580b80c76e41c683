"""How the line was read, above a page: sentences first, then one line of what was understood."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import RenderableType
from rich.text import Text

USE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "filter": "filtre",
        "preference": "souhait",
        "given_up": "non retenu",
        "told": "sans effet",
    }
)
"""What a part did, where it is not who or where is looked for."""

SAID_KINDS = frozenset({"danger", "elsewhere", "on_duty"})
"""Kinds of parts that a sentence answers."""

STYLES: Mapping[str, str] = MappingProxyType({"danger": "bold red"})


def sentence_lines(read: Mapping[str, Any]) -> Iterator[RenderableType]:
    """The sentences, words of danger first and in red."""
    for sentence in read["sentences"]:
        yield Text(sentence["message"], style=STYLES.get(sentence["code"], "yellow"))


def reading_lines(read: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What was mended, what was understood where there is more to say than one need, the rest."""
    parts = read["parts"]
    words = [f"« {p['corrected_from']} » lu « {p['corrected_to']} »" for p in _list_mended(parts)]
    if len(parts) > 1 or any(part["use"] != "searched" for part in parts):
        words.append("compris : " + ", ".join(map(part_words, parts)))
    if read["unused"]:
        words.append("non utilisé : " + ", ".join(read["unused"]))
    if words:
        line = " ; ".join(words)
        yield Text(line[:1].upper() + line[1:], style="dim")


def is_said_only(read: Mapping[str, Any]) -> bool:
    """Whether sentences alone answer the line: nobody of the index is looked for."""
    looked_for = [part for part in read["parts"] if part["kind"] != "where"]
    return bool(looked_for) and all(part["use"] == "told" for part in looked_for)


def other_meanings(read: Mapping[str, Any], words: Sequence[str]) -> str:
    """What else a word may mean; of a word that means several needs, one of them alone."""
    together = any(part["meaning"].endswith(", ".join(words)) for part in read["parts"])
    lead = "Pour un seul de ces besoins" if together else "Autres sens possibles"
    return f"{lead} : {', '.join(words)}"


def part_words(part: Mapping[str, Any]) -> str:
    """A part and what it did: ``à domicile (filtre)``, ``une femme (souhait : 6 min de moins)``.

    The effect of a word of danger is its sentence.
    """
    said = part["kind"] in SAID_KINDS
    use = None if said else USE_WORDS.get(part["use"])
    did = " : ".join(filter(None, [use, part.get("effect")]))
    return f"{part['meaning']} ({did})" if did else str(part["meaning"])


def _list_mended(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [part for part in parts if "corrected_from" in part]
