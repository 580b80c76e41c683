"""What was set aside: summed up, listed, exported, corrected, and live after a replay."""

from pathlib import Path
from shutil import copytree
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from cli.commands.quarantine import ALL_EXPLANATIONS, summary
from elastic.names import offers_alias
from elastic.service import lock
from geography.reasons import Note, Refusal, Unlocatable
from indexers.quality.reasons import EXPLANATIONS, Reason
from indexers.reindex.recipe import LOCK
from tests.cli.commands import ANNE, BRUNO, Run, assert_refused, read_json_output
from tests.indexers.file_set import ACTIVITIES, MSP, FileSet, rang

CLEO, BAD_FINESS = "10100000032", "48000-001X7"
AT_CLEO = f"rpps:{CLEO}@4{rang(CLEO)}"


@pytest.fixture
def files_with_damage(files: FileSet) -> FileSet:
    """Two doctors, and one damaged row of each of three sources."""
    files.doctor(CLEO)
    path = files.directory / ACTIVITIES
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"|8{CLEO}|", f"|8{CLEO[:-2]}|"), "utf-8")
    files.site(BAD_FINESS, "603", 'MSP "DES TANNEURS"')
    files.line("participation", rpps=ANNE, participation=True)
    return files


def live(es: Elasticsearch, prefix: str) -> dict[str, dict[str, Any]]:
    hits = es.search(index=offers_alias(prefix), size=100)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def export(run: Run, folder: Path) -> dict[str, Path]:
    """The rows of the three sources, exported."""
    folder.mkdir()
    names = {"rpps": "rpps.txt", "finess": "finess.json", "participation": "participation.jsonl"}
    paths = {source: folder / name for source, name in names.items()}
    for source, path in paths.items():
        found = read_json_output(run("quarantine", "--source", source, "--export", path, "--json"))
        assert found["rows"] == 1
        assert path.stat().st_mode & 0o077 == 0
    return paths


def correct(path: Path, wrong: str, right: str) -> None:
    text = path.read_text("utf-8")
    assert wrong in text
    path.write_text(text.replace(wrong, right), "utf-8")


def test_exported_corrected_and_replayed_rows_are_live(
    run: Run, files_with_damage: FileSet, tmp_path: Path, es: Elasticsearch, index_prefix: str
) -> None:
    assert_refused(run("reindex", "--from", files_with_damage.directory), 1, "was set aside")
    paths = export(run, tmp_path / "out")
    source_header = (files_with_damage.directory / ACTIVITIES).read_text("utf-8").splitlines()[0]
    assert paths["rpps"].read_text("utf-8").splitlines()[0] == source_header
    correct(paths["rpps"], f"|8{CLEO[:-2]}|", f"|8{CLEO}|")
    correct(paths["finess"], f'"{BAD_FINESS}"', f'"{MSP}"')
    correct(paths["participation"], '"participation":true', '"participation":true,"via":1')

    first = read_json_output(run("quarantine", "replay", tmp_path / "out", "--json"))
    assert [one["recorded"] for one in first["files"]] == [1, 1, 1]
    assert first["loaded_again"] == [{"directory": str(files_with_damage.directory)}]
    offers = live(es, index_prefix)
    assert AT_CLEO in offers
    assert offers[f"finess:{MSP}"]["title"] == 'MSP "DES TANNEURS"'
    assert offers[f"rpps:{ANNE}@4{rang(ANNE)}"]["participant"] is True

    index = read_json_output(run("index", "status", "--json"))["live"]
    again = read_json_output(run("quarantine", "replay", tmp_path / "out", "--json"))
    assert [(one["recorded"], one["known"]) for one in again["files"]] == [(0, 1)] * 3
    assert again["loaded_again"] == []
    assert read_json_output(run("index", "status", "--json"))["live"] == index
    assert live(es, index_prefix) == offers

    assert run("reindex", "--from", files_with_damage.directory).exit_code == 0
    assert live(es, index_prefix) == offers


def test_a_correction_lapses_when_the_source_changes_the_row(
    run: Run, files_with_damage: FileSet, tmp_path: Path, es: Elasticsearch, index_prefix: str
) -> None:
    run("reindex", "--from", files_with_damage.directory)
    paths = export(run, tmp_path / "out")
    correct(paths["participation"], '"participation":true', '"participation":true,"via":1')
    read_json_output(run("quarantine", "replay", paths["participation"], "--later", "--json"))
    own = files_with_damage.directory / "participation.jsonl"
    own.write_text(f'{{"rpps": "{ANNE}", "participation": false}}\n')
    assert run("reindex", "--from", files_with_damage.directory, "--accept-drift").exit_code == 0
    assert live(es, index_prefix)[f"rpps:{ANNE}@4{rang(ANNE)}"]["participant"] is False


