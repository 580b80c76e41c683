"""Why a source was not fetched: it is refused, it cannot be reached, or somebody fetches."""


class FetchError(Exception):
    """A source was not fetched; the message says why and the way out, never an address."""


class SourceRefusedError(FetchError):
    """What the source gave is not what is expected of it; the file of before stays."""


class SourceUnreachableError(FetchError):
    """The source does not answer, or not to the end; what came is kept for the next time."""


class FetchRunningError(FetchError):
    """Another fetch works in the same directory."""


class UnknownFetchError(FetchError):
    """No source of that name, or a setting that cannot be read."""
