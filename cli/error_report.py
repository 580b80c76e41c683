"""Failures of the commands on data: one sentence each and an exit code that is not zero."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.exit_codes import INTERRUPTED, REFUSED, UNAVAILABLE
from cli.notification.attempt import FailureExit
from cli.output import report_failure
from elastic.bulk import BulkRefusedError
from elastic.errors import ElasticError, ElasticUnavailable
from elastic.names import NotAnIndexName
from elastic.optimistic import WriteConflictError
from elastic.settings import BadSetting, read_elastic_settings
from indexers.changes.comparison import NothingToCompareError
from indexers.loads.records_import import RecordsHoldSettings
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
from mappings.api_keys import KeyFileInvalid
from mappings.files import FileNotUsableError
from records.errors import RecordsError, RecordsUnavailable
from records.settings import BadDatabaseUrl
from search_engine.request.problem_document import problem_from_elastic_error

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Of a disk, of the share of an account, of the size of a file."""

START_NODE = "S'il est arrêté, démarrez-le avec `sas up`, ou vérifiez SAS_ELASTICSEARCH_URL."

REPORTED_ERRORS = (
    GateClosedError,
    BulkRefusedError,
    WriteConflictError,
    NothingToRollBackError,
    NothingToCompareError,
    EmptySourceError,
    UnknownSourceError,
    OwnFormatError,
    FileNotUsableError,
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
    KeyFileInvalid,
    BadDatabaseUrl,
    RecordsHoldSettings,
    RecordsError,
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
    except (ElasticError, RecordsUnavailable) as error:
        raise _failure(error, as_json, UNAVAILABLE) from error
    except REPORTED_ERRORS as error:
        raise _failure(error, as_json, REFUSED) from error
    except InterruptedRunError as error:
        raise _failure(error, as_json, INTERRUPTED) from error


def _failure(error: BaseException, as_json: bool, code: int) -> FailureExit:
    sentence = " ".join([describe_error(error), *getattr(error, "__notes__", ())])
    return report_failure(sentence, code, as_json=as_json, kind=type(error).__name__)


def describe_search_failure(error: ElasticError) -> str:
    """The sentence, in French, of a search that Elasticsearch could not answer."""
    sentence = problem_from_elastic_error(error).sentence
    return f"{sentence} {START_NODE}" if isinstance(error, ElasticUnavailable) else sentence


def describe_error(error: BaseException) -> str:
    """The sentence of an error; those of the system lack the path first and the remedy."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    if error.errno in DISK_IS_FULL:
        return _describe_full_disk(error)
    reason = error.strerror[:1].lower() + error.strerror[1:]
    remedy = "correct the path or its rights; SAS_STATE_DIR names the folder of runs."
    named = error.filename or "A file"
    return f"{named} cannot be read or written, {reason}: {remedy}"


def _describe_full_disk(error: OSError) -> str:
    """The path, what its disk has left, and where else to write.

    A library that does not name its file wrote in one of our two folders: the one with less left.
    """
    folders = (Path(tempfile.gettempdir()), read_elastic_settings().state_dir)
    path = Path(str(error.filename or min(folders, key=_free_bytes)))
    return (
        f"{path} cannot be written, its disk is full ({_free_bytes(path):,} bytes left): free "
        "space there, then run this again; or write elsewhere: TMPDIR names the folder of "
        "temporary files, SAS_STATE_DIR the one of runs."
    )


def _free_bytes(path: Path) -> int:
    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free
