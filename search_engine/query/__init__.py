"""From a plan to requests: filters, score, facets, groups."""
