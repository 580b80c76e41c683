"""Differences between two sets of offers, and fields replaced in place."""
