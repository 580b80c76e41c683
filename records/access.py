"""Who may do what to which object: the one place where it is decided, asked by every use case.

A role alone opens nothing of somebody else (W37 to W39): the object decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mappings.roles import UserRole
from records.columns import AUTHOR
from records.errors import AccessDenied
from records.orientations.kinds import OrientationKind, OrientationState


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a national identifier from sign-in, or the name of a program."""

    id: str
    roles: frozenset[UserRole] = frozenset()
    territories: frozenset[str] = frozenset()
    """SAS territories of the person's account."""
    delegations: frozenset[str] = frozenset()
    """RPPS of the professionals for whom a delegate's account acts."""
    structures: frozenset[str] = frozenset()
    """FINESS and SIRET of the structures that a manager's account has."""


RPPS_PREFIX, RPPS_ID_LENGTH = "8", 12
"""A national identifier of a person of the RPPS: its type, then the eleven digits (ANS)."""


def name_person(national_id: str) -> str:
    """The RPPS of a professional; another national identifier keeps a name that no RPPS can be."""
    is_rpps = (
        national_id.startswith(RPPS_PREFIX)
        and len(national_id) == RPPS_ID_LENGTH
        and national_id.isdigit()
    )
    return national_id[1:] if is_rpps else f"national:{national_id}"[:AUTHOR]


OPERATOR = Actor("sas", frozenset({UserRole.ADMINISTRATOR}))
"""The command line: whoever runs it holds the database already."""

IMPORTER = Actor("import", frozenset({UserRole.ADMINISTRATOR}))
"""Files: what they say is replaced by a later file, and never replaces what a person said."""

OPERATORS = frozenset({UserRole.ADMINISTRATOR, UserRole.DATA_TEAM})
NOT_FOR_YOU = "Les indicateurs sont réservés aux administrateurs et à l'équipe des données."

RPPS_LENGTH = 11
"""A FINESS has 9 characters, a SIRET 14."""


NOT_ADMINISTRATOR = "Cette action revient aux administrateurs du service."


def require_administrator(actor: Actor) -> None:
    """An administrator alone acts on the service itself: keys, dispatch software.

    Raises ``AccessDenied``.
    """
    if UserRole.ADMINISTRATOR not in actor.roles:
        raise AccessDenied(NOT_ADMINISTRATOR)


def require_professional_access(actor: Actor, rpps: str) -> None:
    """A professional acts for himself, a delegate for those he was given, an operator for all.

    Raises ``AccessDenied``.
    """
    if rpps not in find_represented(actor) and not actor.roles & OPERATORS:
        raise AccessDenied


def require_structure_access(actor: Actor, structure: str) -> None:
    """A manager acts on his structures, an operator on all; raises ``AccessDenied``."""
    if structure not in find_managed(actor) and not actor.roles & OPERATORS:
        raise AccessDenied


def require_indicator_access(actor: Actor) -> None:
    """Operators read the indicators of the service; raises ``AccessDenied``."""
    if not actor.roles & OPERATORS:
        raise AccessDenied(NOT_FOR_YOU)


def require_absence_access(actor: Actor, who: str) -> None:
    """Absences are said as settings are, of a professional or of a structure.

    Raises ``AccessDenied``.
    """
    if len(who) == RPPS_LENGTH:
        require_professional_access(actor, who)
    else:
        require_structure_access(actor, who)


def find_represented(actor: Actor) -> frozenset[str]:
    """Whom somebody acts for as a professional: himself, and those he was given as a delegate."""
    given = actor.delegations if UserRole.DELEGATE in actor.roles else frozenset()
    return given | {actor.id}


def find_managed(actor: Actor) -> frozenset[str]:
    """Structures that somebody acts for: none without the role."""
    return actor.structures if UserRole.STRUCTURE_MANAGER in actor.roles else frozenset()


REGULATION = (UserRole.OSNP, UserRole.IOA)
"""Roles that orient, the wider one first."""

ORIENTING_ROLES: Mapping[OrientationKind, tuple[UserRole, ...]] = MappingProxyType(
    {
        OrientationKind.SLOT: REGULATION,
        OrientationKind.BEYOND: (UserRole.OSNP,),
        OrientationKind.REORIENTATION: (UserRole.IOA,),
        OrientationKind.CARE_REQUEST: REGULATION,
        OrientationKind.BOOKING: REGULATION,
    }
)
"""Who may ask what, as the modes of a search are open to each role (F047)."""

