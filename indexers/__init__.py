"""How data gets in: one module per source, the pipeline, the reindex recipe, test data."""
