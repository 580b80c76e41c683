"""Accounts from a file and by hand, with the report of each line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from mappings.bounds import LONGEST_LINE
from records.accounts import sheet
from tests.cli.commands import Run, assert_refused, read_json_output

HEADER = "national_id;email;family;given;roles;territories;active\n"
ROWS = """\
810100000411;claire@exemple.fr;Roux;Claire;OSNP IOA;SAS-48 SAS-30;
;denis@exemple.fr;Petit;Denis;OSNP;SAS-48;vrai
810100000445;;Blanc;Marie;ACCOUNT_MANAGER;SAS-48;
810100000429;;Noir;Paul;OSNP;SAS-20;
810100000437;;Vert;Luc;OSNP;SAS-48;peut-être
810100000452;;"Jaune
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("accounts", ...)`` on records of its own."""
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words, **more: CliRunner().invoke(app, [str(word) for word in words], **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "comptes.csv"
    path.write_text(HEADER + ROWS)
    return path


def test_each_line_is_told_what_it_became(run: Run, file: Path) -> None:
    told = run("accounts", "import", file)
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert lines[:3] == ["ligne 2 : créé", "ligne 3 : créé", "ligne 4 : créé"]
    assert lines[3].startswith("ligne 5 : refusé Un de ces territoires n'existe pas")
    assert lines[4].startswith("ligne 6 : refusé active : écrivez vrai ou faux")
    assert lines[5].startswith("ligne 7 : refusé Cette ligne ne se lit pas")
    assert lines[6] == "6 lignes, comptes : 3 créés, 0 modifié, 0 inchangé, 3 refusés."

    file.write_text(HEADER + "".join(ROWS.splitlines(keepends=True)[:3]))
    again = read_json_output(run("accounts", "import", file, "--json"))
    assert (again["unchanged"], again["refused"]) == (3, 0)
    assert again["lines"][0] == {"line": 2, "outcome": "unchanged", "reason": None}


@pytest.mark.proves("F125")
def test_a_manager_works_within_his_territories(run: Run, file: Path) -> None:
    run("accounts", "import", file)
    manager = ("--by", "810100000445")
    seen = read_json_output(run("accounts", "list", *manager, "--json"))["accounts"]
    assert [one["family"] for one in seen] == ["Blanc", "Petit", "Roux"]
    closed = run("accounts", "disable", "denis@exemple.fr", *manager, "--json")
    assert read_json_output(closed)["accounts"][0]["active"] is False
    assert_refused(run("accounts", "disable", "810100000411", *manager), 1, "de votre ressort")
    assert_refused(run("accounts", "list", "--by", "denis@exemple.fr"), 1, "Aucun compte actif")
    listed = run("accounts", "list").output
    assert "fermé" in listed
    assert "810100000411" in listed


def test_what_is_wrong_is_told_in_french(run: Run, tmp_path: Path) -> None:
    word = ("accounts", "create", "--family", "Roux", "--given", "Claire", "--role", "OSNP")
    assert_refused(run(*word), 1, "national_id : Donnez un identifiant national")
    assert_refused(run(*word, "--national-id", "810100000411"), 1, "territories : Donnez au moins")
    whole = (*word, "--national-id", "810100000411", "--territory", "SAS-48")
    assert run(*whole).exit_code == 0
    assert_refused(run(*whole), 1, "Un compte a déjà cet identifiant")
    assert_refused(run("accounts", "disable", "x"), 1, "Aucun compte n'a l'identifiant x")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("nom;prenom\nRoux;Claire\n")
    assert_refused(run("accounts", "import", wrong), 1, "ses colonnes sont parmi national_id")
    assert_refused(run("accounts", "import", tmp_path / "none.csv"), 1, "none.csv")


def test_a_file_that_is_too_large_is_refused_whole(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "OWN_ROWS", 5)
    assert_refused(run("accounts", "import", file), 1, "plus de 5 lignes")
    monkeypatch.setattr(sheet, "OWN_ROWS", 6)
    assert "6 lignes, comptes : 3 créés" in run("accounts", "import", file).output
    file.write_bytes(file.read_bytes() + b"x" * (LONGEST_LINE + 1))
    assert_refused(run("accounts", "import", file), 1, "une ligne de plus de")
