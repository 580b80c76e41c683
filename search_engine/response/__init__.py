"""From hits to a page: cards, ranks, facets with their labels."""
