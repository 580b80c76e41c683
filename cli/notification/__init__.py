"""Telling the people of the night that a load failed: by webhook, by mail, or both."""
