"""What people read in a terminal: French text and tables."""
