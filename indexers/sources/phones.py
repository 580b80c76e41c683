"""Phone fields as published, read into E.164 numbers, e-mail addresses and refused text.

Traps 56 and 57 of docs/reference/sources/rpps.md: two numbers in one field, every way to write the
country code, placeholders, e-mails in the phone column.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from mappings.identifiers import build_e164

LOCAL_NUMBERS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {"975": ("508", 6), "986": ("681", 6), "987": ("689", 8), "988": ("687", 6)}
)
"""Department -> country code and length of the numbers dialled there without any prefix."""

_NINE_DIGITS = ("33", "262", "590", "594", "596", "508")
"""Country codes followed by nine digits."""

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_SEPARATORS = re.compile(r"\s*(?:[/;,|]|\bou\b|\bet\b|\s-\s|\n)\s*", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_SHORT = re.compile(r"1[578]|11[0-9]|19[167]|3\d{3}|10\d{2}|116\d{3}|118\d{3}")
_NATIONAL = re.compile(r"0(?P<national>[1-9]\d{8})")
_INTERNATIONAL = re.compile(rf"(?:\+|00)(?:{'|'.join(_NINE_DIGITS)})0?(?P<national>[1-9]\d{{8}})")
_WITHOUT_PLUS = re.compile(r"33(?P<national>[1-9]\d{8})")
_WITHOUT_ZERO = re.compile(r"(?P<national>[1-9]\d{8})")
_ABROAD = re.compile(r"(?:\+|00)(?P<number>[1-9]\d{6,14})")


class PhoneField(NamedTuple):
    """Content of one phone field; ``refused`` is text that is neither number nor e-mail."""

    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


EMPTY = PhoneField()


@lru_cache(maxsize=1 << 16)
def read_phones(text: str, department: str = "") -> PhoneField:
    """The numbers of a phone field, in the order written, each once: ``+33474454647``.

    Short numbers (15, 3624) stay as they are; premium 08 numbers and mobiles are kept, they are
    the text of the source. ``department`` is where a number without any prefix is dialled
    (overseas collectivities). Placeholders such as ``0000000000`` are neither kept nor refused.
    """
    if not text:
        return EMPTY
    emails = tuple(dict.fromkeys(_EMAIL.findall(text)))
    numbers: dict[str, None] = {}
    refused: list[str] = []
    for part in _SEPARATORS.split(_EMAIL.sub(" / ", text)):
        found = _numbers(part, department)
        if found is None:
            refused.append(part)
        else:
            numbers.update(dict.fromkeys(found))
    return PhoneField(tuple(numbers), emails, tuple(refused))


def plain_number(text: str) -> str:
    """The number of a field that is ten figures and nothing else, as most are; else ``""``."""
    if len(text) != 10 or text[0] != "0" or text[1] == "0":  # noqa: PLR2004
        return ""
    return build_e164(text[1:]) if text.isascii() and text.isdigit() else ""


def merge_phone_fields(fields: Iterator[PhoneField] | tuple[PhoneField, ...]) -> PhoneField:
    """Several fields as one, numbers and e-mails each once, in order."""
    numbers: dict[str, None] = {}
    emails: dict[str, None] = {}
    refused: list[str] = []
    for field in fields:
        numbers.update(dict.fromkeys(field.numbers))
        emails.update(dict.fromkeys(field.emails))
        refused.extend(field.refused)
    return PhoneField(tuple(numbers), tuple(emails), tuple(refused))


def _numbers(part: str, department: str) -> list[str] | None:
    """The numbers of one part: none when it is empty or a placeholder, None when unreadable."""
    compact = re.sub(r"[^\d+]", "", _TRUNK_ZERO.sub("", part))
    if not compact:
        return None if part.strip() else []
    if len(set(compact)) == 1 and len(compact) > 4:  # noqa: PLR2004
        return []
    whole = _whole(compact, department)
    return [whole] if whole is not None else _run_together(compact)


def _whole(compact: str, department: str) -> str | None:
    """One number that takes the whole of ``compact``, None when it is not one."""
    if _SHORT.fullmatch(compact):
        return compact
    return _french(compact) or _local(compact, department) or _abroad(compact)


def _french(compact: str) -> str | None:
    match = (
        _NATIONAL.fullmatch(compact)
        or _INTERNATIONAL.fullmatch(compact)
        or _WITHOUT_PLUS.fullmatch(compact)
        or _WITHOUT_ZERO.fullmatch(compact)
    )
    return None if match is None else build_e164(match["national"])


def _local(compact: str, department: str) -> str | None:
    code, length = LOCAL_NUMBERS.get(department, ("", 0))
    return f"+{code}{compact}" if code and len(compact) == length else None


def _abroad(compact: str) -> str | None:
    match = _ABROAD.fullmatch(compact)
    if match is None or match["number"].startswith(_NINE_DIGITS):
        return None
    return f"+{match['number']}"


def _run_together(compact: str) -> list[str] | None:
    """Numbers written without a separator, ``04744546470474454648``; the rest is dropped."""
    found: list[str] = []
    position = 0
    while match := _NATIONAL.match(compact, position) or _INTERNATIONAL.match(compact, position):
        found.append(build_e164(match["national"]))
        position = match.end()
    return found or None
