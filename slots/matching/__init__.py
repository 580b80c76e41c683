"""Which offer a slot belongs to, and the offer created when there is none."""
