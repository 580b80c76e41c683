"""Searches opened from dispatch software (LRM) by a link: its contract, its registry."""
