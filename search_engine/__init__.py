"""How it is found: criteria, area, interpretation, query, ranking, page."""
