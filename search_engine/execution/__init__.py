"""One search carried out: planned, executed, paged, completed."""
