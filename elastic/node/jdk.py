"""Find a Java to run on: the distribution from Maven Central brings none.

A JDK, not a slim runtime: without module ``jdk.jlink`` the node fails at start.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from elastic.node.account import Account, can_enter
from elastic.node.errors import NoJdk

MINIMUM = 21
MODULE = "jdk.jlink"
JVM_FOLDERS = ("/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home")


@dataclass(frozen=True)
class Jdk:
    """A Java installation and its feature release."""

    home: Path
    release: int


class UnfitJava(Exception):
    """This Java does not fit; the message gives the reason."""


def find_jdk(
    environ: Mapping[str, str] = os.environ,
    account: Account | None = None,
    folders: Iterable[str] | None = None,
) -> Jdk:
    """``ES_JAVA_HOME`` if it is fit, else the newest fit JDK of ``JAVA_HOME``, ``folders`` (by
    default the usual ones) and ``PATH``.

    Raises ``NoJdk`` naming what was found and why it will not do.
    """
    fit: list[Jdk] = []
    unfit: list[str] = []
    for home in dict.fromkeys(_candidates(environ, JVM_FOLDERS if folders is None else folders)):
        try:
            jdk = inspect_java(home, account)
        except UnfitJava as reason:
            unfit.append(str(reason))
            continue
        if str(home) == environ.get("ES_JAVA_HOME"):
            return jdk
        fit.append(jdk)
    if not fit:
        raise NoJdk(_no_jdk(unfit))
    return max(fit, key=lambda jdk: jdk.release)


def inspect_java(home: Path, account: Account | None = None) -> Jdk:
    """Read release and modules of a Java; raises ``UnfitJava``."""
    java = home / "bin" / "java"
    if not java.is_file():
        raise UnfitJava(f"no bin/java in {home}")
    if not can_enter(account, java.parent):
        raise UnfitJava(f"{home} is closed to {account.name if account else 'us'}")
    modules = _modules(java)
    release = int(modules.get("java.base", "0").partition(".")[0])
    if release < MINIMUM:
        raise UnfitJava(f"Java {release or 'of unknown release'} in {home}")
    if MODULE not in modules:
        raise UnfitJava(f"no module {MODULE} in {home}")
    return Jdk(home, release)


def _modules(java: Path) -> dict[str, str]:
    try:
        answer = subprocess.run(  # noqa: S603 - a Java of this machine
            [java, "--list-modules"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnfitJava(f"{java} does not run") from error
    return dict(re.findall(r"^([\w.]+)@(\d[\w.+-]*)", answer.stdout, re.MULTILINE))


def _candidates(environ: Mapping[str, str], folders: Iterable[str]) -> Iterator[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if declared := environ.get(variable):
            yield Path(declared)
    for pattern in folders:
        root = Path(Path(pattern).anchor or ".")
        found = sorted(root.glob(pattern.removeprefix("/")))
        yield from (home for home in found if home.is_dir() and not home.is_symlink())
    if java := shutil.which("java", path=environ.get("PATH", "")):
        yield Path(java).resolve().parents[1]


def _no_jdk(unfit: list[str]) -> str:
    found = "; ".join(unfit) or "no Java at all"
    return (
        f"No JDK {MINIMUM} or newer was found ({found}): install one, for instance Eclipse "
        "Temurin 25, or set ES_JAVA_HOME to one."
    )
