"""The two keys against a secure cluster: each does its work and nothing else."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from elasticsearch import AuthorizationException, Elasticsearch
from typer.testing import CliRunner

from cli.main import app
from elastic.client import client_for
from elastic.errors import (
    ElasticForbidden,
    ElasticRefused,
    ElasticUntrusted,
    translate_errors,
)
from elastic.keys import KeyRole
from elastic.names import offers_alias
from elastic.node.cluster.access import FOLDER, PASSWORD
from elastic.node.cluster.security import AUTHORITY_KEY, KEYSTORE
from elastic.startup import require_version
from indexers.reindex import recipe
from tests.api.conftest import answer, build_frozen_app, open_api_server
from tests.cli.commands import read_json_output
from tests.cluster.conftest import PREFIX, ThreeNodeCluster, as_environment, as_owner
from tests.indexers.reindex_harness import ReindexHarness, two_doctors

SEARCH_BODY = {"what": "MG", "insee": "48095"}

Act = Callable[[Elasticsearch], Any]


def test_secrets_are_their_owners_alone(three_node_cluster: ThreeNodeCluster) -> None:
    for name in (PASSWORD, AUTHORITY_KEY, KEYSTORE):
        mode = stat.S_IMODE((three_node_cluster.root / FOLDER / name).stat().st_mode)
        assert mode & 0o007 == 0, name
    assert (three_node_cluster.root / FOLDER / PASSWORD).stat().st_uid == os.geteuid()
    assert all(url.startswith("https://127.0.0.1:") for url in three_node_cluster.urls.split(","))
    assert len(three_node_cluster.urls.split(",")) == 3


def test_the_whole_search_works_with_the_readers_key(
    three_node_cluster: ThreeNodeCluster, dozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_environment(three_node_cluster, KeyRole.READER, monkeypatch)
    with open_api_server(build_frozen_app()) as url, httpx.Client(base_url=url, timeout=30) as api:
        found = answer(api.post("/v1/search", json={**SEARCH_BODY, "stable": True}))
        assert found["results"]
        answer(api.get("/readyz"))
        answer(api.get(f"/v1/offers/{found['results'][0]['id']}"))
        answer(api.post("/v1/suggest", json={"text": "méd"}))


def live(es: Elasticsearch) -> str:
    return next(iter(es.indices.get_alias(name=offers_alias(PREFIX))))


READER_MAY_NOT: dict[str, Act] = {
    "write": lambda es: es.index(index=offers_alias(PREFIX), document={"id": "x"}),
    "delete a document": lambda es: es.delete(index=offers_alias(PREFIX), id="x"),
    "delete the index": lambda es: es.indices.delete(index=live(es)),
    "create an index": lambda es: es.indices.create(index=f"{offers_alias(PREFIX)}-v1-x"),
    "move the alias": lambda es: es.indices.put_alias(index=live(es), name="mine"),
    "change settings": lambda es: es.indices.put_settings(
        index=offers_alias(PREFIX), settings={"refresh_interval": "5s"}
    ),
    "write a lock": lambda es: es.index(index=f"{PREFIX}-sas-locks", document={}),
    "read locks": lambda es: es.search(index=f"{PREFIX}-sas-locks"),
    "make keys": lambda es: es.security.create_api_key(name="mine"),
    "set the cluster": lambda es: es.cluster.put_settings(
        persistent={"action.auto_create_index": "true"}
    ),
}
WRITER_MAY_NOT: dict[str, Act] = {
    "create elsewhere": lambda es: es.indices.create(index="offers-v1-x"),
    "write elsewhere": lambda es: es.index(index="others", document={"id": "x"}),
    "read elsewhere": lambda es: es.search(index="others"),
    "delete elsewhere": lambda es: es.indices.delete(index="others"),
    "an alias elsewhere": lambda es: es.indices.put_alias(index="others", name="trio-offers"),
    "read users": lambda es: es.security.get_user(),
    "change a password": lambda es: es.security.change_password(
        username="elastic", password="x" * 9
    ),
    "make keys": lambda es: es.security.create_api_key(name="mine"),
    "delete the locks": lambda es: es.indices.delete(index=f"{PREFIX}-sas-locks"),
    "set the cluster": lambda es: es.cluster.put_settings(
        persistent={"action.auto_create_index": "true"}
    ),
}


@pytest.mark.parametrize("act", READER_MAY_NOT.values(), ids=READER_MAY_NOT)
def test_the_reader_is_refused_every_write(
    three_node_cluster: ThreeNodeCluster, dozen: str, act: Act
) -> None:
    assert_forbidden(three_node_cluster, KeyRole.READER, act)


@pytest.mark.parametrize("act", WRITER_MAY_NOT.values(), ids=WRITER_MAY_NOT)
def test_the_writer_is_refused_what_is_not_its_own(
    three_node_cluster: ThreeNodeCluster, dozen: str, act: Act
) -> None:
    with three_node_cluster.owner() as owner:
        owner.options(ignore_status=400).indices.create(index="others")
    assert_forbidden(three_node_cluster, KeyRole.WRITER, act)


def assert_forbidden(cluster: ThreeNodeCluster, duty: KeyRole, act: Act) -> None:
    refusal = pytest.raises(ElasticForbidden, match="sas index keys")
    with cluster.client(duty) as client, refusal as no, translate_errors():
        act(client)
    assert isinstance(no.value.__cause__, AuthorizationException)


def test_a_reindex_and_a_rollback_work_with_the_writers_key(
    three_node_cluster: ThreeNodeCluster, dozen: str, writer: Elasticsearch, tmp_path: Path
) -> None:
    office = ReindexHarness(writer, PREFIX, tmp_path)
    files = two_doctors(office)
    report = office.reindex(files, accept_drift=True)
    assert office.live == report.index
    assert office.reindex(files, accept_drift=True).index == office.live
    left, live = recipe.rollback(writer, office.trail, office.reindex_request(files).started)
    assert str(live) == report.index
    assert str(left) != report.index


def test_the_command_makes_keys_once_and_refuses_the_earlier_ones(
    three_node_cluster: ThreeNodeCluster, dozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_owner(three_node_cluster, "desk", monkeypatch)

    def keys(*words: str) -> dict[str, str]:
        return read_json_output(CliRunner().invoke(app, ["index", "keys", "--json", *words]))

    first = keys("--days", "2")
    assert set(first) == set(KeyRole)
    for key in first.values():
        assert require_version(three_node_cluster.settings(key)).startswith("9.4.")
    with three_node_cluster.owner() as owner:
        (made,) = owner.security.get_api_key(name="desk-sas-reader")["api_keys"]
    assert 1 < (made["expiration"] - made["creation"]) / 86_400_000 <= 2
    elsewhere = pytest.raises(ElasticForbidden)
    with (
        client_for(three_node_cluster.settings(first["reader"])) as reader,
        elsewhere,
        translate_errors(),
    ):
        reader.search(index=dozen)
    second = keys("--revoke")
    for old, new in zip(first.values(), second.values(), strict=True):
        assert require_version(three_node_cluster.settings(new))
        with pytest.raises(ElasticRefused, match="sas index keys"):
            require_version(three_node_cluster.settings(old))
    shown = CliRunner().invoke(app, ["index", "keys"])
    assert [line.split()[0] for line in shown.stdout.splitlines()] == list(KeyRole)
    assert "not shown again" in shown.stderr


def test_no_key_and_a_wrong_one_are_told_with_the_way_out(
    three_node_cluster: ThreeNodeCluster,
) -> None:
    wrong = three_node_cluster.keys[KeyRole.READER][:-4] + "AAA="
    for key in (None, wrong):
        with pytest.raises(
            ElasticRefused, match=r"SAS_ELASTICSEARCH_API_KEY.*sas index keys"
        ) as no:
            require_version(three_node_cluster.settings(key))
        assert not isinstance(no.value, ElasticForbidden)
        assert wrong not in str(no.value)


def test_an_authority_that_is_not_trusted_is_told(three_node_cluster: ThreeNodeCluster) -> None:
    stranger = three_node_cluster.settings(
        three_node_cluster.keys[KeyRole.READER], elasticsearch_ca=None
    )
    refusal = pytest.raises(ElasticUntrusted, match="SAS_ELASTICSEARCH_CA")
    with client_for(stranger) as client, refusal, translate_errors():
        client.info()
