"""The exchange with booking editors: whom to ask, over mutual TLS, within bounds."""
