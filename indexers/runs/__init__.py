"""One run: its folder, its record, its progress, its interruption."""
