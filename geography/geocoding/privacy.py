"""Patients' addresses stay out of the logs of the HTTP libraries.

The geocoding service takes addresses in the query string, httpx logs each URL at INFO and geopy
at DEBUG: both are cut here, where the clients are made, whatever the logging configuration.
"""

import logging

import httpx


class WithoutQuery(logging.Filter):
    """Lets a record pass with the query of every URL in it removed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place; True, the record is kept."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_query(arg) for arg in record.args)
        return True


class OnlyWarnings(logging.Filter):
    """Drops what is below WARNING: geopy logs whole URLs and answers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True for warnings and errors."""
        return record.levelno >= logging.WARNING


class OnlyErrors(logging.Filter):
    """Drops what is below ERROR: urllib3, below geopy, warns of a retry with its whole URL."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True for errors."""
        return record.levelno >= logging.ERROR


GUARDS = (("httpx", WithoutQuery), ("geopy", OnlyWarnings), ("urllib3.connectionpool", OnlyErrors))


def keep_addresses_out_of_logs() -> None:
    """Guards the loggers of httpx, geopy and urllib3; safe to call again."""
    for name, guard in GUARDS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, guard) for known in logger.filters):
            logger.addFilter(guard())


def _without_query(argument: object) -> object:
    if isinstance(argument, httpx.URL):
        return argument.copy_with(query=None, fragment=None)
    return argument
