"""What a partner's redirects and headers say: one sentence, and the other sources go on."""

import gzip
import ssl
from pathlib import Path

import pytest
import trustme

from downloads.redirects import APART, MACHINE, NETWORK, WEB, find_nearness
from indexers.fetch.errors import FetchError, SourceRefusedError, SourceUnreachableError
from indexers.fetch.fetcher import FetchResult, fetch_sources, preview_sources
from tests.fetch.small_sources import (
    AMELI_PATH,
    FINESS_PATH,
    ameli,
    names,
    order,
)
from tests.fetch.unreliable_server import ServedAnswer, UnreliableServer, open_unreliable_server

GOOD_FINESS = gzip.compress(b'{"schemaVersion":"v1.0.0"}' + ameli())
MANY_FIGURES = "9" * 5_000


def fetch_ameli_then_finess(server: UnreliableServer, folder: Path) -> FetchResult:
    """The result of Ameli; FINESS, fetched after it, always comes."""
    server.set_answers(FINESS_PATH, ServedAnswer(GOOD_FINESS))
    request = order(server, folder, "ameli", "finess", patience={"attempts": 2})
    first, second = fetch_sources(request, lambda *_: None)
    by_source = {one.source: one for one in (first, second)}
    assert by_source["finess"].error is None
    return by_source["ameli"]


def redirect(location: str, status: int = 302) -> ServedAnswer:
    return ServedAnswer(b"", status=status, headers={"Location": location})


@pytest.mark.parametrize(
    "location",
    [
        AMELI_PATH,
        f"{AMELI_PATH}?again",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999999/",
        "http://a\u00b2.invalid:\u00b2/",
        "//",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:169.254.169.254]/",
    ],
)
def test_a_redirect_that_is_not_followed_is_refused(
    server: UnreliableServer, tmp_path: Path, location: str
) -> None:
    server.set_answers(AMELI_PATH, redirect(location))
    server.set_answers(f"{AMELI_PATH}?again", redirect(AMELI_PATH))
    found = fetch_ameli_then_finess(server, tmp_path)
    assert isinstance(found.error, SourceRefusedError)
    assert str(found.error).startswith("the server sends ")
    assert names(tmp_path) == ["finess-structures.json.gz"]


def test_a_redirect_on_the_same_machine_is_followed(
    server: UnreliableServer, tmp_path: Path
) -> None:
    server.set_answers(AMELI_PATH, redirect("/elsewhere.csv", 307))
    server.set_answers("/elsewhere.csv", ServedAnswer(ameli()))
    assert fetch_ameli_then_finess(server, tmp_path).files == {"liste-ps.csv": len(ameli())}


@pytest.mark.parametrize(
    ("host", "nearness"),
    [
        ("8.8.8.8", WEB),
        ("[2001:4860:4860::8888]".strip("[]"), WEB),
        ("10.1.2.3", NETWORK),
        ("192.168.0.1", NETWORK),
        ("100.64.0.1", NETWORK),
        ("fd00::1", NETWORK),
        ("127.0.0.2", MACHINE),
        ("localhost", MACHINE),
        ("::1", MACHINE),
        ("::ffff:127.0.0.1", MACHINE),
        ("2130706433", MACHINE),
        ("169.254.169.254", APART),
        ("0.0.0.0", APART),
        ("224.0.0.1", APART),
        ("no.such.host.invalid", WEB),
        ("a" * 70, WEB),
    ],
)
def test_how_near_an_address_is(host: str, nearness: int) -> None:
    assert find_nearness(host) == nearness


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "\u00b2"},
        {"Retry-After": "-1"},
        {"Retry-After": MANY_FIGURES},
        {"Retry-After": "Wed, 99 Foo 2026"},
        {"Retry-After": "nan"},
    ],
)
def test_a_time_to_wait_that_cannot_be_read_is_none(
    server: UnreliableServer, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(b"", status=503, headers=headers))
    found = fetch_ameli_then_finess(server, tmp_path)
    assert isinstance(found.error, SourceUnreachableError)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "-5"},
        {"Content-Length": "\u00b2"},
        {"Content-Length": MANY_FIGURES},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br, x-unknown"},
        {"Transfer-Encoding": "nonsense"},
        {"Content-Disposition": "attachment; filename*=no-charset''%ff%00; filename*0*=x"},
        {"Content-Disposition": "attachment; filename*=utf-8'"},
        {"Repr-Digest": "sha-256=:not base64:"},
        {"ETag": '"\u00b2"'},
        {"Last-Modified": "\u00b2"},
    ],
)
def test_no_header_ends_the_command(
    server: UnreliableServer, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(), headers=headers))
    found = fetch_ameli_then_finess(server, tmp_path)
    assert found.error is None or isinstance(found.error, FetchError)
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(), headers=headers))
    for one in preview_sources(order(server, tmp_path, "ameli", "finess")):
        assert one.error is None or isinstance(one.error, FetchError)


@pytest.mark.parametrize(
    "sent", ["bytes \u00b2-5/9", "bytes 5-1/2", f"bytes 10-{MANY_FIGURES}/{MANY_FIGURES}", "-5", ""]
)
def test_a_range_that_cannot_be_read_starts_again(
    server: UnreliableServer, tmp_path: Path, sent: str
) -> None:
    server.set_answers(
        AMELI_PATH,
        ServedAnswer(ameli(), cut=1_000),
        ServedAnswer(ameli(), status=206, headers={"Content-Range": sent}),
        ServedAnswer(ameli()),
    )
    assert fetch_ameli_then_finess(server, tmp_path).files == {"liste-ps.csv": len(ameli())}


def test_a_loop_of_https_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with authority.cert_pem.tempfile() as trusted, open_unreliable_server(context) as server:
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        server.set_answers(AMELI_PATH, redirect(AMELI_PATH))
        found = fetch_ameli_then_finess(server, tmp_path)
    assert "for ever" in str(found.error)
