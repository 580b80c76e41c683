"""Known items: lines typed at the telephone about people and structures of the index at hand."""
