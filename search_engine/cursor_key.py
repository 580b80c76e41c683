"""The key that seals cursors: 32 bytes, shared by every process that serves the same users."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.fernet import Fernet

CursorKey = Fernet
"""Holds the key without ever showing it: encrypts (AES-128-CBC) and signs (HMAC-SHA256)."""

KEY_BYTES = 32

EXPECTED = (
    "32 bytes in url-safe base64 are expected, as printed by "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)


class CursorKeyInvalid(ValueError):
    """The text is no key; the message says how to make one, never what was given."""

    def __init__(self) -> None:
        super().__init__(EXPECTED)


def read_key(text: str) -> CursorKey:
    """The key written as url-safe base64, with or without padding; raises ``CursorKeyInvalid``."""
    try:
        raw = strictly_decoded(text.rstrip("="))
    except ValueError as error:
        raise CursorKeyInvalid from error
    if len(raw) != KEY_BYTES:
        raise CursorKeyInvalid
    return Fernet(urlsafe_b64encode(raw))


def sealing_key(declared: str | None) -> CursorKey:
    """The declared key, else a random one: the cursors it seals end with this process.

    Raises ``CursorKeyInvalid``.
    """
    return Fernet(Fernet.generate_key()) if declared is None else read_key(declared)


def strictly_decoded(text: str) -> bytes:
    """The bytes of unpadded url-safe base64; raises ``ValueError`` for any other text.

    The standard decoder skips foreign characters and the spare bits of the last one, so that
    several texts would stand for the same bytes.
    """
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if unpadded(urlsafe_b64encode(raw)) != text:
        raise ValueError("not the one way to write these bytes")
    return raw


def unpadded(encoded: bytes) -> str:
    """Base64 as text without its padding, which a URL would have to escape."""
    return encoded.decode("ascii").rstrip("=")
