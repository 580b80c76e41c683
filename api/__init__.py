"""The HTTP API: application, routes, problems, settings."""
