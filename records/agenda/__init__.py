"""The SAS agenda: rules kept, their occurrences made when they are looked at."""
