"""Keys that encrypt cursors: shared by every process that serves the same users."""

import re

from cryptography.fernet import Fernet, MultiFernet

CursorKey = MultiFernet
"""One or several Fernet keys: the first encrypts, all decrypt, so that keys can be rotated."""

KEY = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=?")
"""32 bytes in url-safe base64: the last character carries four bits."""
SEPARATORS = re.compile(r"[,\s]+")

EXPECTED = (
    "32 bytes in url-safe base64 are expected, as printed by "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'; "
    "several keys are separated by commas, the first one encrypts"
)


class CursorKeyInvalid(ValueError):
    """The text is no key; the message gives the way to make one, never the text."""

    def __init__(self) -> None:
        super().__init__(EXPECTED)


def parse_cursor_keys(text: str) -> CursorKey:
    """The keys of ``SAS_CURSOR_KEY``, separated by commas or spaces, with or without padding.

    Raises ``CursorKeyInvalid``.
    """
    keys = SEPARATORS.split(text.strip())
    if not all(KEY.fullmatch(key) for key in keys):
        raise CursorKeyInvalid
    return MultiFernet([Fernet(key.rstrip("=") + "=") for key in keys])


def build_cursor_key(declared: str | None) -> CursorKey:
    """The declared keys, else a random one: its cursors end with this process.

    Raises ``CursorKeyInvalid``.
    """
    if declared is None:
        return MultiFernet([Fernet(Fernet.generate_key())])
    return parse_cursor_keys(declared)
