"""A JSON file replaced as a whole."""

import os
from pathlib import Path
from typing import Any

import orjson


def write_json_file(file: Path, value: Any) -> None:
    """Replace the file at once: a reader sees the former content or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.write_bytes(orjson.dumps(value))
    partial.replace(file)
