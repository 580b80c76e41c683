"""Care of the records: backup, periodic work, and the index that is a projection of them."""
