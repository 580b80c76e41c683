"""Reasons why a source was not fetched; messages give a way out, never an address."""


class FetchError(Exception):
    """A source was not fetched."""


class SourceRefusedError(FetchError):
    """The source sends something else than expected; the present file stays."""


class SourceUnreachableError(FetchError):
    """The source does not answer, or not to the end; the bytes received are kept."""


class FetchRunningError(FetchError):
    """Another fetch runs in the same directory."""


class UnknownFetchError(FetchError):
    """Unknown source, or a setting that cannot be read."""
