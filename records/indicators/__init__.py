"""Events without persons, and the indicators that are computed from them and from the records."""
