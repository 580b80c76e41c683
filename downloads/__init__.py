"""One resumable, checked download, shared by the sources and the embedded node."""
