"""Published files fetched from a server that cuts, changes, lies and stalls (traps 9, 10)."""

import gzip
import os
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
import trustme

from indexers.fetch.catalogue import SOURCES
from indexers.fetch.errors import (
    FetchRunningError,
    SourceRefusedError,
    SourceUnreachableError,
    UnknownFetchError,
)
from indexers.fetch.fetcher import fetch_sources, preview_sources
from indexers.fetch.settings import fetch_settings
from tests.fetch.small_sources import (
    ACTIVITIES,
    AMELI_PATH,
    FINESS_PATH,
    RPPS_PATH,
    SKILLS,
    ameli,
    archive,
    fetch_once,
    names,
    order,
    register,
)
from tests.fetch.unreliable_server import ServedAnswer, UnreliableServer, open_unreliable_server


def test_every_source_comes_with_its_files(server: UnreliableServer, tmp_path: Path) -> None:
    finess = gzip.compress(b'{"schemaVersion":"v1.0.0"}' + os.urandom(2_000))
    server.set_answers(RPPS_PATH, ServedAnswer(archive()))
    server.set_answers(FINESS_PATH, ServedAnswer(finess))
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    seen: list[tuple[str, int, int | None]] = []
    request = order(server, tmp_path, "rpps", "finess", "ameli")
    outcomes = list(fetch_sources(request, lambda *one: seen.append(one)))
    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert names(tmp_path) == [ACTIVITIES, SKILLS, "finess-structures.json.gz", "liste-ps.csv"]
    assert (tmp_path / ACTIVITIES).read_bytes() == register()
    assert (tmp_path / "liste-ps.csv").read_bytes() == ameli()
    assert ("ameli", len(ameli()), len(ameli())) in seen


def test_a_cut_download_goes_on_where_it_stopped(server: UnreliableServer, tmp_path: Path) -> None:
    body = ameli()
    cuts = [ServedAnswer(body, cut=at) for at in (100_000, 50_000, 80_000)]
    server.set_answers(AMELI_PATH, *cuts, ServedAnswer(body))
    assert fetch_once(server, tmp_path).error is None
    assert (tmp_path / "liste-ps.csv").read_bytes() == body
    assert server.ranges == [None, "bytes=100000-", "bytes=150000-", "bytes=230000-"]


def test_another_run_goes_on_with_what_the_first_received(
    server: UnreliableServer, tmp_path: Path
) -> None:
    body = ameli()
    server.set_answers(AMELI_PATH, ServedAnswer(body, cut=100_000), ServedAnswer(b"", status=503))
    first = fetch_once(server, tmp_path)
    assert isinstance(first.error, SourceUnreachableError)
    assert names(tmp_path) == [".ameli.part", ".ameli.part.json"]
    server.set_answers(AMELI_PATH, ServedAnswer(body))
    assert fetch_once(server, tmp_path).error is None
    assert server.ranges[-1] == "bytes=100000-"
    assert (tmp_path / "liste-ps.csv").read_bytes() == body
    assert names(tmp_path) == ["liste-ps.csv"]


@pytest.mark.parametrize("obeys", [True, False])
def test_two_editions_are_never_sewn_together(
    server: UnreliableServer, tmp_path: Path, obeys: bool
) -> None:
    """The file changes between the two halves; a server may even ignore If-Range."""
    old, new = ameli(), ameli().replace(b"ANNE", b"JEAN")
    server.set_answers(
        AMELI_PATH,
        ServedAnswer(old, cut=100_000),
        ServedAnswer(new, etag='"two"', obeys_if_range=obeys),
        ServedAnswer(new, etag='"two"'),
    )
    assert fetch_once(server, tmp_path).error is None
    assert (tmp_path / "liste-ps.csv").read_bytes() == new


def test_without_anything_to_know_the_edition_by_it_begins_again(
    server: UnreliableServer, tmp_path: Path
) -> None:
    for etag in ("", 'W/"weak"'):
        server.set_answers(
            AMELI_PATH,
            ServedAnswer(ameli(), etag=etag, cut=100_000),
            ServedAnswer(ameli(), etag=etag),
        )
        assert fetch_once(server, tmp_path).error is None
    assert server.ranges == [None] * 4
    assert (tmp_path / "liste-ps.csv").read_bytes() == ameli()