STATES_BY_REGULATOR = frozenset({OrientationState.BOOKED, OrientationState.CANCELLED})
STATES_BY_RECIPIENT = frozenset(OrientationState) - {
    OrientationState.ASKED,
    OrientationState.EXPIRED,
}
"""States that each may give; ``expired`` is the worker's alone."""

NOT_ORIENTING = "Votre rôle n'ouvre pas cette orientation : elle revient à la régulation du SAS."
NOT_YOURS = "Cette orientation n'est pas la vôtre : vous ne pouvez ni la lire ni la modifier."
NOT_YOUR_STATE = "Cet état est donné par le professionnel qui reçoit le patient."


@dataclass(frozen=True, slots=True)
class OrientationParties:
    """Whom an orientation concerns: who asked, who receives, their SAS territories."""

    regulator: str
    recipient: str
    territories: frozenset[str]


@dataclass(frozen=True, slots=True)
class OrientationScope:
    """The orientations that somebody may read: all, or those of one of these parties."""

    everything: bool = False
    regulator: str | None = None
    recipients: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()

    def holds(self, parties: OrientationParties) -> bool:
        """True for an orientation within it."""
        return (
            self.everything
            or parties.regulator == self.regulator
            or parties.recipient in self.recipients
            or bool(parties.territories & self.territories)
        )


def choose_orienting_role(actor: Actor, kind: OrientationKind) -> UserRole:
    """The role under which somebody asks; an operator asks nothing. Raises ``AccessDenied``."""
    for role in ORIENTING_ROLES[kind]:
        if role in actor.roles:
            return role
    raise AccessDenied(NOT_ORIENTING)


def find_orientation_scope(actor: Actor) -> OrientationScope:
    """A regulator reads his own, who receives those he receives, an account manager those of his
    territories, an operator all."""
    manages = UserRole.ACCOUNT_MANAGER in actor.roles
    return OrientationScope(
        everything=bool(actor.roles & OPERATORS),
        regulator=actor.id if actor.roles & frozenset(REGULATION) else None,
        recipients=find_represented(actor) | find_managed(actor),
        territories=actor.territories if manages else frozenset(),
    )


def require_orientation_reading(actor: Actor, parties: OrientationParties) -> None:
    """Raise ``AccessDenied`` for an orientation outside of the actor's scope."""
    if not find_orientation_scope(actor).holds(parties):
        raise AccessDenied(NOT_YOURS)


def require_orientation_change(
    actor: Actor, parties: OrientationParties, state: OrientationState
) -> None:
    """Who asked books or cancels, who receives says the outcome too, an operator either.

    Raises ``AccessDenied``.
    """
    require_orientation_reading(actor, parties)
    scope = find_orientation_scope(actor)
    by_regulator = parties.regulator == scope.regulator
    receives = scope.everything or parties.recipient in scope.recipients
    allowed = STATES_BY_RECIPIENT if receives else frozenset()
    if state in allowed or (by_regulator and state in STATES_BY_REGULATOR):
        return
    raise AccessDenied(NOT_YOUR_STATE if by_regulator else NOT_YOURS)


MANAGED_ROLES = frozenset({UserRole.OSNP, UserRole.IOA})
"""Roles that an account manager gives and takes."""
NOT_YOUR_ACCOUNT = (
    "Ce compte n'est pas de votre ressort : vous gérez les comptes OSNP et IOA de vos territoires."
)


def require_account_access(
    actor: Actor, roles: frozenset[str], territories: frozenset[str]
) -> None:
    """An administrator acts on every account, a manager on regulators wholly of his territories.

    Raises ``AccessDenied``.
    """
    reach = find_account_territories(actor)
    if reach is not None and not (roles <= MANAGED_ROLES and territories and territories <= reach):
        raise AccessDenied(NOT_YOUR_ACCOUNT)


def find_account_territories(actor: Actor) -> frozenset[str] | None:
    """Territories whose accounts somebody sees; None for every account."""
    if UserRole.ADMINISTRATOR in actor.roles:
        return None
    return actor.territories if UserRole.ACCOUNT_MANAGER in actor.roles else frozenset()
