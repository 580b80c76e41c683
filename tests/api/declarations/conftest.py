"""Records of a test's own, on SQLite and on PostgreSQL, as those of ``tests/records``."""

from tests.records.conftest import database, database_url, empty_database, postgres_url

__all__ = ["database", "database_url", "empty_database", "postgres_url"]