def test_a_server_without_ranges_is_read_from_the_start(
    server: UnreliableServer, tmp_path: Path
) -> None:
    server.set_answers(
        AMELI_PATH, ServedAnswer(ameli(), cut=100_000), ServedAnswer(ameli(), ranges=False)
    )
    assert fetch_once(server, tmp_path).error is None
    assert (tmp_path / "liste-ps.csv").read_bytes() == ameli()


@pytest.mark.parametrize("wrong", [-1_000, 1_000])
def test_a_length_that_is_not_kept_never_gives_a_file(
    server: UnreliableServer, tmp_path: Path, wrong: int
) -> None:
    """Too long a promise is a cut; too short a one leaves a cut line, seen by its size."""
    body = ameli()
    server.set_answers(AMELI_PATH, ServedAnswer(body, announced_length=len(body) + wrong, etag=""))
    outcome = fetch_once(server, tmp_path)
    if wrong > 0:
        assert isinstance(outcome.error, SourceUnreachableError)
        assert names(tmp_path) == [".ameli.part", ".ameli.part.json"]
    else:
        assert outcome.files == {"liste-ps.csv": len(body) + wrong}


def test_what_has_moved_is_refused_at_once(server: UnreliableServer, tmp_path: Path) -> None:
    outcome = fetch_once(server, tmp_path)
    assert isinstance(outcome.error, SourceRefusedError)
    assert "404" in str(outcome.error)
    assert server.url not in str(outcome.error)
    assert len(server.requests) == 1


def test_a_server_in_trouble_is_asked_again_but_not_for_ever(
    server: UnreliableServer, tmp_path: Path
) -> None:
    trouble = ServedAnswer(b"", status=500)
    busy = ServedAnswer(b"", status=429, headers={"Retry-After": "0"})
    server.set_answers(AMELI_PATH, trouble, busy, ServedAnswer(ameli()))
    assert fetch_once(server, tmp_path).error is None
    server.set_answers(AMELI_PATH, trouble)
    outcome = fetch_once(server, tmp_path)
    assert str(outcome.error) == "the server answered 500, 3 times in a row"
    assert (tmp_path / "liste-ps.csv").read_bytes() == ameli()


def test_a_stalled_connection_is_given_up_and_resumed(
    server: UnreliableServer, tmp_path: Path
) -> None:
    body = ameli()
    slow = ServedAnswer(body, cut=100_000, stall_s=1.5)
    server.set_answers(AMELI_PATH, slow, ServedAnswer(body))
    assert fetch_once(server, tmp_path, patience={"timeout_s": 0.3}).error is None
    assert server.ranges == [None, "bytes=100000-"]


def test_a_redirection_out_of_tls_is_refused(
    server: UnreliableServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    with open_unreliable_server(tls) as safe:
        for target, refused in ((server.url, True), (safe.url, False)):
            moved = {"Location": f"{target}{AMELI_PATH}-there"}
            for one in (server, safe):
                one.set_answers(f"{AMELI_PATH}-there", ServedAnswer(ameli()))
            safe.set_answers(AMELI_PATH, ServedAnswer(b"", status=302, headers=moved))
            error = fetch_once(safe, tmp_path / "in").error
            assert isinstance(error, SourceRefusedError) is refused
    assert server.requests == []


def test_a_file_much_smaller_than_before_needs_consent(
    server: UnreliableServer, tmp_path: Path
) -> None:
    (tmp_path / "liste-ps-20261117.csv").write_bytes(ameli(20_000))
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(18_000)))
    outcome = fetch_once(server, tmp_path)
    assert "--accept-drift" in str(outcome.error)
    assert names(tmp_path) == ["liste-ps-20261117.csv"]
    outcome = fetch_once(server, tmp_path, accept_drift=True)
    assert outcome.replaced == ("liste-ps-20261117.csv",)
    assert names(tmp_path) == ["liste-ps.csv"]
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(17_500)))
    assert fetch_once(server, tmp_path).error is None


