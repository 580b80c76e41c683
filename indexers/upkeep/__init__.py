"""Indices kept between two reindexes: prune, migrate, snapshots."""
