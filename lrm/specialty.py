"""The speciality of an LRM link: a code with its terminology, or words (F054, F055).

A link never fails for its speciality: what is empty or unknown becomes general medicine, and a
coded warning follows (design 8.1).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from mappings import codes
from mappings.analysis import fold
from mappings.codes import Code
from search_engine.request.interpretation import Interpretation, interpret_codes, interpret_word
from search_engine.request.typed_line import NAMES, NUMBERS, LineRead, build_attempts
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import Reading

GENERAL_MEDICINE = "médecine générale"

SYSTEM_OF_OID: Mapping[str, str] = MappingProxyType(
    {
        "1.2.250.1.213.2.28": "TRE_R38-SpecialiteOrdinale",
        "1.2.250.1.71.1.2.7": "TRE_G15-ProfessionSante",
    }
)
"""Terminologies by OID (ANS, NOS)."""

MISSING = {
    "code": "lrm_specialty_missing",
    "message": "Aucune spécialité transmise : la recherche porte sur la médecine générale.",
}
UNKNOWN = {
    "code": "lrm_specialty_unknown",
    "message": "Spécialité transmise inconnue : la recherche porte sur la médecine générale.",
}
CONFLICT = {
    "code": "lrm_specialty_conflict",
    "message": "« specialty » et « speciality » diffèrent : « specialty » a été retenue.",
}
"""Warnings of the speciality."""

NOTHING_READ = Reading(())

_URN = re.compile(r"urn:oid:(?P<oid>[0-9.]+)\|(?P<code>[A-Za-z0-9-]{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Specialty:
    """What is searched; ``code`` when the link gave one, ``warnings`` when it was not followed."""

    line: LineRead
    code: Code | None = None
    warnings: tuple[Mapping[str, str], ...] = field(default=())

    @property
    def label(self) -> str:
        """The label to show."""
        return self.meaning.label

    @property
    def meaning(self) -> Interpretation:
        """Who is looked for, before any quality."""
        return build_attempts(self.line, ())[0].meaning


def read_specialty(specialty: str, speciality: str) -> Specialty:
    """The speciality of a link; both spellings are one parameter (F054, W32)."""
    first, second = specialty.strip(), speciality.strip()
    read = _read(first or second)
    if first and second and fold(first) != fold(second):
        return Specialty(read.line, read.code, (CONFLICT, *read.warnings))
    return read


def _read(text: str) -> Specialty:
    if not text:
        return _general(MISSING)
    if text.lower().startswith("urn:"):
        return _parse_urn(text)
    return _read_words(text)


def _parse_urn(text: str) -> Specialty:
    urn = _URN.fullmatch(text)
    code = None if urn is None else find_code(urn["oid"], urn["code"].upper())
    if code is None:
        return _general(UNKNOWN)
    return Specialty(LineRead(code.label, Reading(()), interpret_codes((code,))), code)


def find_code(oid: str, code: str) -> Code | None:
    """The concept of an OID and a code, None when no table holds it.

    An OID we do not know is no reason to lose a code that one table only holds.
    """
    found = _by_code().get(code, ())
    system = SYSTEM_OF_OID.get(oid)
    fitting = [one for one in found if system in (None, one.system)]
    return fitting[0] if len(fitting) == 1 else None


@cache
def _by_code() -> Mapping[str, tuple[Code, ...]]:
    found: dict[str, tuple[Code, ...]] = {}
    for one in _codes():
        found[one.code] = (*found.get(one.code, ()), one)
    return found


def _codes() -> Iterator[Code]:
    yield from codes.specialties().values()
    yield from codes.professions().values()


def _read_words(text: str) -> Specialty:
    """The needs of the words, read as in every search; a name or a number is no speciality."""
    reading = read_what(text, place_given=True)
    parts = tuple(part for part in reading.parts if part.kind not in (*NAMES, *NUMBERS))
    others = tuple(part.typed for part in reading.parts if part not in parts)
    kept = Reading(parts, (*reading.unused, *others), reading.ignored)
    known = [word for word in kept.words if interpret_word(word) is not None]
    return Specialty(LineRead(text, kept)) if known else _general(UNKNOWN, kept)


def _general(warning: Mapping[str, str], reading: Reading = NOTHING_READ) -> Specialty:
    line = LineRead(GENERAL_MEDICINE, reading, interpret_word(GENERAL_MEDICINE))
    return Specialty(line, warnings=(warning,))
