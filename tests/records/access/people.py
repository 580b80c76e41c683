"""One person of each role, what is theirs, and the same of others."""

from dataclasses import dataclass, field
from datetime import timedelta

from mappings.roles import UserRole
from records.access import Actor
from tests.records.samples import ANNE, BRUNO, NOW

HERE, THERE = "SAS-48", "SAS-30"
CENTRE, OTHER_CENTRE = "480000025", "300000031"
LATER = NOW + timedelta(minutes=5)

PROFESSIONALS = {"own": ANNE, "foreign": BRUNO}
STRUCTURES = {"own": CENTRE, "foreign": OTHER_CENTRE}
TERRITORIES = {"own": HERE, "foreign": THERE}


def build_person(name: str, *roles: UserRole, **more: frozenset[str]) -> Actor:
    """Somebody of the territory of the objects that are one's own."""
    return Actor(name, frozenset(roles), frozenset({HERE}), **more)


PEOPLE = {
    "professional": Actor(ANNE, frozenset({UserRole.OTHER})),
    "delegate": Actor(
        "national:399700000401", frozenset({UserRole.DELEGATE}), delegations=frozenset({ANNE})
    ),
    "structure_manager": Actor(
        "national:399700000402",
        frozenset({UserRole.STRUCTURE_MANAGER}),
        structures=frozenset({CENTRE}),
    ),
    "osnp": build_person("national:399700000403", UserRole.OSNP),
    "ioa": build_person("national:399700000404", UserRole.IOA),
    "account_manager": build_person("national:399700000405", UserRole.ACCOUNT_MANAGER),
    "administrator": Actor("national:399700000406", frozenset({UserRole.ADMINISTRATOR})),
    "data_team": Actor("national:399700000407", frozenset({UserRole.DATA_TEAM})),
    "other": Actor("national:399700000408", frozenset({UserRole.OTHER})),
}
FAR_REGULATOR = Actor("national:399700000409", frozenset({UserRole.OSNP}), frozenset({THERE}))
REGULATORS = {"own": PEOPLE["osnp"], "foreign": FAR_REGULATOR}


@dataclass
class FreshNumbers:
    """Numbers that no other attempt has."""

    last: int = field(default=0)

    def take(self) -> int:
        """The next one."""
        self.last += 1
        return self.last