def test_a_row_that_is_still_bad_says_why(
    run: Run, files_with_damage: FileSet, tmp_path: Path
) -> None:
    run("reindex", "--from", files_with_damage.directory)
    paths = export(run, tmp_path / "out")
    correct(paths["rpps"], f"|8{CLEO[:-2]}|", "|8123|")
    result = run("quarantine", "replay", tmp_path / "out", "--json")
    assert result.exit_code == 1
    found = {one["source"]: one for one in orjson.loads(result.stdout)["files"]}
    (row,) = found["rpps"]["still_bad"]
    assert (row["line"], row["reason"]) == (4, "person_id_invalid")
    assert row["explanation"] == EXPLANATIONS[Reason.PERSON_ID_INVALID]
    assert found["finess"]["still_bad"][0]["detail"] == "unchanged"
    assert sum(one["recorded"] for one in found.values()) == 0


def test_rows_lost_on_the_way_are_refused(
    run: Run, files_with_damage: FileSet, tmp_path: Path
) -> None:
    run("reindex", "--from", files_with_damage.directory)
    path = export(run, tmp_path / "out")["rpps"]
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert_refused(run("quarantine", "replay", path), 1, "1 rows were exported and 0 came back")
    (tmp_path / "out" / "finess.json").write_text("{cut")
    assert_refused(
        run("quarantine", "replay", tmp_path / "out" / "finess.json"), 1, "export it again"
    )
    (tmp_path / "other.txt").touch()
    assert_refused(
        run("quarantine", "replay", tmp_path / "other.txt"), 1, "is not beside other.txt"
    )
    assert_refused(
        run("quarantine", "--source", "sos", "--export", path), 1, "set no row of sos aside"
    )
    assert_refused(run("quarantine", "--export", path), 1, "Name the source")


def test_what_was_read_since_is_not_undone(
    run: Run, files_with_damage: FileSet, tmp_path: Path, es: Elasticsearch, index_prefix: str
) -> None:
    """The corrections are of an older directory than the one that is live."""
    run("reindex", "--from", files_with_damage.directory, "--accept-drift")
    path = export(run, tmp_path / "out")["rpps"]
    newer = files_with_damage.directory.rename(tmp_path / "newer")
    run("reindex", "--from", newer, "--dry-run")
    assert run("reindex", "--from", newer, "--accept-drift").exit_code == 0
    copytree(newer, files_with_damage.directory)
    before = live(es, index_prefix)
    correct(path, f"|8{CLEO[:-2]}|", f"|8{CLEO}|")
    assert_refused(run("quarantine", "replay", path), 1, "newer was read since")
    assert live(es, index_prefix) == before
    assert run("reindex", "--from", newer, "--accept-drift").exit_code == 0
    assert AT_CLEO in live(es, index_prefix)


def test_a_replay_that_could_not_read_again_does_at_the_next(
    run: Run, files_with_damage: FileSet, tmp_path: Path, es: Elasticsearch, index_prefix: str
) -> None:
    run("reindex", "--from", files_with_damage.directory, "--accept-drift")
    paths = export(run, tmp_path / "out")
    correct(paths["rpps"], f"|8{CLEO[:-2]}|", f"|8{CLEO}|")
    correct(paths["finess"], f'"{BAD_FINESS}"', f'"{MSP}"')
    correct(paths["participation"], '"participation":true', '"participation":true,"via":1')
    with lock.open_lock(es, LOCK, prefix=index_prefix):
        assert run("quarantine", "replay", tmp_path / "out").exit_code == 3
    assert AT_CLEO not in live(es, index_prefix)
    again = read_json_output(run("quarantine", "replay", tmp_path / "out", "--json"))
    assert [one["recorded"] for one in again["files"]] == [0, 0, 0]
    assert AT_CLEO in live(es, index_prefix)


def test_rows_of_a_csv_come_back_whatever_their_cells_hold(
    run: Run, files: FileSet, tmp_path: Path, es: Elasticsearch, index_prefix: str
) -> None:
    """A quote left open, and the quotes of another program."""
    own = files.directory / "participation.csv"
    own.write_text(f'rpps,participation,via\n{ANNE},true,"1\n{BRUNO},true,x\n')
    run("reindex", "--from", files.directory, "--accept-drift")
    path = tmp_path / "rows.csv"
    path.touch(mode=0o644)
    read_json_output(run("quarantine", "--source", "participation", "--export", path, "--json"))
    assert path.stat().st_mode & 0o077 == 0
    header, *_ = path.read_text().splitlines()
    path.write_text(f'{header}\n"{ANNE}","true","1"\n"{BRUNO}","true","x"\n')
    result = run("quarantine", "replay", path, "--later", "--json")
    (found,) = orjson.loads(result.stdout)["files"]
    assert (found["recorded"], len(found["still_bad"])) == (1, 1)
    run("reindex", "--from", files.directory, "--accept-drift")
    assert live(es, index_prefix)[f"rpps:{ANNE}@4{rang(ANNE)}"]["participant"] is True


