"""``sas diff`` as a person types it."""

from cli.exit_codes import DIFFERENT
from tests.cli.commands import ANNE, Run, assert_refused, read_json_output
from tests.indexers.file_set import MSP, FileSet


def test_the_live_index_against_the_previous_one(run: Run, files: FileSet) -> None:
    first = read_json_output(run("reindex", "--from", files.directory, "--json"))["index"]
    files.site(MSP, "603", "MSP DES TANNEURS").line(
        "participation", rpps=ANNE, participation=True, via=1
    )
    second = read_json_output(
        run("reindex", "--from", files.directory, "--accept-drift", "--json")
    )["index"]
    found = read_json_output(run("diff", "--json"))
    assert (found["left"], found["right"]) == (first, second)
    assert (found["added"]["total"], found["changed"]["total"]) == (1, 1)
    assert found["changed"]["departments"] == {"48": 1}
    result = run("diff", "--exit-code")
    assert result.exit_code == DIFFERENT
    assert f"From {first} to {second}:" in result.output
    assert f"added structure finess:{MSP}, MSP DES TANNEURS (48)" in result.output
    assert "participant none -> true" in result.output
    assert "Slots changed on 0 offers" in result.output
    same = run("diff", second, second, "--exit-code")
    assert (same.exit_code, "No offer differs" in same.output) == (0, True)


def test_what_cannot_be_compared_is_one_sentence(run: Run, files: FileSet) -> None:
    assert_refused(run("diff"), 1, "No previous index is kept")
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert_refused(run("diff", "absent"), 1, "No index is called absent")
