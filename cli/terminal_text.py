"""What files and partners say, made fit for a terminal: no character of it commands anything.

A name may hold an escape sequence, an override of the direction of reading, a line break that
forges a line of ours. JSON says such characters by their number instead.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

_NAMED_RANGES = (
    r"\x7f-\x9f\u2028-\u2029",  # C1 commands, separators of lines and paragraphs
    r"\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e",
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f",
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f",
)
"""Characters of the categories Cc, Cf, Zl and Zp that JSON lets through (Unicode 16)."""
_NAMED = re.compile(f"[{''.join(_NAMED_RANGES)}]")
_COMMANDS = re.compile(rf"[\x00-\x09\x0b-\x1f\ud800-\udfff{''.join(_NAMED_RANGES)}]")
"""Those, those that JSON escapes but the line break, and halves of characters."""
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

ValueT = TypeVar("ValueT")


def strip_commands(text: str) -> str:
    """The text without the characters that command a terminal; line breaks stay."""
    return text if text.isprintable() else _COMMANDS.sub("", text)


def flatten_text(text: str) -> str:
    """The same on one line: a run of breaks is one space."""
    return text if text.isprintable() else strip_commands(_BREAKS.sub(" ", text))


def flatten_texts(value: ValueT) -> ValueT:
    """A value of JSON with each of its texts, keys included, on one line."""
    return _flatten_value(value)  # type: ignore[no-any-return]


def _flatten_value(value: Any) -> Any:
    if isinstance(value, str):
        return flatten_text(value)
    if isinstance(value, Mapping):
        return {_flatten_value(key): _flatten_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_flatten_value, value)) if type(value) in {list, tuple} else value
    return value


def escape_commands(document: str) -> str:
    r"""A JSON document that says the same, with ``\u009b`` for the character itself.

    Outside its texts, a document has none of these characters.
    """
    return _NAMED.sub(lambda found: json.dumps(found[0])[1:-1], document)
