"""A row that is not shown still tells what is the person's own, and is counted by its reason."""

from pathlib import Path

from indexers.runs.folder import Quarantines
from indexers.sources.staging_store import StagingStore
from tests.indexers.file_set import FLORAC, FileSet, stream_offers

ANNE, PAUL = "10000000001", "10000000002"


def test_a_hidden_row_gives_its_name_and_speciality_and_no_place(tmp_path: Path) -> None:
    files = FileSet(tmp_path)
    files.doctor(ANNE, name=("MARTIN", "Anne"), skill="")
    files.doctor(ANNE, FLORAC, ("MARTIN DURAND", "Anne"), f"{ANNE}002", sector="SA01", skill="SM04")
    aside = Quarantines()
    (offer,) = stream_offers(files.directory, aside)
    assert "MARTIN DURAND Anne" in offer["names"]
    assert offer["specialties"] == ["SM04"]
    assert offer["city"] == "Mende"
    assert aside.as_json()["rpps"]["skipped"] == {"sector_not_shown": 1}


def test_who_has_no_row_shown_is_counted_and_never_joined(tmp_path: Path) -> None:
    files = FileSet(tmp_path).doctor(ANNE).doctor(PAUL, sector="SA01").doctor(PAUL, sector="SA50")
    aside = Quarantines()
    offers = list(stream_offers(files.directory, aside))
    assert [offer["rpps"] for offer in offers] == [ANNE]
    counted = aside.as_json()["rpps"]
    assert counted["skipped"] == {"sector_not_shown": 1, "billing_place": 1}
    assert counted["read"] == 3


def test_skills_go_to_their_person_whatever_the_order_of_both_files(tmp_path: Path) -> None:
    with StagingStore(tmp_path) as store:
        store.add_activities([{"line": n, "idnps": who} for n, who in enumerate("cab")])
        store.add_skills(
            [{"idnps": who, "code": code} for who, code in ("b1", "d9", "b2", "a3", "00")]
        )
        found = {p.rows[0]["idnps"]: [s["code"] for s in p.skills] for p in store.people()}
    assert found == {"a": ["3"], "b": ["1", "2"], "c": []}
    assert list(found) == ["a", "b", "c"]
