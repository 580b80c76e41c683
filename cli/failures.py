"""Failures of the commands on data: the exit code and the sentence of each."""

import errno
import shutil
import tempfile
from pathlib import Path

from cli.exit_codes import INTERRUPTED, REFUSED, UNAVAILABLE
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
from indexers.runs.interruption import InterruptedRunError
from indexers.sources.geocoding_cache import GeocodedHeaderError
from indexers.sources.own_formats import OwnFormatError
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.upkeep.snapshots import SnapshotError
from mappings.files import FileNotUsableError
from records.errors import RecordsError, RecordsUnavailable
from records.keys.key_file import KeyFileInvalid
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

EXIT_CODES: tuple[tuple[tuple[type[BaseException], ...], int], ...] = (
    ((ElasticError, RecordsUnavailable), UNAVAILABLE),
    (REPORTED_ERRORS, REFUSED),
    ((InterruptedRunError,), INTERRUPTED),
)
"""Errors and their exit code; the first that fits is taken."""


def find_exit_code(error: BaseException) -> int | None:
    """The exit code of an error with a sentence, None for any other one."""
    return next((code for kinds, code in EXIT_CODES if isinstance(error, kinds)), None)


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
