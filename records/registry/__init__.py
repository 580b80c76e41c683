"""Dispatch software (LRM) that may open a search by a link."""
