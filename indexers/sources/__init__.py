"""One reader a source: published files and our own formats."""
