"""Every known trap of the published files, as a function that damages one healthy row.

Numbers are those of docs/test-data.md. A set with defects is a set of its own: what the healthy
set of the same seed holds, with some rows damaged, each of them told in the manifest.
"""
