"""Whom a name or a number names, as clauses: one dictionary of ways for each, best way first."""
