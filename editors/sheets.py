"""Convention sheets: files that describe editors, as they are exchanged with the national team."""

from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from editors.editor import Editor
from mappings.files import FileNotUsableError, open_regular

PATHS = ("certificate", "key", "authority")
LARGEST_SHEET = 1_000_000


class SheetInvalid(ValueError):
    """A sheet cannot be used; the text gives its line and how to mend it."""


def read_sheets(path: Path) -> list[Editor]:
    """The editors of a file: one JSON object, or a list of them; paths are relative to the file.

    Raises ``SheetInvalid`` and ``OSError``.
    """
    rows = _parse(path)
    editors = [_read_row(row, path.parent, number) for number, row in enumerate(rows, 1)]
    names = [editor.name for editor in editors]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise SheetInvalid(f"{path.name}: {', '.join(sorted(doubled))} is there twice.")
    return editors


def _parse(path: Path) -> list[Any]:
    try:
        with open_regular(path) as file:
            found = orjson.loads(file.read(LARGEST_SHEET))
    except (orjson.JSONDecodeError, FileNotUsableError) as error:
        raise SheetInvalid(f"{path.name} is no JSON file of editors: {error}") from None
    return found if isinstance(found, list) else [found]


def _read_row(row: Any, folder: Path, number: int) -> Editor:
    try:
        editor = Editor.model_validate(row)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, fault["loc"])) or "the sheet"
        raise SheetInvalid(f"Editor {number}, {field}: {fault['msg']}.") from None
    whole = {name: folder / getattr(editor, name) for name in PATHS}
    missing = next((path for path in whole.values() if not path.is_file()), None)
    if missing is not None:
        raise SheetInvalid(f"{editor.name}: no file {missing.name}; give its path.")
    return editor.model_copy(update=whole)
