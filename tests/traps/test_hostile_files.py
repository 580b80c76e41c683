"""Hostile files read by the real command in a process of its own: memory stays under 3 GiB.

The file is small on disk where it can be: packed, or sparse. The limit is the system's own
(``RLIMIT_DATA``): a reader that wants more fails.
"""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mappings.bounds import GIB, MIB
from tests.indexers.file_set import ACTIVITIES, FileSet
from tests.traps.bounded_files import json_site, write_json_sites

pytestmark = pytest.mark.usefixtures("own_process")

ANNE = "10100000016"
READ = """
import re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))
from indexers.offers.directory import directory_locator
from indexers.offers.pipeline import build_offers, open_offer_sources
from indexers.runs.folder import Quarantines
from datetime import date
quarantines, directory = Quarantines(Path(sys.argv[2])), Path(sys.argv[1])
with open_offer_sources(directory, quarantines) as sources:
    offers = build_offers(sources, directory_locator(directory), date(2026, 11, 23), quarantines)
    ids = sorted(offer["id"] for offer in offers)
aside = sum(one.rejected.total() for one in quarantines)
# ru_maxrss is of the process that started this one, where that was larger; VmHWM begins here.
peak = re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())
print(int(peak[1]) // 1024, len(ids), aside)
"""
PACKED_LINE = GIB // 2
"""Unpacked bytes of one packed line: more than the memory that any reader here may take."""


def fill_gzip(path: Path, opening: bytes, piece: bytes, size: int, closing: bytes) -> None:
    """A packed file: ``size`` bytes of ``piece`` between two texts."""
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(opening)
        block = piece * (MIB // len(piece))
        for _ in range(size // len(block)):
            packed.write(block)
        packed.write(closing)


def long_activity(folder: Path) -> None:
    """A line of half a GiB among rows of the register, packed."""
    path = folder / ACTIVITIES
    header, row = path.read_bytes().splitlines(keepends=True)
    fill_gzip(path, header + row, b"9", PACKED_LINE, b"\n" + row)


def long_json_text(folder: Path) -> None:
    """A text of half a GiB in a site of the register, packed."""
    path = write_json_sites(folder / "finess-structures.json", [json_site(1)])
    head, tail = path.read_bytes().split(b"[", 1)
    entity = b'[{"ege": [{"nom": "'
    fill_gzip(path, head + entity, b"x", PACKED_LINE, b'"}]},' + tail)


def deep_json(folder: Path) -> None:
    """Brackets that open 3 million times, and never close."""
    path = folder / "finess-structures.json"
    path.write_bytes(b'{"pmej": [' + b'{"ege":[' * 3_000_000)


def many_keys(folder: Path) -> None:
    """A million names that nobody knows, in one site and in one own row."""
    keys = b",".join(b'"k%d":1' % number for number in range(1_000_000))
    site = b'{"informationsGeneralesEGE":{"numFinessEge":"480000001"},' + keys + b"}"
    (folder / "finess-structures.json").write_bytes(b'{"pmej": [{"ege": [' + site + b"]}]}")
    (folder / "cpts.jsonl").write_bytes(b"{" + keys[: 3 * MIB].rsplit(b",", 1)[0] + b"}\n")


def one_person(folder: Path) -> None:
    """One doctor on 60,000 rows, each with a street of its own."""
    path = folder / ACTIVITIES
    header, row = path.read_bytes().splitlines(keepends=True)
    with path.open("wb") as lines:
        lines.write(header)
        for number in range(60_000):
            lines.write(row.replace(b"TANNEURS", b"TANNEURS %d" % number))


def alike_contracts(folder: Path) -> None:
    """20,000 contracts of one name, trade and town, and 3,000 doctors who may hold them."""
    files = FileSet(folder / "other")
    path = files.doctor(ANNE).directory / ACTIVITIES
    header, row = path.read_bytes().splitlines(keepends=True)
    rows = [row.replace(ANNE.encode(), b"101%08d" % number) for number in range(3_000)]
    (folder / ACTIVITIES).write_bytes(header + b"".join(rows))
    names = b"nom;prenom;specialite_code;code_postal;ville;convention_libelle;adresse\n"
    contract = b"MARTIN;ANNE;01;48000;MENDE;Secteur 1;%d RUE A\n"
    (folder / "ameli.csv").write_bytes(names + b"".join(contract % n for n in range(20_000)))


def own_rows(folder: Path) -> None:
    """300,000 settings of professionals: more than an own source may have."""
    row = b'{"rpps":"%011d","participation":false}\n'
    with (folder / "participation.jsonl").open("wb") as lines:
        lines.writelines(row % number for number in range(300_000))


HOSTILE = (
    long_activity,
    long_json_text,
    deep_json,
    many_keys,
    one_person,
    alike_contracts,
    own_rows,
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A directory of one doctor, removed at once: some files are large."""
    yield FileSet(tmp_path / "in").doctor(ANNE).directory
    for path in (tmp_path / "in").glob("*.*"):
        path.unlink()


@pytest.mark.parametrize("damage", HOSTILE, ids=lambda damage: damage.__name__)
def test_memory_is_bounded_on_any_file(
    damage: Callable[[Path], None], folder: Path, tmp_path: Path
) -> None:
    damage(folder)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder), str(tmp_path / "aside")],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    if damage is deep_json:
        assert "CutFileError" in done.stderr
        return
    assert done.returncode == 0, done.stderr[-2_000:]
    peak, offers, aside = map(int, done.stdout.split())
    assert peak < 900
    assert offers >= 1
    assert aside >= 1 or damage in (many_keys, alike_contracts)
