"""Identity of the caller (tokens, keys), its permissions (tables), and access control."""
