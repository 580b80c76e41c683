"""Items of one large array of a JSON object, cut out as bytes and given one at a time.

Only strings and brackets are looked at: no number is converted and no level is kept, so that a
hostile item costs no more than its bytes. Its reader parses it, and sets it aside when it cannot.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from mappings.bounds import JSON_DEPTH, LARGEST_FILE, LARGEST_ITEM, MIB

CHUNK = MIB
"""Bytes read at a time."""
_SKIPPED = re.compile(rb'(?:[^"{}\[\]]+|"[^"\\]*(?:\\.[^"\\]*)*")*', re.DOTALL)
"""All that is neither a bracket nor a string without its end."""
_IN_OBJECT = re.compile(rb'(?:[^"{}]+|"[^"\\]*(?:\\.[^"\\]*)*")*', re.DOTALL)
"""The same, arrays too: an object ends with its last brace."""
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_NAME_SPACE = 256
"""Bytes kept before a bracket, where the name of an array stands."""
_OPENING = frozenset(b"{[")
_LIST = ord("[")
_QUOTE = ord('"')
_END = 0


class JsonCutError(ValueError):
    """The file ends inside a text or a bracket, or has a bracket too many."""


class JsonItem(NamedTuple):
    """The bytes of one item; ``excess`` says why it cannot be read: too large, too deep."""

    content: bytes
    excess: str = ""


class _Scanner:
    """A position in a file of JSON, from bracket to bracket; what is before ``start`` is let go."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._left = LARGEST_FILE
        self.buffer = b""
        self.position = self.start = 0
        self.forgotten = False
        """More than ``LARGEST_ITEM`` bytes since ``start``: they were let go."""

    def find_bracket(self, skipped: re.Pattern[bytes] = _SKIPPED) -> int:
        """The next bracket, at ``position``; ``_END`` at the end of the file."""
        while True:
            self._skip(skipped)
            if self.position < len(self.buffer):
                if self.buffer[self.position] != _QUOTE:
                    return self.buffer[self.position]
                self._skip_string()
            elif not self._read():
                return _END

    def keep_from(self, start: int) -> None:
        """Let go of what is before ``start``."""
        self.start, self.forgotten = start, False

    def _skip(self, pattern: re.Pattern[bytes]) -> None:
        match = pattern.match(self.buffer, self.position)
        if match is not None:
            self.position = match.end()

    def _skip_string(self) -> None:
        """Go past a string that the buffer does not hold whole."""
        self.position += 1
        while True:
            self._skip(_IN_STRING)
            if self.buffer[self.position : self.position + 1] == b'"':
                self.position += 1
                return
            if not self._read():
                raise JsonCutError

    def _read(self) -> bool:
        chunk = self._handle.read(CHUNK)
        self._left -= len(chunk)
        if self._left < 0:
            raise JsonCutError
        if self.forgotten or self.position - self.start > LARGEST_ITEM:
            self.start, self.forgotten = self.position, True
        self.buffer = self.buffer[self.start :] + chunk
        self.position -= self.start
        self.start = 0
        return bool(chunk)


def read_items(handle: BinaryIO, name: str) -> Iterator[JsonItem]:
    """The items of the array called ``name`` of the object that the file is; arrays and objects
    only. Raises ``JsonCutError``.
    """
    scanner = _Scanner(handle)
    depth = 0
    while _find_array(scanner, name, depth):
        scanner.position += 1
        yield from _items(scanner)
        depth = 1


def read_head(handle: BinaryIO, name: str) -> bytes:
    """What comes before the array called ``name``, as an object of its own; ``b"{}"`` for none."""
    scanner = _Scanner(handle)
    found = _find_array(scanner, name, 0, whole=True) and not scanner.forgotten
    return scanner.buffer[: scanner.position] + b"[]}" if found else b"{}"


def _find_array(scanner: _Scanner, name: str, depth: int, *, whole: bool = False) -> bool:
    """Stop at the bracket of the array; False at the end of the file. ``depth`` is 1 inside the
    object, 0 before it."""
    while bracket := scanner.find_bracket():
        if depth == 1 and bracket == _LIST and _is_named(scanner, name):
            return True
        depth += 1 if bracket in _OPENING else -1
        scanner.position += 1
        if not whole:
            scanner.keep_from(max(scanner.position - _NAME_SPACE, 0))
        if depth == 0:
            _expect_end(scanner)
            return False
    raise JsonCutError


def _expect_end(scanner: _Scanner) -> None:
    if scanner.find_bracket():
        raise JsonCutError


def _is_named(scanner: _Scanner, name: str) -> bool:
    before = scanner.buffer[max(scanner.position - _NAME_SPACE, 0) : scanner.position]
    return re.search(rb'(?<!\\)"' + re.escape(name.encode()) + rb'"\s*:\s*\Z', before) is not None


def _items(scanner: _Scanner) -> Iterator[JsonItem]:
    """The items up to the bracket that closes their array, which is passed."""
    while bracket := scanner.find_bracket():
        scanner.keep_from(scanner.position)
        if bracket in _OPENING:
            deepest = _pass_item(scanner, _SKIPPED if bracket == _LIST else _IN_OBJECT)
            yield _item(scanner, deepest)
            scanner.keep_from(scanner.position)
        else:
            scanner.position += 1
            return
    raise JsonCutError


def _pass_item(scanner: _Scanner, skipped: re.Pattern[bytes]) -> int:
    """Go past one item; how deep its brackets are. The loop of half a gigabyte: no call a bracket.

    Arrays inside an object are not counted: their levels are for the parser to refuse.
    """
    match, buffer, at = skipped.match, scanner.buffer, scanner.position
    depth = deepest = 0
    while True:
        if (found := match(buffer, at)) is not None:
            at = found.end()
        bracket = buffer[at : at + 1]
        if bracket == b"}" or bracket == b"]":  # noqa: PLR1714 - quicker than a look-up
            at, depth = at + 1, depth - 1
            if depth == 0:
                scanner.position = at
                return deepest
        elif bracket == b"{" or bracket == b"[":  # noqa: PLR1714
            at, depth = at + 1, depth + 1
            deepest = max(deepest, depth)
        else:
            scanner.position = at
            if not scanner.find_bracket(skipped):
                raise JsonCutError
            buffer, at = scanner.buffer, scanner.position


def _item(scanner: _Scanner, deepest: int) -> JsonItem:
    if scanner.forgotten or scanner.position - scanner.start > LARGEST_ITEM:
        return JsonItem(b"", f"over {LARGEST_ITEM:,} bytes")
    content = scanner.buffer[scanner.start : scanner.position]
    return JsonItem(content, f"over {JSON_DEPTH} levels" if deepest > JSON_DEPTH else "")
