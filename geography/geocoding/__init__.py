"""Addresses to points: the national address API, its batch, its circuit breaker."""
