"""Builders of the committed tables, run by hand."""
