"""Errors that make a whole file unreadable; a bad row goes to the quarantine."""


class LayoutError(ValueError):
    """The file has another layout than its reader expects; the message names both."""


class CutFileError(ValueError):
    """The file stops in the middle of a structure that cannot be read by halves."""
