"""What a server sends in place of a source is refused, and nothing is kept of it (trap 9)."""

import base64
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from indexers.fetch.errors import SourceRefusedError
from tests.fetch.small_sources import (
    ACTIVITIES,
    AMELI_PATH,
    RPPS_PATH,
    SKILLS,
    ameli,
    archive,
    fetch_once,
    names,
    register,
)
from tests.fetch.unreliable_server import ServedAnswer, UnreliableServer


def test_a_checksum_is_believed(server: UnreliableServer, tmp_path: Path) -> None:
    body = ameli()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    server.set_answers(
        AMELI_PATH, ServedAnswer(body, headers={"Repr-Digest": f"sha-256=:{digest}:"})
    )
    assert fetch_once(server, tmp_path).error is None
    server.set_answers(
        AMELI_PATH, ServedAnswer(ameli(30_000), headers={"Digest": f"SHA-256={digest}"})
    )
    outcome = fetch_once(server, tmp_path)
    assert "checksum" in str(outcome.error)
    assert names(tmp_path) == ["liste-ps.csv"]
    assert (tmp_path / "liste-ps.csv").read_bytes() == body


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Maintenance</html>" * 1_000, "may be a page"),
        (ameli(10), "too few"),
        (gzip.compress(ameli())[:-2_000], "damaged"),
        (
            gzip.compress(b"ps_activite_nom" + bytes(5_000_000) + os.urandom(2_000)),
            "unpacks to more",
        ),
    ],
)
def test_what_is_not_the_source_is_refused(
    server: UnreliableServer, tmp_path: Path, body: bytes, message: str
) -> None:
    (tmp_path / "liste-ps-20261117.csv").write_bytes(ameli())
    server.set_answers(AMELI_PATH, ServedAnswer(body))
    outcome = fetch_once(server, tmp_path)
    assert isinstance(outcome.error, SourceRefusedError)
    assert message in str(outcome.error)
    assert names(tmp_path) == ["liste-ps-20261117.csv"]


BOMB = ACTIVITIES, register() + bytes(5_000_000)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"lisez-moi.exe": b"x"}, "lisez-moi.exe"),
        ({f"../{ACTIVITIES}": b"x"}, "not expected"),
        ({ACTIVITIES.replace("_2026", "_/../../2026"): b"x"}, "not expected"),
        ({ACTIVITIES.replace("_2026", "_\x1b[2026"): b"x"}, "not expected"),
        ({SKILLS: b""}, "0 files PS_LibreAcces_SavoirFaire"),
        ({ACTIVITIES.replace("0830", "0900"): b"x"}, "2 files"),
        ({SKILLS: b"", SKILLS.replace("1123", "1122"): register()}, "not all of one day"),
        (dict([BOMB]), "unpacks to more"),
        ({SKILLS: b"<html>" * 500}, "may be a page"),
    ],
)
def test_an_archive_of_something_else_is_refused(
    server: UnreliableServer, tmp_path: Path, members: dict[str, bytes], message: str
) -> None:
    server.set_answers(RPPS_PATH, ServedAnswer(archive(**members)))
    outcome = fetch_once(server, tmp_path, "rpps")
    assert isinstance(outcome.error, SourceRefusedError)
    assert message in str(outcome.error)
    assert names(tmp_path) == []


def test_a_day_to_come_and_a_damaged_archive_are_refused(
    server: UnreliableServer, tmp_path: Path
) -> None:
    ahead = dict.fromkeys((ACTIVITIES, SKILLS, "PS_LibreAcces_Dipl_AutExerc_202611230830.txt"), b"")
    for name in (ACTIVITIES, SKILLS):
        ahead[name.replace("20261123", "20270101")] = register()
    server.set_answers(RPPS_PATH, ServedAnswer(archive(**ahead)))
    assert "has not come" in str(fetch_once(server, tmp_path, "rpps").error)
    server.set_answers(RPPS_PATH, ServedAnswer(archive()[:-200]))
    assert "damaged" in str(fetch_once(server, tmp_path, "rpps").error)
    assert names(tmp_path) == []


def test_an_archive_under_a_password_is_refused(server: UnreliableServer, tmp_path: Path) -> None:
    body = bytearray(archive())
    for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(start) + at] |= 1  # the flag of the first member
    server.set_answers(RPPS_PATH, ServedAnswer(bytes(body)))
    assert isinstance(fetch_once(server, tmp_path, "rpps").error, SourceRefusedError)
    assert names(tmp_path) == []


@pytest.mark.parametrize("told_length", [None, 200_000_000])
def test_a_download_that_does_not_end_is_refused(
    server: UnreliableServer, tmp_path: Path, told_length: int | None
) -> None:
    server.set_answers(AMELI_PATH, ServedAnswer(ameli(200_000), announced_length=told_length))
    outcome = fetch_once(server, tmp_path, patience={"attempts": 1})
    assert "more than 3,000,000 bytes" in str(outcome.error)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("mark", "at", "value"),
    [
        (b"PK\x01\x02", 46, b"\xe1\xff"),  # a name that is no UTF-8
        (b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"),  # a directory after the end
        (b"PK\x01\x02", 42, b"\xff\xff\xff\x7f"),  # a member after the end
        (b"PK\x03\x04", 30, b"\xe1\xff"),  # another name than in the directory
    ],
)
def test_an_archive_that_sends_its_reader_astray_is_refused(
    server: UnreliableServer, tmp_path: Path, mark: bytes, at: int, value: bytes
) -> None:
    body = bytearray(archive())
    start = body.index(mark)
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(header) + flags + 1] |= 8  # names are UTF-8
    body[start + at : start + at + len(value)] = value
    server.set_answers(RPPS_PATH, ServedAnswer(bytes(body)))
    assert isinstance(fetch_once(server, tmp_path, "rpps").error, SourceRefusedError)
    assert names(tmp_path) == []
