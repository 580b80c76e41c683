"""Identifiers of ours as paths and parameters write them."""

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""A UUID in lower case (RFC 9562)."""
