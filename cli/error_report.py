"""Failures of the commands on data: one sentence each and an exit code that is not zero."""

from collections.abc import Iterator
from contextlib import contextmanager

from cli.exit_codes import INTERRUPTED, REFUSED, UNAVAILABLE
from cli.notification.attempt import FailureExit
from cli.output import report_failure
from elastic.bulk import BulkRefusedError
from elastic.errors import ElasticError
from elastic.names import NotAnIndexName
from elastic.optimistic import WriteConflictError
from elastic.settings import BadSetting
from indexers.changes.comparison import NothingToCompareError
from indexers.loads.source_load import EmptySourceError, UnknownSourceError
from indexers.offers.pipeline import NothingToIndexError
from indexers.quality.gate import GateClosedError
from indexers.quality.quarantine_corrections import CorrectionFileError
from indexers.reindex.recipe import NothingToRollBackError
from indexers.runs.folder import NoSuchRunError
from indexers.runs.interruption import InterruptedRunError, open_interruptible_section
from indexers.sources.geocoding_cache import GeocodedHeaderError
from indexers.sources.own_formats import OwnFormatError
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.upkeep.snapshots import SnapshotError

REPORTED_ERRORS = (
    GateClosedError,
    BulkRefusedError,
    WriteConflictError,
    NothingToRollBackError,
    NothingToCompareError,
    EmptySourceError,
    UnknownSourceError,
    OwnFormatError,
    NoSuchRunError,
    NothingToIndexError,
    TwoEditionsError,
    GeocodedHeaderError,
    CutFileError,
    LayoutError,
    NotAnIndexName,
    BadSetting,
    CorrectionFileError,
    SnapshotError,
    OSError,
)
"""Errors with a sentence for people, which end with ``REFUSED``."""


@contextmanager
def open_error_report(as_json: bool) -> Iterator[None]:
    """Turn a failure of the body into a sentence and an exit code; signals stop it cleanly.

    Raises ``FailureExit``.
    """
    try:
        with open_interruptible_section():
            yield
    except ElasticError as error:
        raise _failure(error, as_json, UNAVAILABLE) from error
    except REPORTED_ERRORS as error:
        raise _failure(error, as_json, REFUSED) from error
    except InterruptedRunError as error:
        raise _failure(error, as_json, INTERRUPTED) from error


def _failure(error: BaseException, as_json: bool, code: int) -> FailureExit:
    sentence = " ".join([_error_sentence(error), *getattr(error, "__notes__", ())])
    return report_failure(sentence, code, as_json=as_json, kind=type(error).__name__)


def _error_sentence(error: BaseException) -> str:
    """The sentence of an error; those of the system lack the path first and the remedy."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        reason = error.strerror[:1].lower() + error.strerror[1:]
        remedy = "correct the path or its rights; SAS_STATE_DIR names the folder of runs."
        return f"{error.filename} cannot be read or written, {reason}: {remedy}"
    return str(error)
