"""Addresses of the sources and bounds of their downloads, read from ``SAS_FETCH_*``."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from downloads.policy import DownloadPolicy
from indexers.fetch.catalogue import PublishedSource
from indexers.fetch.errors import UnknownFetchError


def _web(address: str) -> str:
    if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname:
        return address.rstrip("/")
    raise ValueError("an address begins with https:// or http:// and names a host")


Address = Annotated[str, AfterValidator(_web)]


class FetchSettings(BaseSettings):
    """A mirror for all sources, an address for one, and the timeouts and attempts."""

    model_config = SettingsConfigDict(
        env_prefix="SAS_FETCH_", extra="ignore", env_ignore_empty=True
    )

    base_url: Address | None = None
    """A mirror: each source is at its ``mirror`` name below it."""
    rpps_url: Address | None = None
    """Address of the RPPS archive, before the mirror."""
    finess_url: Address | None = None
    """Address of the FINESS+ file, before the mirror."""
    ameli_url: Address | None = None
    """Address of the Ameli file, before the mirror."""
    timeout_s: float = Field(default=30.0, gt=0)
    """Seconds without a byte before a connection is closed."""
    attempts: int = Field(default=5, ge=1)
    """Attempts in a row without a new byte; an attempt with new bytes resets the count."""
    pause_s: float = Field(default=1.0, ge=0)
    """Seconds before the second attempt, doubled at each."""

    def source_address(self, source: PublishedSource) -> str:
        """The address of a source: its own setting, else the mirror's, else the publisher's."""
        own: str | None = getattr(self, f"{source.name}_url", None)
        mirrored = f"{self.base_url}/{source.mirror}" if self.base_url else source.address
        return own or mirrored

    def download_policy(self, largest: int | None = None) -> DownloadPolicy:
        """The bounds of a download of at most ``largest`` bytes."""
        return DownloadPolicy(
            timeout_s=self.timeout_s,
            attempts=self.attempts,
            pause_s=self.pause_s,
            largest=largest,
        )


def fetch_settings(base_url: str | None = None) -> FetchSettings:
    """The settings of the environment, ``base_url`` before it; raises ``UnknownFetchError``."""
    try:
        return FetchSettings() if base_url is None else FetchSettings(base_url=base_url)
    except ValidationError as error:
        faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise UnknownFetchError(f"A setting cannot be read: {'; '.join(faults)}.") from error
