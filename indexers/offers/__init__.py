"""Offer records: one module per kind of offer, and the rules they share."""
