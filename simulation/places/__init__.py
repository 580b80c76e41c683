"""Invented places: addresses, structures, communities, territories."""
