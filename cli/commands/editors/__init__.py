"""Commands of the exchange with booking editors."""
