"""Published files downloaded into a directory to index: resumed, checked, replaced at once."""
