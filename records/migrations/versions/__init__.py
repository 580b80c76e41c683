"""Steps of the schema, in order of their number."""
