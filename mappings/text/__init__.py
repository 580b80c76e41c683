"""Text as people write it: cleaned, counted in words, laid out in rows."""
