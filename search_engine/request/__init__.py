"""The request: criteria, place, meaning, window, profile, and its problems."""
