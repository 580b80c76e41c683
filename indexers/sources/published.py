"""The published files of a directory, found by name, read into a spool (data-sources 10)."""

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
from indexers.sources.rpps.skills import read_skills
from indexers.sources.staging_store import StagingStore

AMELI_FILES = ("liste-ps*.csv*", "ameli*.csv*")
"""The published name of the file of conventions, and a plain one."""
ACTIVITIES = "PS_LibreAcces_Personne_activite_*.txt"
SKILLS = "PS_LibreAcces_SavoirFaire_*.txt"
STRUCTURES = ("finess-structures*.json*", "etalab-cs1100507-stock-*.csv*", "finess*.csv*")
"""Forms of FINESS from current to oldest: a site in several files is the current one's."""


class TwoEditionsError(ValueError):
    """A directory holds several editions of one file, and nothing says which to index."""


def find_edition(directory: Path, pattern: str) -> Path | None:
    """The only file of a pattern, None without any; raises ``TwoEditionsError``."""
    found = sorted(directory.glob(pattern))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise TwoEditionsError(f"{directory} holds several editions: {names}; keep one of them")
    return found[0] if found else None


def structure_files(directory: Path) -> list[Path]:
    """The FINESS files of a directory, current form first, each form once."""
    return [
        path for pattern in STRUCTURES if (path := find_edition(directory, pattern)) is not None
    ]


def ameli_file(directory: Path) -> Path | None:
    """The file of conventions, None without any; raises ``TwoEditionsError``."""
    found = [
        path for pattern in AMELI_FILES if (path := find_edition(directory, pattern)) is not None
    ]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise TwoEditionsError(f"{directory} holds several editions: {names}; keep one of them")
    return found[0] if found else None


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
    """Read every published file into the spool; returns the day of each source that tells it.

    ``conventions`` see the rows of the register pass.
    """
    activities, skills = find_edition(directory, ACTIVITIES), find_edition(directory, SKILLS)
    structures = structure_files(directory)
    if activities is not None:
        rows = with_corrections(read_listed, activities, quarantines.get_quarantine("rpps"))
        store.add_activities(
            rows if conventions is None else conventions.collect_practitioners(rows)
        )
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
