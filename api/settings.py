"""Settings of the HTTP door, read from environment variables ``SAS_*``."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


class ApiSettings(BaseSettings):
    """How the API is opened; everything has a default fit for one machine."""

    model_config = SettingsConfigDict(env_prefix="SAS_", extra="ignore", env_ignore_empty=True)

    auth: Literal["dev"] = "dev"
    """Who may ask. ``dev``: no identity is checked, the role comes from ``X-SAS-Role``, and only
    callers of ``dev_networks`` are answered."""
    dev_networks: tuple[Network, ...] = LOOPBACK
    """Networks answered with ``SAS_AUTH=dev``, as a JSON list; a container may add its bridge."""
    search_deadline_s: float = Field(10.0, gt=0)
    """Seconds after which a request is given up with a 504, whatever it was waiting for."""
    max_body_bytes: int = Field(16_384, gt=0)
    """Largest request body; a search with every criterion is under 3,000."""
    max_query_bytes: int = Field(8_192, gt=0)
    """Longest query string."""
    ready_floor: int = Field(1, ge=0)
    """Fewest offers an index must hold for the service to be ready."""


def settings() -> ApiSettings:
    """The settings as the environment has them now."""
    return ApiSettings()
