"""How a line of text says where a patient is, read without any network."""
