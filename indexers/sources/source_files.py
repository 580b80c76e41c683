"""The files of each source of a directory, and the counts of their load."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from indexers.runs.folder import Quarantines
from indexers.sources import finess
from indexers.sources.ameli import reader as ameli
from indexers.sources.ameli.conventions import AMELI
from indexers.sources.own_formats import find_own_file
from indexers.sources.published import ACTIVITIES, SKILLS, ameli_file, find_edition, structure_files
from indexers.sources.rpps import activities
from mappings.formats import FORMATS
from records.trail.last_loads import SourceLoad, build_source_load


def source_files(directory: Path) -> dict[str, Sequence[Path]]:
    """The files of each source that the directory has, by the name of its quarantine."""
    published = {
        "rpps": find_edition(directory, ACTIVITIES),
        "rpps-skills": find_edition(directory, SKILLS),
        AMELI: ameli_file(directory),
    }
    own = {name: find_own_file(directory, name) for name in FORMATS}
    single = {name: [path] for name, path in {**published, **own}.items() if path is not None}
    sites = structure_files(directory)
    return {**single, **({"finess": sites} if sites else {})}


def build_directory_loads(
    directory: Path, quarantines: Quarantines, now: datetime
) -> list[SourceLoad]:
    """The load of each source of a directory, once its rows were read."""
    return list(_measure_sources(source_files(directory), quarantines, now))


def _measure_sources(
    files: Mapping[str, Sequence[Path]], quarantines: Quarantines, now: datetime
) -> Iterator[SourceLoad]:
    for source, paths in files.items():
        day = edition_day(source, paths[0])
        yield build_source_load(source, paths, quarantines.get_quarantine(source).read, day, now)


def edition_day(source: str, path: Path) -> date | None:
    """The day of the file of a source; None for ours, which have none."""
    if source in {"rpps", "rpps-skills"}:
        return activities.source_date(path)
    dated = {"finess": finess.source_date, AMELI: ameli.source_date}
    return dated[source](path) if source in dated else None
