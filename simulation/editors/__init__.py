"""Booking editors as servers: mutual TLS, the answers of a set, faults on command."""
