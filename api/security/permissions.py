"""What each role may: the one place where access is decided (F047, F125)."""

from typing import ClassVar

from fastapi import Request

from api.security.principal import Caller, Duty
from search_engine.request.criteria import Mode, SearchRequest
from search_engine.request.problems import SearchProblem

MODES: dict[frozenset[Duty], tuple[Mode, ...]] = {
    frozenset({Duty.IOA}): (Mode.REORIENTATION,),
    frozenset({Duty.OSNP}): (Mode.AVAILABLE, Mode.ALL, Mode.BEYOND),
    frozenset({Duty.IOA, Duty.OSNP}): (Mode.AVAILABLE, Mode.ALL, Mode.BEYOND, Mode.REORIENTATION),
    frozenset(): (Mode.AVAILABLE,),
}
"""Modes by the regulation roles held; the first is the default (F047)."""

REGULATION = frozenset({Duty.IOA, Duty.OSNP})
METRICS_READERS = frozenset({Duty.ADMINISTRATOR, Duty.DATA_TEAM})


class ModeNotAllowed(SearchProblem):
    """A mode that the role of the caller does not open (F047)."""

    code = "mode_not_allowed"
    status: ClassVar[int] = 403
    title = "Mode de recherche non permis"
    remedy = "Choisissez un mode ouvert à votre rôle ; la liste est dans docs/security.md."

    def __init__(self) -> None:
        super().__init__("Votre rôle n'ouvre pas ce mode de recherche.", field="mode")


class RightMissing(SearchProblem):
    """A route kept for other roles."""

    code = "right_missing"
    status: ClassVar[int] = 403
    title = "Accès refusé"
    remedy = "Demandez ce rôle à l'administrateur du service."

    def __init__(self) -> None:
        super().__init__("Votre rôle n'ouvre pas cette route.")


def modes_of(duties: frozenset[Duty]) -> tuple[Mode, ...]:
    """The modes open to these roles, the default one first."""
    return MODES[duties & REGULATION]


def permitted(asked: SearchRequest, modes: tuple[Mode, ...]) -> Mode:
    """The mode of a search among those open to its caller; left out, it is the first of them.

    Raises ``ModeNotAllowed``.
    """
    if "mode" not in asked.model_fields_set:
        return modes[0]
    if asked.mode not in modes:
        raise ModeNotAllowed
    return asked.mode


def require_metrics_reader(caller: Caller) -> None:
    """Raises ``RightMissing`` unless the caller runs the service."""
    if not caller.duties & METRICS_READERS:
        raise RightMissing


def caller_of(request: Request) -> Caller:
    """Whom the gate identified."""
    caller: Caller = request.state.caller
    return caller
