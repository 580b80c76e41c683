"""Every known trap of the published files, as a function that damages one healthy row.

Numbers are those of docs/reference/test-data.md. A set with defects is a set of its own: the
healthy set of the same seed with some rows damaged, each of them listed in the manifest.
"""
