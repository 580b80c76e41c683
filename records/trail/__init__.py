"""What is kept of loads and indices: audit trail, last loads, corrected rows."""
