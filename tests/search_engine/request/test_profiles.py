"""The table of profiles is validated, and replaceable by configuration."""

from pathlib import Path

import pytest

from search_engine.request.profiles import (
    FILE_VARIABLE,
    ProfilesFileInvalid,
    find_profile,
    load_profiles,
)
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import doctor, slot

HEAD = '[regulation]\ndescription = "x"\nband_minutes = 3\n'


def test_the_default_table_is_that_of_the_doctrine() -> None:
    profile = load_profiles()["regulation"]
    assert profile.seen_within.credits == {1: 26, 2: 23, 4: 20, 12: 16, 24: 6, 48: 2}
    assert profile.slot_type.credits == {"SNP": 4, "CPTS": 3, "PRO": 1}
    assert (profile.participation.credit, profile.certain.credit) == (8, 3)
    assert (profile.practice.credit, profile.absorbs.credit) == (4, 2)
    assert (profile.asked.debit, profile.asked.most, profile.commune_only.debit) == (1, 6, 2)
    assert (profile.travel.dense, profile.travel.rural) == (3.0, 1.1)
    assert (profile.travel.without_car, profile.gender.credit) == (2.0, 6)
    assert (profile.moment.debit, profile.moment.soon_hours) == (10, 4)
    assert set(profile.absorbs.kinds) == {"msp", "health_centre", "unscheduled_care"}
    assert (profile.band_minutes, profile.participants_first) == (3, False)


def test_every_row_of_the_default_profile_has_its_reason() -> None:
    rows = load_profiles()["regulation"].model_dump(exclude_unset=True)
    tables = [row for row in rows.values() if isinstance(row, dict)]
    assert len(tables) == 12
    assert all(row["why"] for row in tables)


def test_the_other_profiles_weigh_nothing() -> None:
    profiles = load_profiles()
    assert profiles["published"].participants_first
    assert not profiles["distance"].participants_first
    for name in ("published", "distance"):
        assert profiles[name].highest_slot + profiles[name].highest_offer == 0


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        '[distance]\ndescription = "x"',
        HEAD + "slot_type = { credits = { SNP = 4.5 } }",
        HEAD + "slot_type = { credits = { SNP = -1 } }",
        HEAD + "slot_type = { credits = { snp = 1 } }",
        HEAD + "seen_within = { credits = { tomorrow = 1 } }",
        HEAD + "seen_within = { credits = { 1 = 2, 4 = 3 } }",
        HEAD + "seen_within = { credits = { 1 = 2 }, night_hours = 24 }",
        HEAD + "seen_within = { credits = { 1 = 60 } }\ncertain = { credit = 4 }",
        HEAD + 'absorbs = { credit = 1, kinds = ["castle"] }',
        HEAD + "travel = { dense = 0 }",
        HEAD + "travel = { without_car = 0.5 }",
        HEAD + "open_now = { credit = 60 }\nmoment = { debit = 4 }",
        HEAD + "bonus = 1",
        HEAD.replace("= 3", "= 0") + "participation = { credit = 8 }",
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ProfilesFileInvalid, match=r"profiles\.toml"):
        load_profiles(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfilesFileInvalid, match="cannot be read"):
        load_profiles(tmp_path / "none.toml")


async def test_the_file_of_the_environment_changes_the_order(
    index_offers: IndexOffers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(HEAD + "slot_type = { credits = { PUBLIC = 10 } }", "utf-8")
    offers = [doctor("snp", 4, [slot(types=["SNP"])]), doctor("public", 5, [slot()])]
    searcher = index_offers(offers)
    assert await searcher.keys(profile="regulation") == ["snp", "public"]
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    assert await searcher.keys(profile="regulation") == ["public", "snp"]
    assert find_profile("regulation", load_profiles()).slot_type.credits == {"PUBLIC": 10}
