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

HEAD = '[regulation]\ndescription = "x"\n'


def test_the_default_table_is_that_of_the_design() -> None:
    profile = load_profiles()["regulation"]
    assert profile.slot_type == {"SNP": 0.10, "CPTS": 0.07, "PRO": 0.03}
    assert (profile.soon.within_4_hours, profile.soon.today) == (0.06, 0.03)
    assert (profile.structure.credit, profile.precise_point.credit) == (0.03, 0.02)
    assert set(profile.structure.kinds) == {"msp", "health_centre", "unscheduled_care"}
    assert load_profiles()["distance"].highest == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        '[distance]\ndescription = "x"',
        HEAD + "slot_type = { SNP = 0.105 }",
        HEAD + "slot_type = { SNP = -0.1 }",
        HEAD + "slot_type = { snp = 0.1 }",
        HEAD + "soon = { tomorrow = 0.1 }",
        HEAD + "slot_type = { SNP = 0.6 }\nsoon = { today = 0.4 }",
        HEAD + 'structure = { credit = 0.1, kinds = ["castle"] }',
        HEAD + "bonus = 0.1",
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
    file.write_text(HEAD + "slot_type = { PUBLIC = 0.5 }", "utf-8")
    offers = [doctor("snp", 4, [slot(types=["SNP"])]), doctor("public", 5, [slot()])]
    searcher = index_offers(offers)
    assert await searcher.keys() == ["snp", "public"]
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    assert await searcher.keys() == ["public", "snp"]
    assert find_profile("regulation", load_profiles()).slot_type == {"PUBLIC": 0.5}
