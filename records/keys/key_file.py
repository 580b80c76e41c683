"""The file of keys of earlier versions, read once on its way into the records."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from records.keys.values import StoredKey


class KeyFileInvalid(Exception):
    """The file of keys cannot be used; the message names it."""


class KeyFile(BaseModel):
    """The document of the file."""

    model_config = ConfigDict(extra="forbid")

    keys: tuple[StoredKey, ...] = ()


def read_key_file(path: Path) -> tuple[StoredKey, ...]:
    """The keys of the file; raises ``KeyFileInvalid``."""
    try:
        return KeyFile.model_validate_json(path.read_bytes()).keys
    except (OSError, ValidationError) as error:
        raise KeyFileInvalid(
            f"{path} is no file of keys of an earlier version: correct --file or "
            "SAS_API_KEYS_FILE, or unset it."
        ) from error
