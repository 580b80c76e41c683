"""The embedded node: a real Elasticsearch of our own, so that nobody needs Docker to start."""
