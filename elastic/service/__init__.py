"""The lock of what rewrites the index, kept in an index of its own."""
