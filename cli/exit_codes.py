"""Exit codes of ``sas``; 0 is a success.

Commands for regulators and for the API (``search``, ``serve``, ``lrm``, ``relevance``) end with 2
when their request has to be corrected. Commands on data end with 1: there, 2 is wrong usage.
"""

import typer

REFUSED = 1
"""Data, a file or an order to correct; an index below its limits."""
BAD_USAGE = 2
"""An option, a setting or a search to correct."""
UNAVAILABLE = 3
"""A service to repair or to wait for."""
DIFFERENT = 4
"""Offers differ, with ``sas diff --exit-code``."""
READER_LEFT = 141
"""The reader of the standard output left, as `head` does; 128 and the number of SIGPIPE."""
INTERRUPTED = 130
"""A run stopped by a signal."""


class FailureExit(typer.Exit):
    """The end of a command that failed, with the sentence it printed."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(code)
        self.sentence = sentence
