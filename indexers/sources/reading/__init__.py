"""Streaming primitives of the readers: lines, fields, headers, damaged values."""
