"""One small source applied to the live index."""
