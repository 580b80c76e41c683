"""Channels of notices, read from environment variables ``SAS_NOTIFY_*``."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from elastic.settings import BadSetting

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PORTS = {"smtp": 587, "smtps": 465}
"""Ports of submission: STARTTLS, TLS from the first byte (RFC 8314)."""


class NotifySettings(BaseSettings):
    """Webhook and mail server; without either nothing is sent."""

    model_config = SettingsConfigDict(
        env_prefix="SAS_NOTIFY_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    webhook: SecretStr | None = None
    """An https address, or http of this machine; its path may hold a key."""
    token: SecretStr | None = None
    """Sent to the webhook as ``Authorization: Bearer``."""
    secret: SecretStr | None = None
    """Signs the body sent to the webhook: ``X-SAS-Signature: sha256=<hex of HMAC>``."""
    smtp: SecretStr | None = None
    """``smtp://user:password@host:587`` (STARTTLS, required outside this machine) or ``smtps://``;
    name and password percent-encoded."""
    sender: Annotated[
        str | None, Field(validation_alias=AliasChoices("SAS_NOTIFY_FROM", "sender"))
    ] = None
    """Sender of the mails (``SAS_NOTIFY_FROM``)."""
    to: str | None = None
    """Recipients, separated by commas."""
    ca: Path | None = None
    """Certificate authority of both, PEM, trusted alone; default: the public ones."""

    @model_validator(mode="after")
    def check_addresses(self) -> Self:
        """Addresses are of a known kind; mail has a sender and a recipient."""
        if self.webhook is not None and not is_safe_webhook(self.webhook.get_secret_value()):
            raise ValueError("SAS_NOTIFY_WEBHOOK must be https, or http of this machine")
        if self.smtp is None:
            return self
        url = urlsplit(self.smtp.get_secret_value())
        if url.scheme not in PORTS or not url.hostname:
            raise ValueError("SAS_NOTIFY_SMTP must be smtp://host:port or smtps://host:port")
        if not self.sender or not self.recipients:
            raise ValueError("SAS_NOTIFY_SMTP needs SAS_NOTIFY_FROM and SAS_NOTIFY_TO")
        return self

    @property
    def recipients(self) -> list[str]:
        """Recipients of the mails."""
        return [one.strip() for one in (self.to or "").split(",") if one.strip()]


def is_safe_webhook(url: str) -> bool:
    """https, or http that does not leave this machine."""
    parts = urlsplit(url)
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class MailServer:
    """The parts of ``SAS_NOTIFY_SMTP``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.implicit_tls = parts.scheme == "smtps"
        self.is_local = self.host in LOOPBACK


def notify_settings() -> NotifySettings:
    """The current settings of the environment; raises ``BadSetting``, without any value."""
    try:
        return NotifySettings()
    except ValidationError as error:
        faults = "; ".join(fault["msg"] for fault in error.errors())
        raise BadSetting(f"A setting cannot be read: {faults}. Correct or unset it.") from error
