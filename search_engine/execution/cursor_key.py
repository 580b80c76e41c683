"""The key that seals cursors: 32 bytes, shared by every process that serves the same users."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES, TIME_BYTES = 32, 12, 8

EXPECTED = (
    "32 bytes in url-safe base64 are expected, as printed by "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)


class CursorDecryptError(ValueError):
    """The bytes were not sealed with this key, or not as they are."""


class CursorKey:
    """Holds the key without ever showing it: seals with AES-256-GCM, in one call.

    Sealed: the second it was done, eight bytes that anybody may read and nobody change; a nonce;
    the content and its tag.
    """

    def __init__(self, raw: bytes) -> None:
        self._cipher = AESGCM(raw)

    def encrypt(self, content: bytes, second: int) -> bytes:
        """The content, sealed at a second since 1970."""
        clear = second.to_bytes(TIME_BYTES) + secrets.token_bytes(NONCE_BYTES)
        return clear + self._cipher.encrypt(clear[TIME_BYTES:], content, clear[:TIME_BYTES])

    def decrypt(self, encrypted: bytes) -> tuple[bytes, int]:
        """The content and the second of its seal; raises ``CursorDecryptError``."""
        time, rest = encrypted[:TIME_BYTES], encrypted[TIME_BYTES:]
        try:
            content = self._cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], time)
        except (InvalidTag, ValueError):
            raise CursorDecryptError from None
        return content, int.from_bytes(time)


class CursorKeyInvalid(ValueError):
    """The text is no key; the message says how to make one, never what was given."""

    def __init__(self) -> None:
        super().__init__(EXPECTED)


def read_key(text: str) -> CursorKey:
    """The key written as url-safe base64, with or without padding; raises ``CursorKeyInvalid``."""
    try:
        raw = decode_base64url(text.rstrip("="))
    except ValueError as error:
        raise CursorKeyInvalid from error
    if len(raw) != KEY_BYTES:
        raise CursorKeyInvalid
    return CursorKey(raw)


def build_cursor_key(declared: str | None) -> CursorKey:
    """The declared key, else a random one: the cursors it seals end with this process.

    Raises ``CursorKeyInvalid``.
    """
    return CursorKey(secrets.token_bytes(KEY_BYTES)) if declared is None else read_key(declared)


def decode_base64url(text: str) -> bytes:
    """The bytes of unpadded url-safe base64; raises ``ValueError`` for any other text.

    The standard decoder skips foreign characters and the spare bits of the last one, so that
    several texts would stand for the same bytes.
    """
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if strip_padding(urlsafe_b64encode(raw)) != text:
        raise ValueError("not the one way to write these bytes")
    return raw


def strip_padding(encoded: bytes) -> str:
    """Base64 as text without its padding, which a URL would have to escape."""
    return encoded.decode("ascii").rstrip("=")
