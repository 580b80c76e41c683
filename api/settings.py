"""Settings of the API, read from environment variables ``SAS_*``."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from search_engine.backend.points_in_time import IN_ALL, PER_CALLER
from search_engine.execution.cursor_key import CursorKey, build_cursor_key, parse_cursor_keys

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

HOST_PATTERN = r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$"
"""A name or an address, IPv6 in brackets, as a browser writes it in ``Host``."""
HostName = Annotated[str, StringConstraints(to_lower=True, pattern=HOST_PATTERN)]


def _validate_cursor_key(declared: SecretStr) -> SecretStr:
    parse_cursor_keys(declared.get_secret_value())
    return declared


class ApiSettings(BaseSettings):
    """How the API is opened; everything has a default fit for one machine."""

    model_config = SettingsConfigDict(
        env_prefix="SAS_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    auth: Literal["dev", "jwt"] = "dev"
    """Identification of callers. ``dev``: no identity is checked, the role comes from
    ``X-SAS-Role``, and only callers of ``dev_networks`` are answered. ``jwt``: a bearer token or
    an API key."""
    jwks: str | None = None
    """Public keys of the identity provider: a file, or an https address."""
    jwks_ca: Path | None = None
    """Certificate authority of that address, PEM, trusted alone; default: the public ones."""
    issuer: str | None = None
    """``iss`` of its tokens, to the letter."""
    audience: str | None = None
    """``aud`` its tokens must hold: this service."""
    claims_file: Path | None = None
    """Table from claims to roles; default: ``api/security/claims.toml``."""
    rate_per_s: float | None = Field(None, ge=0)
    """Requests a second of one client in one process; 0: no limit. Default 20, none in ``dev``."""
    rate_burst: int = Field(60, ge=1)
    """Requests one client may send at once."""
    concurrent_per_caller: int | None = Field(None, ge=0)
    """Searches of one client that one process answers at once; 0: no limit. Default 40, none in
    ``dev``."""
    concurrent_in_all: int = Field(400, ge=0)
    """Searches of all clients that one process answers at once; 0: no limit."""
    stable_per_caller: int = Field(PER_CALLER, gt=0)
    """Points in time that one client holds open in one process with ``stable=true``; each takes
    about 0.2 MB of Elasticsearch's heap for ten minutes after its last page."""
    stable_in_all: int = Field(IN_ALL, gt=0)
    """The same for all clients of one process together."""
    dev_networks: tuple[Network, ...] = LOOPBACK
    """Networks answered with ``SAS_AUTH=dev``, as a JSON list; a container may add its bridge."""
    hosts: tuple[HostName, ...] = ()
    """Names under which callers reach the service, as a JSON list, without scheme or port; a
    ``Host`` that is neither one of them nor a loopback name is refused with a 421."""
    search_deadline_s: float = Field(10.0, gt=0)
    """Seconds after which a request is given up with a 504, whatever it was waiting for."""
    max_body_bytes: int = Field(16_384, gt=0)
    """Largest request body; a search with every criterion is under 3,000."""
    max_query_bytes: int = Field(8_192, gt=0)
    """Longest query string."""
    max_header_bytes: int = Field(16_384, gt=0)
    """Names and values of all headers together; a token is under 8,192."""
    ready_floor: int = Field(1, ge=0)
    """Fewest offers an index must hold for the service to be ready."""
    cursor_key: Annotated[SecretStr, AfterValidator(_validate_cursor_key)] | None = None
    """Keys of the cursors of searches, the same for every process: 32 bytes in url-safe base64,
    separated by commas. The first encrypts, all decrypt. Unset: a random key of this process,
    with which its cursors end."""

    @model_validator(mode="after")
    def check_authentication_settings(self) -> Self:
        """Half an identity provider identifies nobody; keys over plain http could be replaced."""
        tokens = (self.jwks, self.issuer, self.audience)
        if any(tokens) and not all(tokens):
            raise ValueError("SAS_JWKS, SAS_ISSUER and SAS_AUDIENCE go together")
        if self.jwks and self.jwks.startswith("http://") and not _is_local(self.jwks):
            raise ValueError("SAS_JWKS must be a file or an https address")
        return self

    @property
    def is_local_only(self) -> bool:
        """Callers are not identified, and only those of this machine are served."""
        return self.auth == "dev" and self.dev_networks == LOOPBACK

    def build_cursor_key(self) -> CursorKey:
        """The key of the cursors; a new random one at each call when none is declared."""
        return build_cursor_key(
            None if self.cursor_key is None else self.cursor_key.get_secret_value()
        )


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def settings() -> ApiSettings:
    """The settings of the current environment; raises ``ValidationError`` or ``SettingsError``."""
    return ApiSettings()
