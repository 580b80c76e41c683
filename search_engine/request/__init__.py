"""What is asked: criteria, place, meaning, window, profile, and what is refused."""
