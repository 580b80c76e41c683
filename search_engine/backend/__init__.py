"""How Elasticsearch is asked: the index behind one alias, and hints from earlier searches."""
