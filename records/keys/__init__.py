"""Keys of programs that call the API, kept as digests."""
