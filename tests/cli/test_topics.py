"""The table of topics: complete, and a command loads its own topic alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import commands
from cli.topics import TOPICS, load_topic

FOLDER = Path(commands.__file__).parent

LOADED = """
import sys
from cli.main import app
try:
    app(sys.argv[1:])
finally:
    print(*{"fastapi", "elasticsearch"}.intersection(sys.modules), "loaded", file=sys.stderr)
"""


def test_the_table_names_what_the_topics_add_and_nothing_else() -> None:
    added = {modules: set(load_topic(modules)) for modules in TOPICS.values()}
    named = {modules: {n for n, of in TOPICS.items() if of == modules} for modules in added}
    assert added == named


def test_every_module_that_adds_commands_is_of_a_topic() -> None:
    adding = (path for path in FOLDER.rglob("*.py") if "def register(" in path.read_text("utf-8"))
    modules = {".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in adding}
    assert modules == {name for topic in TOPICS.values() for name in topic}


@pytest.mark.usefixtures("own_process")
def test_a_command_loads_its_own_topic_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "api-key", "new", "samu", "--role", "OSNP"],
        env={**os.environ, "SAS_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done
    assert done.stderr.splitlines()[-1] == "loaded", done
