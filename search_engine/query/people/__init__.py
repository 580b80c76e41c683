"""People among offers: how many there are, and the one card that each has on a page."""
