"""From the records to the live index: the settings of some professionals, the state of some MSP.

Each reads the records as they are now, so that doing it twice, or late, changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence

from elastic import lifecycle
from elastic.optimistic import repeat_until_alias_stays
from indexers.changes.patching import Patch, apply_patches
from indexers.loads import cards
from indexers.loads.settings import build_msp_patches, build_professional_patches
from records.professional_settings import find_active_msp, read_named_settings
from worker.context import WorkerContext


def project_professionals(context: WorkerContext, rpps: Sequence[str]) -> None:
    """Give the offers of these professionals the settings that the records hold.

    Raises ``ElasticError``, ``WriteConflictError``, ``RecordsUnavailable``.
    """
    _apply(context, lambda: _professional_patches(context, rpps))


def project_msp(context: WorkerContext, finess: Sequence[str]) -> None:
    """Give these MSP the participation of their professionals; the same errors."""
    active = find_active_msp(context.database, finess)
    _apply(context, lambda: build_msp_patches(finess, active))


def _professional_patches(context: WorkerContext, rpps: Sequence[str]) -> Iterator[Patch]:
    client, alias = context.client, context.alias
    settings = read_named_settings(context.database, rpps)
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
