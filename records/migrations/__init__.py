"""Migrations of the records, by Alembic: one file a step, in ``versions``."""
