"""Access to Elasticsearch: the index behind one alias, and hints from earlier searches."""
