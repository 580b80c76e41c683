"""What a process reads again and again beside its requests."""
