"""The one seam to Elasticsearch: client, embedded node, index names, aliases, lock, lifecycle."""
