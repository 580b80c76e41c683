"""RPPS skills: what the activity file does not carry (trap 26)."""

from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import LayoutError
from indexers.sources.rpps.skills import COLUMNS, read_skills

FIXTURES = Path(__file__).parents[2] / "fixtures/rpps"
FILE = FIXTURES / "PS_LibreAcces_SavoirFaire_202610080912.txt"


def test_there_are_13_columns() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 13


def test_every_skill_is_read_with_its_type_and_profession() -> None:
    quarantine = Quarantine("rpps-skills")
    assert list(read_skills(FILE, quarantine)) == [
        {"idnps": "810100000016", "code": "SM54", "kind": "S", "profession": "10"},
        {"idnps": "810100000149", "code": "CAPA02", "kind": "CAPA", "profession": "10"},
        {"idnps": "810100000156", "code": "DSM220", "kind": "DNQ", "profession": "10"},
        {"idnps": "810100000164", "code": "SI01", "profession": "60"},
        {"idnps": "810100000214", "code": "SM26", "kind": "S", "profession": "10"},
    ]
    assert quarantine.read == 7
    assert quarantine.rejected == {Reason.SKILL_MISSING: 1, Reason.PERSON_ID_INVALID: 1}


def test_an_activity_file_is_refused_as_a_skill_file(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text("Type d'identifiant PP|Identifiant PP|\n8|1|\n")
    with pytest.raises(LayoutError, match=r"PS_LibreAcces_SavoirFaire_\*\.txt"):
        list(read_skills(path, Quarantine("rpps-skills")))
