"""Settings come from the environment; a wrong one is named without its value."""

from pathlib import Path

import pytest

from elastic.settings import BadSetting, read_elastic_settings


def test_the_state_lies_in_the_data_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SAS_STATE_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert read_elastic_settings().state_dir == tmp_path / "sas-search-engine"
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "else"))
    assert read_elastic_settings().state_dir == tmp_path / "else"


def test_root_and_others_have_their_own_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SAS_STATE_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert read_elastic_settings().state_dir == tmp_path / ".local" / "share" / "sas-search-engine"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert read_elastic_settings().state_dir == Path("/var/lib/sas-search-engine")


def test_several_nodes_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "http://a:9200, http://b:9200,")
    assert read_elastic_settings().elasticsearch_urls == ["http://a:9200", "http://b:9200"]
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "")
    assert read_elastic_settings().elasticsearch_urls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAS_INDEX_PREFIX", "Upper_Case"),
        ("SAS_INDEX_PREFIX", "dash-"),
        ("SAS_ELASTICSEARCH_HEAP", "3x"),
        ("SAS_ELASTICSEARCH_URL", "localhost"),
        ("SAS_ELASTICSEARCH_URL", "http://somewhere"),
        ("SAS_ELASTICSEARCH_URL", "http://a:9200,b:9200"),
        ("SAS_REQUEST_TIMEOUT_S", "-1"),
        ("SAS_CONNECTIONS_PER_NODE", "0"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=rf"{name}: .*Correct or unset it") as caught:
        read_elastic_settings()
    assert value not in str(caught.value).replace(name, "")
