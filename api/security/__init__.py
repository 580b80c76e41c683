"""Who asks (tokens, keys), what they may (tables), and the gate before both."""
