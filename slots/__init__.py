"""Slots: editors' FHIR answers and the SAS agenda, read, joined, matched to offers, kept fresh."""
