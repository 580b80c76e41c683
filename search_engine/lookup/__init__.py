"""Smaller look-ups beside the search: suggestions, places, CPTS, one offer."""
