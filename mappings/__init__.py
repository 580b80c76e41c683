"""Stored data: index definitions, French analysis, code tables, the records in and out."""
