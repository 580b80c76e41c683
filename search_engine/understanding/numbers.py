"""Numbers inside a line: RPPS with or without its leading 8, FINESS, telephone."""

import re
from typing import NamedTuple

from mappings.identifiers import OVERSEAS_CODES
from search_engine.understanding.reading import PartKind, TextPart

_GAP = r"[ .\-]?"
_COUNTRY = "|".join(sorted({"33", *OVERSEAS_CODES.values()}))
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)(?:{_COUNTRY}){_GAP}(?:\(0\){_GAP})?|0)([1-9](?:{_GAP}\d){{8}})(?!\d)"
)
_RPPS = re.compile(rf"(?<!\d)(?:8{_GAP})?([19](?:{_GAP}\d){{10}})(?!\d)")
"""Numbers given to people begin with 1, those of invented sets with 9."""
_FINESS = re.compile(rf"(?<![\dA-Za-z])((?:\d{{2}}|2[ABab])(?:{_GAP}\d){{7}})(?!\d)")
_LABEL = re.compile(r"\b(?:rpps|finess|t[ée]l[ée]phone|t[ée]l|n[°o])(?!\w)\s*:?", re.IGNORECASE)
_KEPT = re.compile(r"[^0-9A-Za-z]")


class SplitNumbers(NamedTuple):
    """The numbers of a line, the labels before them (``tél``), and the line without both."""

    parts: tuple[TextPart, ...]
    labels: tuple[str, ...]
    rest: str


def split_numbers(text: str) -> SplitNumbers:
    """The numbers that name a person, a structure or a line, taken out of the text."""
    parts: list[TextPart] = []
    for kind, pattern in (
        (PartKind.PHONE, _PHONE),
        (PartKind.RPPS, _RPPS),
        (PartKind.FINESS, _FINESS),
    ):
        found = pattern.search(text)
        if found is not None:
            parts.append(TextPart(kind, found[0].strip(), _plain_number(kind, found[1])))
            text = f"{text[: found.start()]} {text[found.end() :]}"
    if not parts:
        return SplitNumbers((), (), text)
    return SplitNumbers(tuple(parts), tuple(_LABEL.findall(text)), _LABEL.sub(" ", text))


def _plain_number(kind: PartKind, written: str) -> str:
    plain = _KEPT.sub("", written).upper()
    return f"0{plain}" if kind is PartKind.PHONE else plain
