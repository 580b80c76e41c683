"""The small indices of our own upkeep: lock, audit trail, last loads."""
