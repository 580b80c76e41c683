"""Notification of a failed load, by webhook, by mail, or both."""
