"""The own sources of a directory, read into memory by key: small, and joined to every offer."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from indexers.offers.settings import OwnSources
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import find_own_file, read_keyed
from mappings.agenda.formats import AgendaFormat
from mappings.agenda.lines import AgendaLine
from mappings.formats import (
    Absence,
    Cpts,
    Format,
    LrmEntry,
    ParticipationFormat,
    Solution,
    SosAssociation,
    StructureSettings,
    group_absences,
)
from records.agenda.edits import name_slots

FormatT = TypeVar("FormatT", bound=Format)


def read_own_sources(directory: Path, quarantines: Quarantines) -> OwnSources:
    """Every own source of the directory; one that is not there is empty."""
    return OwnSources(
        participation=read_participation(find_own_file(directory, "participation"), quarantines),
        structures=read_structure_settings(find_own_file(directory, "structures"), quarantines),
        absences=read_absences(find_own_file(directory, "absences"), quarantines),
        cpts=read_cpts(find_own_file(directory, "cpts"), quarantines),
        sos=read_sos_associations(find_own_file(directory, "sos"), quarantines),
        solutions=read_marketplace_solutions(find_own_file(directory, "solutions"), quarantines),
    )


def read_participation(
    path: Path | None, quarantines: Quarantines
) -> Mapping[str, ParticipationFormat]:
    """Settings of professionals by RPPS."""
    if path is None:
        return {}
    return read_keyed(
        path, ParticipationFormat, quarantines.get_quarantine("participation"), lambda p: p.rpps
    )


def read_structure_settings(
    path: Path | None, quarantines: Quarantines
) -> Mapping[str, StructureSettings]:
    """Settings of structures by FINESS, of SOS associations by SIRET."""
    if path is None:
        return {}
    return read_keyed(
        path,
        StructureSettings,
        quarantines.get_quarantine("structures"),
        lambda s: s.finess or s.siret or "",
    )


def read_absences(path: Path | None, quarantines: Quarantines) -> Mapping[str, tuple[Absence, ...]]:
    """Absences by RPPS or FINESS; one line for each place of a professional."""
    if path is None:
        return {}
    return group_absences(read_absence_lines(path, quarantines).values())


def read_absence_lines(path: Path, quarantines: Quarantines) -> Mapping[str, Absence]:
    """Absences by who and place: one line each."""
    return read_keyed(
        path,
        Absence,
        quarantines.get_quarantine("absences"),
        lambda a: f"{a.who}@{a.idnst or ''}",
    )


def read_agendas(path: Path, quarantines: Quarantines) -> Mapping[str, AgendaFormat]:
    """SAS agendas by RPPS, each slot with an id."""
    lines = read_keyed(path, AgendaLine, quarantines.get_quarantine("agendas"), lambda a: a.rpps)
    return {rpps: name_slots(line) for rpps, line in lines.items()}


def read_cpts(path: Path | None, quarantines: Quarantines) -> Mapping[str, Cpts]:
    """CPTS by FINESS."""
    if path is None:
        return {}
    return read_keyed(path, Cpts, quarantines.get_quarantine("cpts"), lambda c: c.finess)


def read_sos_associations(
    path: Path | None, quarantines: Quarantines
) -> tuple[SosAssociation, ...]:
    """SOS Médecins associations, each SIRET once."""
    if path is None:
        return ()
    found = read_keyed(path, SosAssociation, quarantines.get_quarantine("sos"), lambda a: a.siret)
    return tuple(found.values())


def read_lrm_entries(path: Path, quarantines: Quarantines) -> Mapping[str, LrmEntry]:
    """Dispatch software by origin."""
    return read_keyed(path, LrmEntry, quarantines.get_quarantine("lrm"), lambda entry: entry.origin)


def read_registry_entries(directory: Path, quarantines: Quarantines) -> Mapping[str, LrmEntry]:
    """The dispatch software of a directory, whose rows count as those of every other file."""
    path = find_own_file(directory, "lrm")
    return {} if path is None else read_lrm_entries(path, quarantines)


def read_marketplace_solutions(path: Path | None, quarantines: Quarantines) -> tuple[Solution, ...]:
    """Marketplace solutions, each editor's key once."""
    if path is None:
        return ()
    found = read_keyed(
        path, Solution, quarantines.get_quarantine("solutions"), lambda s: f"{s.editor}:{s.key}"
    )
    return tuple(found.values())
