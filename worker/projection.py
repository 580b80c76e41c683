"""From the records to the live index: what people and structures declare and are asked.

Each reads the records as they are now, so that doing it twice, or late, changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from elastic import lifecycle
from elastic.optimistic import repeat_until_alias_stays
from indexers.changes.patching import Patch, apply_patches
from indexers.loads import cards
from indexers.loads.orientations import build_count_patches
from indexers.loads.settings import (
    build_absence_patches,
    build_msp_patches,
    build_professional_patches,
    build_structure_patches,
)
from mappings.formats import group_absences
from records.absences import ABSENCES
from records.agenda.agendas import read_written_agendas
from records.kinds import read_chosen
from records.orientations.counts import count_last_day
from records.professional_settings import PARTICIPATION, find_active_msp
from records.structure_settings import STRUCTURES
from records.tables import AbsenceDeclaration, ProfessionalSettings, StructureDeclaration
from slots.loading.agenda import build_agenda_answers
from slots.loading.importing import import_answer
from worker.context import WorkerContext


def project_professionals(context: WorkerContext, rpps: Sequence[str], _now: datetime) -> None:
    """Give the offers of these professionals the settings that the records hold.

    Raises ``ElasticError``, ``WriteConflictError``, ``RecordsUnavailable``.
    """
    _apply(context, lambda: _professional_patches(context, rpps))


def project_msp(context: WorkerContext, finess: Sequence[str], _now: datetime) -> None:
    """Give these MSP the participation of their professionals; the same errors."""
    active = find_active_msp(context.database, finess)
    _apply(context, lambda: build_msp_patches(finess, active))


def project_structures(context: WorkerContext, keys: Sequence[str], _now: datetime) -> None:
    """Give structures and SOS associations the settings that the records hold; the same errors."""
    settings = read_chosen(context.database, STRUCTURES, StructureDeclaration.structure, keys)
    _apply(context, lambda: build_structure_patches(keys, settings))


def project_absences(context: WorkerContext, who: Sequence[str], _now: datetime) -> None:
    """Give the offers of these people and structures their absences; the same errors."""
    held = read_chosen(context.database, ABSENCES, AbsenceDeclaration.who, who)
    absences = group_absences(held.values())
    _apply(context, lambda: build_absence_patches(who, absences))


def project_orientation_counts(
    context: WorkerContext, people: Sequence[str], _now: datetime
) -> None:
    """Give the offers of these people the orientations of their last day; the same errors."""
    counts = count_last_day(context.database, people)
    _apply(context, lambda: build_count_patches(people, counts))


def project_agendas(context: WorkerContext, rpps: Sequence[str], now: datetime) -> None:
    """Give the offers of these professionals the slots of their SAS agendas; the same errors."""
    client, alias = context.client, context.alias
    if lifecycle.live_index(client, alias) is None:
        return
    agendas = read_written_agendas(context.database, now, rpps)
    for answer in build_agenda_answers(agendas, now):
        import_answer(client, alias, answer, now)


def _professional_patches(context: WorkerContext, rpps: Sequence[str]) -> Iterator[Patch]:
    client, alias = context.client, context.alias
    settings = read_chosen(context.database, PARTICIPATION, ProfessionalSettings.rpps, rpps)
    known = cards.read_live_cpts(client, alias)
    yield from build_professional_patches(rpps, settings, known)
    yield cards.participant_patch(frozenset(cards.count_places_by_cpts(client, alias)))


def _apply(context: WorkerContext, build: Callable[[], Iterator[Patch]]) -> None:
    """Apply to the index behind the alias, again when another one took its place meanwhile.

    Without a live index there is nothing to do: the one to come is built from the records.
    """
    client, alias = context.client, context.alias
    if lifecycle.live_index(client, alias) is None:
        return
    repeat_until_alias_stays(client, alias, lambda: apply_patches(client, alias, build()))
