"""From a directory to a stream of offers, without Elasticsearch and in bounded memory."""

import tracemalloc
from pathlib import Path

import orjson
import pytest

from indexers.offers import locating
from indexers.offers.pipeline import NothingToIndexError
from indexers.runs.folder import Quarantines
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.sources.staging_store import StagingStore
from mappings.offers import offers_mapping
from tests.indexers.file_set import ACTIVITIES, CPTS, FLORAC, MSP, FileSet, rang, stream_offers

ANNE, BRUNO = "10100000016", "10100000024"


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path / "in")


def full(files: FileSet) -> FileSet:
    """A directory with every source, in which settings meet the offers they are about."""
    files.doctor(BRUNO, FLORAC).doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(BRUNO))
    files.site(MSP, "603", "MSP DES TANNEURS").sos()
    files.line("cpts", finess=CPTS, name="CPTS Lozère", communes=["48095"])
    files.line(
        "participation",
        rpps=ANNE,
        participation=True,
        via=2,
        finess=CPTS,
        locations=[f"4{rang(ANNE)}"],
    )
    return files.line("absences", rpps=BRUNO, always=True)


def test_the_same_directory_gives_the_same_stream(files: FileSet) -> None:
    full(files)
    runs = [orjson.dumps(list(stream_offers(files.directory))) for _ in range(2)]
    assert runs[0] == runs[1]


def test_every_field_of_an_offer_is_in_the_mapping(files: FileSet) -> None:
    known = set(offers_mapping()["properties"])
    for offer in full(files).offers().values():
        assert set(offer) <= known
        assert None not in offer.values()


def test_a_person_s_rows_meet_wherever_they_stand_in_the_file(files: FileSet) -> None:
    files.doctor(ANNE, skill="SM54").doctor(BRUNO, FLORAC).doctor(ANNE, skill="SM59")
    offers = files.offers()
    assert offers[f"rpps:{ANNE}@4{rang(ANNE)}"]["specialties"] == ["SM54", "SM59"]


def test_what_offers_share_is_read_and_never_written(files: FileSet) -> None:
    """Labels and groups are worked out once for many; each offer has lists of its own."""
    anne, bruno = files.doctor(ANNE).doctor(BRUNO, FLORAC).offers().values()
    before = orjson.dumps(bruno)
    assert anne["labels"] == bruno["labels"]
    for name in ("labels", "specialties", "specialty_groups", "idnsts", "names"):
        anne[name].clear()  # type: ignore[literal-required]
    assert orjson.dumps(bruno) == before


def test_who_left_the_file_is_not_in_the_stream(files: FileSet, tmp_path: Path) -> None:
    before = files.doctor(ANNE).doctor(BRUNO, FLORAC).offers()
    after = FileSet(tmp_path / "next").doctor(ANNE).offers()
    assert before.keys() - after.keys() == {f"rpps:{BRUNO}@4{rang(BRUNO)}"}


@pytest.mark.usefixtures("large_input")
def test_memory_does_not_grow_with_the_file(
    files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four chunks of rows, then forty: the peak is that of one chunk."""
    monkeypatch.setattr(locating, "CHUNK", 50)
    peaks = []
    for count in (200, 2000):
        many = FileSet(files.directory / str(count))
        header, row = template()
        rows = [row.replace("11111111111", f"{10100000000 + n}") for n in range(count)]
        (many.directory / ACTIVITIES).write_text("\n".join([header, *rows]) + "\n")
        stream = stream_offers(many.directory)
        next(stream)
        tracemalloc.start()
        assert sum(1 for _ in stream) == count - 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def template() -> tuple[str, str]:
    """The header of an activity file and the row of a doctor to be numbered."""
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        files = FileSet(Path(folder)).doctor("11111111111")
        header, row = (files.directory / ACTIVITIES).read_text().splitlines()
    return header, row


def test_rows_spill_to_disk_and_the_disk_is_given_back(tmp_path: Path) -> None:
    with StagingStore(tmp_path) as store:
        store.add_activities([{"line": 2, "idnps": "8" + ANNE}])
        assert [person.rows for person in store.people()] == [[{"line": 2, "idnps": "8" + ANNE}]]
        assert list(tmp_path.rglob("*.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_a_directory_without_offers_says_what_to_put_there(tmp_path: Path) -> None:
    FileSet(tmp_path).line("participation", rpps=ANNE, participation=False)
    with pytest.raises(NothingToIndexError, match="holds no source of offers"):
        next(stream_offers(tmp_path))
    with pytest.raises(NothingToIndexError, match="is not a directory"):
        next(stream_offers(tmp_path / "absent"))


def test_two_editions_of_one_file_are_refused(files: FileSet) -> None:
    files.doctor(ANNE)
    (files.directory / ACTIVITIES.replace("20261122", "20261121")).write_text("x")
    with pytest.raises(TwoEditionsError, match="keep one of them"):
        files.offers()


def test_a_file_that_is_not_what_its_name_says_stops_the_load(files: FileSet) -> None:
    files.directory.joinpath(ACTIVITIES).write_text("a|b|c|\n1|2|3|\n")
    with pytest.raises(LayoutError):
        files.offers()


def test_a_register_cut_in_the_middle_stops_the_load(files: FileSet) -> None:
    path = files.site(MSP, "603", "MSP").directory / "finess-structures.json"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CutFileError, match="download it again"):
        files.offers()


def test_a_site_in_two_forms_of_the_register_is_the_current_one_s(files: FileSet) -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "finess" / "finess-2020-ain-100.csv"
    old = FileSet(files.directory / "old")
    old.directory.joinpath(fixture.name).write_bytes(fixture.read_bytes())
    finess = next(iter(old.offers())).removeprefix("finess:")
    old.site(finess, "603", "LE NOM D'AUJOURD'HUI")
    quarantines = Quarantines()
    assert old.offers(quarantines)[f"finess:{finess}"]["title"] == "LE NOM D'AUJOURD'HUI"
    assert quarantines.as_json()["finess"]["skipped"]["finess_duplicate"] == 1
    assert quarantines.as_json()["finess"]["rejected"] == {}
