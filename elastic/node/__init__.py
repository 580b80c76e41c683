"""The embedded node: a real Elasticsearch that starts without Docker."""
