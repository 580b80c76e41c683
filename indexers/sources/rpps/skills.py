"""RPPS skills: the qualifications that the activity file does not carry.

Source: public extract of the Annuaire Santé, docs/reference/sources/rpps.md.
"""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import NotRequired, TypedDict

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.columns import RPPS_SKILLS
from indexers.sources.reading.pipes import PipeFormat, open_pipes
from indexers.sources.rpps.identity import PERSON_COLUMNS, read_person

COLUMNS = tuple(RPPS_SKILLS)
"""Header of the published file, in order."""

_CODE = "Code savoir-faire"
_KIND = "Code type savoir-faire"
_PROFESSION = "Code profession"
FORMAT = PipeFormat(
    "RPPS skill", "PS_LibreAcces_SavoirFaire_*.txt", RPPS_SKILLS, (PERSON_COLUMNS[-1], _CODE)
)


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
    _, places, rows = open_pipes(path, FORMAT, quarantine)
    person_of = itemgetter(*(places[name] for name in PERSON_COLUMNS))
    for line, fields in rows:
        person = read_person(*person_of(fields))
        if isinstance(person, Reason):
            quarantine.reject(line, person, "|".join(fields))
        elif not fields[places[_CODE]]:
            quarantine.reject(line, Reason.SKILL_MISSING, "|".join(fields))
        else:
            yield _skill(person.idnps, fields, places)


def _skill(idnps: str, fields: list[str], places: Mapping[str, int]) -> Skill:
    skill: Skill = {"idnps": idnps, "code": fields[places[_CODE]]}
    if kind := fields[places[_KIND]]:
        skill["kind"] = kind
    if profession := fields[places[_PROFESSION]]:
        skill["profession"] = profession
    return skill
