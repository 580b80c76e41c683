"""Ranking profiles: the credits that move an offer inside its tier, read from a table (design 9).

The file is ``profiles.toml`` beside this module, or the one named by ``SAS_PROFILES_FILE``.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mappings.records import Precision, SlotType, StructureKind
from search_engine.request.problems import UnknownCode

DEFAULT_FILE = Path(__file__).with_name("profiles.toml")
FILE_VARIABLE = "SAS_PROFILES_FILE"
DEFAULT_PROFILE = "regulation"

STEP = 0.01
"""Every credit is a multiple of it; the fair order of equal offers counts for less."""


class ProfilesFileInvalid(ValueError):
    """The file of profiles cannot be used; the message gives the place and the reason."""


def _whole_steps(credit: float) -> float:
    steps = round(credit / STEP)
    if abs(credit - steps * STEP) > STEP / 1000:
        raise ValueError(f"a credit is a multiple of {STEP}")
    return steps / round(1 / STEP)


Credit = Annotated[float, Field(ge=0, lt=1), AfterValidator(_whole_steps)]
"""Share of the radius by which an offer counts as nearer."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Soon(_Table):
    """Credits of a slot by its start; ``today`` is counted in the zone of the search."""

    within_4_hours: Credit = 0.0
    today: Credit = 0.0


class StructureCredit(_Table):
    """Credit of structures that can absorb a patient; counts in mode ``beyond``."""

    credit: Credit = 0.0
    kinds: tuple[StructureKind, ...] = ()


class PreciseCredit(_Table):
    """Credit of a point whose distance can be trusted."""

    credit: Credit = 0.0
    precisions: tuple[Precision, ...] = ()


class Profile(_Table):
    """One way to weigh qualities against distance, inside a tier."""

    description: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    slot_type: dict[SlotType, Credit] = Field(default_factory=dict)
    soon: Soon = Soon()
    structure: StructureCredit = StructureCredit()
    precise_point: PreciseCredit = PreciseCredit()

    @model_validator(mode="after")
    def under_a_tier(self) -> Self:
        """Closeness (1 at most) and every credit together stay under the step of a tier, 2."""
        if self.highest > 1 - STEP:
            raise ValueError(f"credits add up to {self.highest:.2f}; keep them under 1")
        return self

    @property
    def highest(self) -> float:
        """The most that the credits of one offer can add up to."""
        return (
            max(self.slot_type.values(), default=0.0)
            + max(self.soon.within_4_hours, self.soon.today)
            + self.structure.credit
            + self.precise_point.credit
        )


ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]


class _ProfileTable(RootModel[dict[ProfileName, Profile]]):
    @model_validator(mode="after")
    def default_is_there(self) -> Self:
        if DEFAULT_PROFILE not in self.root:
            raise ValueError(f"the profile {DEFAULT_PROFILE!r} is missing: searches use it")
        return self


def load_profiles(path: Path | None = None) -> Mapping[str, Profile]:
    """The profiles by name, from ``path``, else ``SAS_PROFILES_FILE``, else ours; read once.

    Raises ``ProfilesFileInvalid`` when the file is missing or a credit is out of bounds.
    """
    return _read(path or Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE))


def find_profile(name: str, profiles: Mapping[str, Profile]) -> Profile:
    """The profile, or ``UnknownCode`` naming those that exist."""
    found = profiles.get(name)
    if found is None:
        known = ", ".join(sorted(profiles))
        raise UnknownCode(
            f"Ce profil de classement n'existe pas ; connus : {known}.", field="profile"
        )
    return found


@cache
def _read(path: Path) -> Mapping[str, Profile]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return MappingProxyType(_ProfileTable.model_validate(table).root)
    except OSError as error:
        raise ProfilesFileInvalid(f"{path} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ProfilesFileInvalid(f"{path} is not a table of ranking profiles: {error}") from error
