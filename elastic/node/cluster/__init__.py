"""Several nodes on one machine, and TLS between them and their clients."""
