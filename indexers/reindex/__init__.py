"""The recipe that replaces the index of offers."""
