"""Accounts and orientations as lines of a file: out of one database, into another."""
