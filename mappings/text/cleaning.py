"""Text of published files: encodings, characters that should not be there, missing values."""

import unicodedata
from collections.abc import Sequence

MISSING = frozenset({"\\N", "NULL", "N/A", "-", "."})
"""Spellings of an absent value met in published files (trap 13)."""

REPLACEMENT_CHARACTER = "\ufffd"
"""A character lost before publication, as published (trap 5)."""

_SUSPECT = (*range(0x20), 0x7F, 0xC2, 0xCC, 0xCD, 0xE2, 0xEF)
ORDINARY = bytes(set(range(0x100)).difference(_SUSPECT))
"""Bytes of UTF-8 text that needs no cleaning. The others are controls, and the lead bytes of C1
controls and non-breaking spaces (C2), combining marks (CC, CD), special spaces and invisible
characters (E2), byte order marks and the replacement character (EF)."""

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"


def _substitutions() -> dict[int, str]:
    """Spaces for controls, tabs and non-breaking spaces; the CP1252 character of a C1 control."""
    spaces = (*range(0x20), 0x7F, 0xA0, 0x2007, 0x202F, 0x2028, 0x2029)
    table = dict.fromkeys(spaces, " ")
    for code in range(0x80, 0xA0):
        meant = bytes([code]).decode("cp1252", "replace")
        table[code] = " " if meant == REPLACEMENT_CHARACTER else meant
    return table | {ord(char): "" for char in _INVISIBLE}


_SUBSTITUTIONS = _substitutions()


def decode_line(raw: bytes) -> tuple[str, bool]:
    """The text of a line, and whether it was UTF-8; else it is read as Windows-1252 (trap 5)."""
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), False


def clean_value(text: str) -> str:
    """One value: printable, no space at the ends, one space inside, ``""`` when missing.

    Control characters, tabs and non-breaking spaces become spaces; U+0092 becomes the
    apostrophe it was in Windows-1252 (traps 5, 6, 7, 13).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_SUBSTITUTIONS))
    elif not text.isprintable():
        text = text.translate(_SUBSTITUTIONS)
    value = " ".join(text.split())
    return "" if value in MISSING else value


def needs_cleaning(raw: bytes, text: str, fields: Sequence[str]) -> bool:
    """False when ``cleaned`` would leave each field of the line as it is; cheap on purpose.

    Most lines of a national file are clean, and a file has two million of them.
    """
    return (
        bool(raw.translate(None, ORDINARY))
        or "| " in text
        or " |" in text
        or "  " in text
        or text[:1] == " "
        or text[-1:] == " "
        or not MISSING.isdisjoint(fields)
    )
