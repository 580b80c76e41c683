"""Who may do what to which object: the one place where it is decided, asked by every use case.

A role alone opens nothing of somebody else (W37 to W39): the object decides.
"""

from dataclasses import dataclass

from mappings.roles import UserRole
from records.errors import AccessDenied


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a national identifier from sign-in, or the name of a program."""

    id: str
    roles: frozenset[UserRole] = frozenset()


OPERATOR = Actor("sas", frozenset({UserRole.ADMINISTRATOR}))
"""The command line: whoever runs it holds the database already."""

IMPORTER = Actor("import", frozenset({UserRole.ADMINISTRATOR}))
"""Files: what they say is replaced by a later file, and never replaces what a person said."""

OPERATORS = frozenset({UserRole.ADMINISTRATOR, UserRole.DATA_TEAM})


def require_professional_access(actor: Actor, rpps: str) -> None:
    """A professional acts on his own settings, an operator on all; raises ``AccessDenied``."""
    if actor.id != rpps and not actor.roles & OPERATORS:
        raise AccessDenied


def require_structure_access(actor: Actor) -> None:
    """An operator acts on structures; raises ``AccessDenied``."""
    if not actor.roles & OPERATORS:
        raise AccessDenied


def require_absence_access(actor: Actor, who: str) -> None:
    """A professional says his own absences, an operator all; raises ``AccessDenied``."""
    require_professional_access(actor, who)
