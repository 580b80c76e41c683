"""Permissions of each role: the one place where access is decided (F047, F125)."""

from typing import ClassVar

from mappings.roles import UserRole
from search_engine.request.criteria import Mode, SearchRequest
from search_engine.request.problems import SearchProblem

MODES: dict[frozenset[UserRole], tuple[Mode, ...]] = {
    frozenset({UserRole.IOA}): (Mode.REORIENTATION,),
    frozenset({UserRole.OSNP}): (Mode.AVAILABLE, Mode.ALL, Mode.BEYOND),
    frozenset({UserRole.IOA, UserRole.OSNP}): (
        Mode.AVAILABLE,
        Mode.ALL,
        Mode.BEYOND,
        Mode.REORIENTATION,
    ),
    frozenset(): (Mode.AVAILABLE,),
}
"""Modes by the regulation roles held; the first is the default (F047)."""

REGULATION = frozenset({UserRole.IOA, UserRole.OSNP})
OPERATORS = frozenset({UserRole.ADMINISTRATOR, UserRole.DATA_TEAM})
"""Roles of those who run the service."""


class ModeNotAllowed(SearchProblem):
    """A mode that the role of the caller does not open (F047)."""

    code = "mode_not_allowed"
    status: ClassVar[int] = 403
    title = "Mode de recherche non permis"
    remedy = "Choisissez un mode ouvert à votre rôle ; la liste est dans docs/reference/api.md."

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


def role_modes(roles: frozenset[UserRole]) -> tuple[Mode, ...]:
    """The modes open to these roles, the default one first."""
    return MODES[roles & REGULATION]


def resolve_mode(search_request: SearchRequest, modes: tuple[Mode, ...]) -> Mode:
    """The mode of a search among those open to its caller; left out, it is the first of them.

    Raises ``ModeNotAllowed``.
    """
    if "mode" not in search_request.model_fields_set:
        return modes[0]
    if search_request.mode not in modes:
        raise ModeNotAllowed
    return search_request.mode
