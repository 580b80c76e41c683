"""Failures of a download; messages give the reason, never an address."""


class DownloadError(Exception):
    """A download did not give its file."""


class DownloadRefusedError(DownloadError):
    """The server sends something else than the expected file; a new attempt does not help."""


class DownloadUnreachableError(DownloadError):
    """The server does not answer, or not to the end; the bytes received are kept."""
