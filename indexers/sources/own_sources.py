"""The own sources of a directory, read into memory by key: small, and joined to every offer."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from indexers.offers.settings import OwnSources
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import own_file, read_keyed
from mappings.formats import (
    Absence,
    Cpts,
    Format,
    Participation,
    Solution,
    SosAssociation,
    StructureSettings,
)

FormatT = TypeVar("FormatT", bound=Format)


def own_sources(directory: Path, quarantines: Quarantines) -> OwnSources:
    """Every own source of the directory; one that is not there is empty."""
    return OwnSources(
        participation=participation(own_file(directory, "participation"), quarantines),
        structures=structures(own_file(directory, "structures"), quarantines),
        absences=absences(own_file(directory, "absences"), quarantines),
        cpts=cpts(own_file(directory, "cpts"), quarantines),
        sos=sos(own_file(directory, "sos"), quarantines),
        solutions=solutions(own_file(directory, "solutions"), quarantines),
    )


def participation(path: Path | None, quarantines: Quarantines) -> Mapping[str, Participation]:
    """Settings of professionals by RPPS."""
    if path is None:
        return {}
    return read_keyed(path, Participation, quarantines.of("participation"), lambda p: p.rpps)


def structures(path: Path | None, quarantines: Quarantines) -> Mapping[str, StructureSettings]:
    """Settings of structures by FINESS, of SOS associations by SIRET."""
    if path is None:
        return {}
    return read_keyed(
        path,
        StructureSettings,
        quarantines.of("structures"),
        lambda s: s.finess or s.siret or "",
    )


def absences(path: Path | None, quarantines: Quarantines) -> Mapping[str, tuple[Absence, ...]]:
    """Absences by RPPS or FINESS; one line for each place of a professional."""
    if path is None:
        return {}
    by_place = read_keyed(path, Absence, quarantines.of("absences"), _absence_key)
    return _grouped(by_place.values())


def _absence_key(absence: Absence) -> str:
    return f"{absence.rpps or absence.finess}@{absence.idnst or ''}"


def _grouped(absences: Iterable[Absence]) -> dict[str, tuple[Absence, ...]]:
    groups: dict[str, tuple[Absence, ...]] = {}
    for absence in absences:
        key = absence.rpps or absence.finess or ""
        groups[key] = (*groups.get(key, ()), absence)
    return groups


def cpts(path: Path | None, quarantines: Quarantines) -> Mapping[str, Cpts]:
    """CPTS by FINESS."""
    if path is None:
        return {}
    return read_keyed(path, Cpts, quarantines.of("cpts"), lambda c: c.finess)


def sos(path: Path | None, quarantines: Quarantines) -> tuple[SosAssociation, ...]:
    """SOS Médecins associations, each SIRET once."""
    if path is None:
        return ()
    found = read_keyed(path, SosAssociation, quarantines.of("sos"), lambda a: a.siret)
    return tuple(found.values())


def solutions(path: Path | None, quarantines: Quarantines) -> tuple[Solution, ...]:
    """Marketplace solutions, each editor's key once."""
    if path is None:
        return ()
    found = read_keyed(path, Solution, quarantines.of("solutions"), lambda s: f"{s.editor}:{s.key}")
    return tuple(found.values())
