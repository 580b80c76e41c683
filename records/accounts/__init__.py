"""Accounts of regulators, of those who manage them, and of administrators."""
