"""Slots written to the index: from one answer, or from a directory."""
