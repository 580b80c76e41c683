"""Editors' FHIR answers read into canonical slots."""