def test_the_name_is_the_source_s_when_it_is_one_we_know(
    server: UnreliableServer, tmp_path: Path
) -> None:
    named = {"Content-Disposition": 'attachment; filename="liste-ps-20261120.csv"'}
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(), headers=named))
    assert fetch_once(server, tmp_path).files == {"liste-ps-20261120.csv": len(ameli())}
    escape = {"Content-Disposition": 'attachment; filename="../../liste-ps-20261121.csv"'}
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(), headers=escape))
    assert fetch_once(server, tmp_path).files == {"liste-ps-20261121.csv": len(ameli())}
    assert names(tmp_path) == ["liste-ps-20261121.csv"]
    for odd in ("liste-ps-\x1b[2J.csv", f"liste-ps-{'0' * 300}.csv"):
        server.set_answers(
            AMELI_PATH, ServedAnswer(ameli(), headers={"Content-Disposition": odd_name(odd)})
        )
        assert fetch_once(server, tmp_path).files == {"liste-ps.csv": len(ameli())}


def odd_name(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"


def test_one_source_that_fails_does_not_stop_the_others(
    server: UnreliableServer, tmp_path: Path
) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    outcomes = list(fetch_sources(order(server, tmp_path, "rpps", "ameli"), lambda *_: None))
    assert [outcome.error is None for outcome in outcomes] == [False, True]


def test_two_fetches_at_once_are_refused(server: UnreliableServer, tmp_path: Path) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    first = fetch_sources(order(server, tmp_path), lambda *_: None)
    assert next(first).error is None
    with pytest.raises(FetchRunningError, match="another fetch"):
        list(fetch_sources(order(server, tmp_path), lambda *_: None))
    assert list(first) == []
    assert fetch_once(server, tmp_path).error is None


def test_a_dry_run_asks_for_headers_and_writes_nothing(
    server: UnreliableServer, tmp_path: Path
) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    folder = tmp_path / "none"
    (outcome,) = preview_sources(order(server, folder))
    assert outcome.files == {"liste-ps.csv": len(ameli())}
    assert not folder.exists()
    assert [one["method"] for one in server.requests] == ["HEAD"]
    (failed,) = preview_sources(order(server, folder, "rpps"))
    assert isinstance(failed.error, SourceRefusedError)


def test_addresses_come_from_the_setting_the_mirror_or_the_publisher(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = SOURCES["ameli"]
    assert fetch_settings().source_address(source) == source.address
    monkeypatch.setenv("SAS_FETCH_BASE_URL", "https://mirror.example/sas/")
    assert fetch_settings().source_address(source) == "https://mirror.example/sas/liste-ps.csv"
    monkeypatch.setenv("SAS_FETCH_AMELI_URL", "https://own.example/file")
    assert (
        fetch_settings("http://other.example").source_address(source) == "https://own.example/file"
    )
    with pytest.raises(UnknownFetchError, match="base_url"):
        fetch_settings("mirror")


def sas(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from cli.main import app; app()", "fetch", *arguments]
    known = {**os.environ, "SAS_FETCH_PAUSE_S": "0", "SAS_FETCH_ATTEMPTS": "2", **environment}
    return subprocess.run(
        program, check=False, capture_output=True, text=True, env=known, timeout=60
    )


@pytest.mark.usefixtures("own_process")
def test_the_command_tells_its_outcome_and_its_code(
    server: UnreliableServer, tmp_path: Path
) -> None:
    arguments = ("--to", str(tmp_path), "--base-url", server.url, "--only", "ameli", "--json")
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    refused = sas(*arguments)
    (entry,) = orjson.loads(refused.stdout)["sources"]
    assert (refused.returncode, entry["kind"]) == (1, "SourceRefusedError")
    server.set_answers(AMELI_PATH, ServedAnswer(b"", status=503))
    assert sas(*arguments).returncode == 3
    assert sas(*arguments[:-2], "rps").returncode == 1
    server.set_answers(AMELI_PATH, ServedAnswer(ameli()))
    dry = sas(*arguments, "--dry-run")
    assert (dry.returncode, orjson.loads(dry.stdout)["dry_run"]) == (0, True)
    assert "Traceback" not in refused.stderr + dry.stderr


@pytest.mark.usefixtures("own_process")
def test_the_proxy_of_the_environment_is_used(server: UnreliableServer, tmp_path: Path) -> None:
    """The server stands for a proxy: it is called for a host that does not exist."""
    arguments = ("--to", str(tmp_path), "--base-url", "http://mirror.invalid", "--only", "ameli")
    done = sas(*arguments, HTTP_PROXY=server.url, http_proxy=server.url, NO_PROXY="", no_proxy="")
    assert done.returncode == 1
    assert server.requests[0]["path"] == "http://mirror.invalid/liste-ps.csv"
