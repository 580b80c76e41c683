"""How it is asked for over HTTP: routers, problems, settings."""
