"""The published files of a directory, found by name, staged on disk (data-sources 10)."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from indexers.sources import finess
from indexers.sources.ameli.conventions import AMELI, Conventions, load_conventions
from indexers.sources.ameli.reader import source_date as ameli_date
from indexers.sources.finess import read_structures
from indexers.sources.reading.corrections import with_corrections
from indexers.sources.rpps import activities as rpps
from indexers.sources.rpps.activities import read_listed
from indexers.sources.rpps.record import Activity
from indexers.sources.rpps.skills import read_skills
from indexers.sources.staging_store import StagingStore
from mappings.files import resolve_inside

AMELI_FILES = ("liste-ps*.csv*", "ameli*.csv*")
"""The published name of the file of conventions, and a plain one."""
ACTIVITIES = "PS_LibreAcces_Personne_activite_*.txt"
SKILLS = "PS_LibreAcces_SavoirFaire_*.txt"
STRUCTURES = ("finess-structures*.json*", "etalab-cs1100507-stock-*.csv*", "finess*.csv*")
"""Forms of FINESS from current to oldest: a site in several files is the current one's."""


class TwoEditionsError(ValueError):
    """A directory holds several editions of one file, and none is known to be the one to index."""


def find_edition(directory: Path, pattern: str) -> Path | None:
    """The only file of a pattern, None without any; raises ``TwoEditionsError``."""
    return _only_edition(directory, sorted(directory.glob(pattern)))


def _only_edition(directory: Path, editions: list[Path]) -> Path | None:
    if len(editions) > 1:
        names = ", ".join(path.name for path in editions)
        raise TwoEditionsError(f"{directory} holds several editions: {names}; keep one of them")
    for path in editions:
        resolve_inside(directory, path.name)
    return editions[0] if editions else None


def structure_files(directory: Path) -> list[Path]:
    """The FINESS files of a directory, current form first, each form once."""
    return _editions(directory, STRUCTURES)


def ameli_file(directory: Path) -> Path | None:
    """The file of conventions, None without any; raises ``TwoEditionsError``."""
    return _only_edition(directory, _editions(directory, AMELI_FILES))


def _editions(directory: Path, patterns: tuple[str, ...]) -> list[Path]:
    """The file of each pattern that has one, in the order of the patterns."""
    return [path for pattern in patterns if (path := find_edition(directory, pattern)) is not None]


def read_published_conventions(directory: Path, quarantines: Quarantines) -> Conventions | None:
    """The conventions of a directory; None when it has no such file."""
    path = ameli_file(directory)
    return None if path is None else load_conventions(path, quarantines.get_quarantine(AMELI))


def stage_published_files(
    directory: Path,
    store: StagingStore,
    quarantines: Quarantines,
    conventions: Conventions | None = None,
) -> dict[str, str]:
    """Read every published file into the staging store; returns the ISO day of each source.

    A source whose file names no day is left out. Every row of the register is a candidate of
    ``conventions``, and is staged with the contracts that it resembles.
    """
    activities, skills = find_edition(directory, ACTIVITIES), find_edition(directory, SKILLS)
    structures = structure_files(directory)
    if activities is not None:
        rows = with_corrections(read_listed, activities, quarantines.get_quarantine("rpps"))
        store.add_activities(rows if conventions is None else _link_contracts(rows, conventions))
    if skills is not None:
        store.add_skills(
            with_corrections(read_skills, skills, quarantines.get_quarantine("rpps-skills"))
        )
    for path in structures:
        aside = quarantines.get_quarantine("finess")
        known = store.add_structures(with_corrections(read_structures, path, aside))
        aside.skipped[Reason.FINESS_DUPLICATE] += known
    contracts = ameli_file(directory)
    days = {
        AMELI: None if contracts is None else ameli_date(contracts),
        "rpps": None if activities is None else rpps.source_date(activities),
        "finess": finess.source_date(structures[0]) if structures else None,
    }
    return {source: day.isoformat() for source, day in days.items() if day is not None}


def _link_contracts(rows: Iterable[Activity], conventions: Conventions) -> Iterator[Activity]:
    """Rows of the register, each with the numbers of the contracts that it resembles."""
    for row in rows:
        numbers = conventions.add_practitioner(row)
        yield {**row, "contracts": numbers} if numbers else row