def test_a_formula_is_text_in_the_export_and_itself_again_at_the_replay(
    run: Run, files: FileSet, tmp_path: Path
) -> None:
    own = files.directory / "participation.csv"
    formula = '"=HYPERLINK(""http://evil.example"",""1"")"'
    own.write_text(f"rpps,participation,via\n{ANNE},true,{formula}\n{BRUNO},true,-7\n")
    run("reindex", "--from", files.directory, "--accept-drift")
    path = tmp_path / "rows.csv"
    read_json_output(run("quarantine", "--source", "participation", "--export", path, "--json"))
    text = path.read_text()
    assert ",=" not in text
    assert ',"=' not in text
    assert f"{BRUNO},true,'-7" in text
    unchanged = orjson.loads(run("quarantine", "replay", path, "--later", "--json").stdout)
    (found,) = unchanged["files"]
    assert [row["detail"] for row in found["still_bad"]] == ["unchanged", "unchanged"]
    correct(path, "'-7", "1")
    (found,) = orjson.loads(run("quarantine", "replay", path, "--later", "--json").stdout)["files"]
    assert (found["recorded"], len(found["still_bad"])) == (1, 1)


def test_what_a_row_says_commands_no_terminal(run: Run, files: FileSet) -> None:
    name = "\u202eX\x1b]0;owned\x07\x9b31m"
    files.line("participation", rpps=ANNE, participation=f"{name}\n\rDeleted.", via=f"{name}")
    run("reindex", "--from", files.directory, "--accept-drift")
    for words in ([], ["--rows"]):
        printed = run("quarantine", *words).output
        assert "participation" in printed
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(printed)
        assert "\nDeleted." not in printed
    rows = read_json_output(run("quarantine", "--rows", "--json"))["rows"]
    assert name in orjson.loads(rows[0]["raw"])["via"]


def test_the_hint_shows_rows_only_where_some_were_set_aside(run: Run, files: FileSet) -> None:
    run("reindex", "--from", files.directory)
    assert "--rows" not in run("quarantine").output


def test_a_run_that_ended_before_reading_hides_no_rows(
    run: Run, files_with_damage: FileSet, tmp_path: Path
) -> None:
    run("reindex", "--from", files_with_damage.directory, "--accept-drift")
    before = run("quarantine", "--json").stdout
    assert run("reindex", "--from", tmp_path / "nowhere").exit_code != 0
    after = run("quarantine", "--json")
    assert after.stdout == before
    assert "ended before it read a row" in after.stderr


def test_one_damage_corrected_in_two_ways_is_refused(
    run: Run, files: FileSet, tmp_path: Path
) -> None:
    for _ in range(2):
        files.line("participation", rpps="?", participation=False)
    run("reindex", "--from", files.directory, "--accept-drift")
    path = tmp_path / "rows.jsonl"
    read_json_output(run("quarantine", "--source", "participation", "--export", path, "--json"))
    first, second = path.read_text().splitlines()
    path.write_text(f"{first.replace('?', ANNE)}\n{second.replace('?', BRUNO)}\n")
    assert_refused(run("quarantine", "replay", path), 1, "one damage has one correction")


def test_the_summary_has_one_line_a_reason(run: Run, files_with_damage: FileSet) -> None:
    run("reindex", "--from", files_with_damage.directory, "--accept-drift")
    found = read_json_output(run("quarantine", "--json"))["summary"]
    lines = {(one["source"], one["state"], one["reason"]): one for one in found}
    assert lines[("rpps", "set aside", "person_id_invalid")]["rows"] == 1
    assert "via" in lines[("participation", "set aside", "invalid_record")]["example"]
    assert lines[("participation", "set aside", "invalid_record")]["example"].startswith("line 1:")
    result = run("quarantine").output
    assert EXPLANATIONS[Reason.FINESS_INVALID].split()[0] in result
    assert BRUNO not in result


def test_the_summary_tells_warnings_and_points_too() -> None:
    counts = {"rpps": {"warned": {"phone_dropped": 2}, "points": {"sign_flipped": 1}}}
    lines = summary([], counts)
    assert [(one["state"], one["reason"], one["rows"]) for one in lines] == [
        ("kept, warned about", "phone_dropped", 2),
        ("point mended or refused", "sign_flipped", 1),
    ]
    assert all(one["explanation"] for one in lines)


def test_every_code_is_explained_once() -> None:
    codes = [*Reason, *Refusal, *Note, *Unlocatable]
    assert set(ALL_EXPLANATIONS) == set(codes)
    assert all(text and "\n" not in text for text in ALL_EXPLANATIONS.values())
