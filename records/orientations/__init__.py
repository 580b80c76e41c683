"""Orientations: patients sent to an offer by a regulator, without a word about the patient."""
