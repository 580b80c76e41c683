"""Names of the repository: functions begin with a verb or a noun, a class name exists once."""

import ast
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PARTICIPLES = frozenset(Path(__file__).with_name("participles.txt").read_text("utf-8").split())
"""Irregular past participles; the regular ones end in ``ed``."""

VERBS_IN_ED = frozenset({"embed", "exceed", "feed", "need", "proceed", "seed", "speed", "succeed"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files() -> list[Path]:
    """Every Python file that git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@cache
def read_tree(path: Path) -> ast.Module:
    """The syntax tree of a file, read once for all tests of this file."""
    return ast.parse(path.read_text("utf-8"))


def is_participle(word: str) -> bool:
    """True of a past participle, regular or not."""
    return word in PARTICIPLES or (word.endswith("ed") and word not in VERBS_IN_ED)


def is_property(function: Function) -> bool:
    """A property is a noun or an adjective of its object."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in function.decorator_list}
    return bool(names & {"property", "cached_property", "setter"})


def has_refused_name(function: Function) -> bool:
    """True of ``told``, ``decided_plan`` and ``code_of``: neither says what the function does."""
    words = function.name.strip("_").split("_")
    if words[0] == "test" or is_property(function):
        return False
    return is_participle(words[0]) or words[-1] == "of"


def find_refused_functions(tree: ast.AST) -> Iterator[Function]:
    """The functions whose name is refused, nested ones and methods included."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and has_refused_name(node):
            yield node


def test_no_function_is_named_by_a_participle() -> None:
    refused = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in python_files()
        for function in find_refused_functions(read_tree(path))
    ]
    assert refused == []


def test_a_class_name_exists_once() -> None:
    places = defaultdict(list)
    for path in python_files():
        for node in ast.walk(read_tree(path)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_folder_holds_more_than_twenty_files() -> None:
    counts: dict[Path, int] = defaultdict(int)
    for path in python_files():
        counts[path.parent.relative_to(ROOT)] += 1
    assert {str(folder): count for folder, count in counts.items() if count > 20} == {}


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("told", True),
        ("_decided_plan", True),
        ("code_of", True),
        ("choose_radius", False),
        ("seed_draws", False),
        ("distance_sort", False),
        ("test_told_apart", False),
    ],
)
def test_the_rule_of_names_itself(name: str, refused: bool) -> None:
    function = ast.parse(f"def {name}(): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert has_refused_name(function) is refused
