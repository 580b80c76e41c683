"""What makes a whole file unreadable; a bad row never does, it goes to quarantine."""


class LayoutError(ValueError):
    """The file is not what its reader expects: the message says what was met and expected."""


class CutFileError(ValueError):
    """The file stops in the middle of a structure that cannot be read by halves."""
