"""Which Java the node runs on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from elastic.node.errors import NoJdk
from elastic.node.jdk import find_jdk

MakeJava = Callable[..., Path]


def listing(version: str, jlink: bool = True) -> str:
    return f"java.base@{version}\\n" + (f"jdk.jlink@{version}\\n" if jlink else "")


def test_the_newest_wins(make_java: MakeJava, tmp_path: Path) -> None:
    make_java("a", listing("21.0.4"))
    newest = make_java("b", listing("25.0.1"))
    make_java("c", listing("17.0.15"))
    found = find_jdk({}, folders=[f"{tmp_path}/jvm/*"])
    assert (found.home, found.release) == (newest, 25)


def test_the_one_named_wins_over_a_newer_one(make_java: MakeJava, tmp_path: Path) -> None:
    named = make_java("a", listing("21.0.4"))
    make_java("b", listing("25.0.1"))
    found = find_jdk({"ES_JAVA_HOME": str(named)}, folders=[f"{tmp_path}/jvm/*"])
    assert found.home == named


def test_java_home_and_path_are_looked_at(make_java: MakeJava) -> None:
    home = make_java("a", listing("21.0.4"))
    on_path = make_java("b", listing("23"))
    environ = {"JAVA_HOME": str(home), "PATH": str(on_path / "bin")}
    assert find_jdk(environ, folders=[]).home == on_path


def test_an_unfit_one_named_gives_way(make_java: MakeJava, tmp_path: Path) -> None:
    old = make_java("a", listing("17.0.15"))
    fit = make_java("b", listing("21.0.4"))
    found = find_jdk({"ES_JAVA_HOME": str(old)}, folders=[f"{tmp_path}/jvm/*"])
    assert found.home == fit


def test_a_slim_runtime_is_refused(make_java: MakeJava) -> None:
    home = make_java("slim", listing("25", jlink=False))
    with pytest.raises(NoJdk, match=r"no module jdk\.jlink"):
        find_jdk({"JAVA_HOME": str(home)}, folders=[])


def test_an_old_release_is_named(make_java: MakeJava) -> None:
    home = make_java("old", listing("17.0.15"))
    with pytest.raises(NoJdk, match="Java 17 in"):
        find_jdk({"JAVA_HOME": str(home)}, folders=[])


def test_a_broken_java_is_refused(make_java: MakeJava) -> None:
    home = make_java("broken", "not a list")
    with pytest.raises(NoJdk, match="unknown release"):
        find_jdk({"JAVA_HOME": str(home)}, folders=[])


def test_no_java_at_all_says_what_to_install(bare_path: Path) -> None:
    with pytest.raises(NoJdk, match=r"no Java at all.*install one.*ES_JAVA_HOME") as caught:
        find_jdk({"PATH": str(bare_path)}, folders=[])
    assert "\n" not in str(caught.value)
