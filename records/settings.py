"""Settings of the records, read from environment variables ``SAS_*``."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

FILE = "records.sqlite"
"""Database of a service without ``SAS_DATABASE_URL``, in the state folder."""

DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
"""Schemes of a database URL and the driver of each."""


class BadDatabaseUrl(ValueError):
    """``SAS_DATABASE_URL`` names no database that this program speaks to."""

    def __init__(self) -> None:
        super().__init__(
            "SAS_DATABASE_URL is not a database URL: write postgresql://user@host:5432/name, "
            "sqlite:////path/to/records.sqlite, or unset it."
        )


class RecordsSettings(BaseSettings):
    """Where the records are."""

    model_config = SettingsConfigDict(env_prefix="SAS_", extra="ignore", env_ignore_empty=True)

    database_url: SecretStr | None = None
    """PostgreSQL of the records, ``postgresql://user@host:5432/name``. Unset: SQLite."""


def build_database_url(settings: RecordsSettings, state_dir: Path) -> str:
    """The URL of the records with its driver; raises ``BadDatabaseUrl``."""
    if settings.database_url is None:
        return f"sqlite:///{state_dir.absolute() / FILE}"
    scheme, separator, rest = settings.database_url.get_secret_value().partition("://")
    if not separator or not rest or scheme not in DRIVERS:
        raise BadDatabaseUrl
    return f"{DRIVERS[scheme]}://{rest}"
