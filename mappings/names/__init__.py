"""Names as heard and as written, one way for the index and for the search."""
