"""Settings of the geocoders, read from environment variables ``SAS_GEOCODER_*``."""

from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

OFF = "off"

GeocoderUrl = Annotated[
    str, StringConstraints(pattern=r"^(https?://[^\s?#]+|off)$", strip_whitespace=True)
]


class GeocoderSettings(BaseSettings):
    """The geocoding service and its timeout."""

    model_config = SettingsConfigDict(
        env_prefix="SAS_GEOCODER_", extra="ignore", env_ignore_empty=True
    )

    url: GeocoderUrl = "https://data.geopf.fr/geocodage"
    """Base of the national address API, or of an addok of yours; ``off`` stays offline."""
    timeout_ms: int = Field(default=800, gt=0, le=60_000)
    """Total time one search may wait for it."""
    retry_after_s: float = Field(default=30.0, gt=0)
    """Time without calls after a failure of the service."""
    batch_timeout_s: float = Field(default=120.0, gt=0)
    """Total time one batch of 2,000 addresses may take during a load."""

    @property
    def base(self) -> str | None:
        """The base without its last slash; None when switched off."""
        return None if self.url == OFF else self.url.rstrip("/")


def geocoder_settings() -> GeocoderSettings:
    """The settings of the environment as it is now."""
    return GeocoderSettings()
