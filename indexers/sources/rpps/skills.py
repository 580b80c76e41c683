"""RPPS skills: the qualifications that the activity file does not carry.

Source: public extract of the Annuaire Santé, docs/reference/sources/rpps.md.
"""

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import NotRequired, TypedDict

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.headers import locate_columns, unknown_columns
from indexers.sources.reading.pipes import open_pipes
from indexers.sources.rpps.identity import PERSON_COLUMNS, read_person

COLUMNS = (
    "Type d'identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Libellé profession",
    "Code catégorie professionnelle",
    "Libellé catégorie professionnelle",
    "Code type savoir-faire",
    "Libellé type savoir-faire",
    "Code savoir-faire",
    "Libellé savoir-faire",
)
"""Header of the published file, in order; a line ends with a 14th, empty field."""

_CODE = "Code savoir-faire"
_KIND = "Code type savoir-faire"
_PROFESSION = "Code profession"


class Skill(TypedDict):
    """One qualification of a person: its code, its type (TRE_R04), the profession it belongs to."""

    idnps: str
    code: str
    kind: NotRequired[str]
    profession: NotRequired[str]


def read_skills(path: Path, quarantine: Quarantine) -> Iterator[Skill]:
    """Every healthy row of the skill file, streamed; damaged rows go to ``quarantine``.

    Raises ``LayoutError`` when the file is not a skill file.
    """
    header, rows = open_pipes(path, quarantine)
    places = _places(path, header, quarantine)
    person_of = itemgetter(*(places[name] for name in PERSON_COLUMNS))
    for line, fields in rows:
        person = read_person(*person_of(fields))
        if isinstance(person, Reason):
            quarantine.reject(line, person, "|".join(fields))
        elif not fields[places[_CODE]]:
            quarantine.reject(line, Reason.SKILL_MISSING, "|".join(fields))
        else:
            yield _skill(person.idnps, fields, places)


def _places(path: Path, header: list[str], quarantine: Quarantine) -> dict[str, int]:
    located = locate_columns(header, COLUMNS)
    missing = [name for name in (PERSON_COLUMNS[-1], _CODE) if name not in located]
    if missing:
        raise LayoutError(
            f"{path.name} is not an RPPS skill file: column {missing[0]!r} is missing; "
            "give a file PS_LibreAcces_SavoirFaire_*.txt"
        )
    quarantine.unknown.update(unknown_columns(header, located))
    # The field after the last is always empty: a column this file lacks is read there.
    return dict.fromkeys(COLUMNS, len(header)) | located


def _skill(idnps: str, fields: list[str], places: dict[str, int]) -> Skill:
    skill: Skill = {"idnps": idnps, "code": fields[places[_CODE]]}
    if kind := fields[places[_KIND]]:
        skill["kind"] = kind
    if profession := fields[places[_PROFESSION]]:
        skill["profession"] = profession
    return skill
