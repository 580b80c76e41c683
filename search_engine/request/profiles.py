"""Ranking profiles: the order of the results in minutes of a patient's effort, read from a table.

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
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mappings.records import SlotType, StructureKind
from search_engine.request.problems import UnknownCode

DEFAULT_FILE = Path(__file__).with_name("profiles.toml")
FILE_VARIABLE = "SAS_PROFILES_FILE"
DEFAULT_PROFILE = "regulation"

MOST_MINUTES = 63
"""Highest sum of the credits of one slot, and of the credits and debits of one offer: each sum is
one digit of the score (``search_engine.query.order.script``)."""


class ProfilesFileInvalid(ValueError):
    """The file of profiles cannot be used; the message gives the place and the reason."""


Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]
"""Whole minutes of a patient's effort."""

Reason = Annotated[str, StringConstraints(max_length=200)]
"""Why the row counts what it counts."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Travel(_Table):
    """Minutes of one kilometre, by the density of the patient's area; ``without_car``: how many
    times as many for a patient without a car."""

    dense: float = Field(1.0, gt=0, le=10)
    urban: float = Field(1.0, gt=0, le=10)
    mixed: float = Field(1.0, gt=0, le=10)
    rural: float = Field(1.0, gt=0, le=10)
    without_car: float = Field(1.0, ge=1, le=10)
    why: Reason = ""


class SeenWithin(_Table):
    """Credits of a slot by the hours before it starts, one of them.

    ``night_hours``: the row that is the best one, between 20:00 and 08:00, for a slot after 08:00.
    """

    credits: dict[int, Minutes] = Field(default_factory=dict)
    night_hours: int | None = None
    why: Reason = ""

    @model_validator(mode="after")
    def sooner_is_better(self) -> Self:
        """Later rows never count more, and the row of the night is one of them."""
        in_order = [self.credits[hours] for hours in sorted(self.credits)]
        if in_order != sorted(in_order, reverse=True):
            raise ValueError("a later start counts more than an earlier one")
        if self.night_hours is not None and self.night_hours not in self.credits:
            raise ValueError(f"night_hours names no row: {self.night_hours}")
        return self


class SlotTypeCredits(_Table):
    """Credits by type of a slot that starts within so many hours: the highest of its types."""

    credits: dict[SlotType, Minutes] = Field(default_factory=dict)
    within_hours: float = Field(24, gt=0, le=72)
    why: Reason = ""


class Credit(_Table):
    """One credit."""

    credit: Minutes = 0
    why: Reason = ""


class MomentDebit(_Table):
    """Debit of whatever is later than the moment wished in words; ``soon_hours``: how long a wish
    without an hour (``urgent``) waits."""

    debit: Minutes = 0
    soon_hours: float = Field(4, gt=0, le=72)
    why: Reason = ""


class StructureCredit(_Table):
    """Credit of structures that can absorb a patient; counts in mode ``beyond``."""

    credit: Minutes = 0
    kinds: tuple[StructureKind, ...] = ()
    why: Reason = ""


class Debit(_Table):
    """One debit."""

    debit: Minutes = 0
    why: Reason = ""


class AskedDebit(_Table):
    """Debit of each orientation given or accepted today, ``most`` of them at most."""

    debit: Minutes = 0
    most: int = Field(0, ge=0, le=MOST_MINUTES)
    why: Reason = ""


class Profile(_Table):
    """One way to order offers.

    ``participants_first``: participation is a tier, whatever the effort. ``band_minutes``: width of
    the bands of effort in which offers are drawn; 0 orders by distance alone, and draws where there
    is no patient's point.
    """

    description: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    participants_first: bool = False
    band_minutes: int = Field(0, ge=0, le=60)
    travel: Travel = Travel()
    seen_within: SeenWithin = SeenWithin()
    open_now: Credit = Credit()
    moment: MomentDebit = MomentDebit()
    gender: Credit = Credit()
    participation: Credit = Credit()
    slot_type: SlotTypeCredits = SlotTypeCredits()
    certain: Credit = Credit()
    practice: Credit = Credit()
    asked: AskedDebit = AskedDebit()
    commune_only: Debit = Debit()
    absorbs: StructureCredit = StructureCredit()

    @model_validator(mode="after")
    def fits_the_score(self) -> Self:
        """Every sum is a digit of the score."""
        sums = {"a slot": self.highest_slot, "an offer": self.highest_offer}
        for name, total in sums.items():
            if total > MOST_MINUTES:
                raise ValueError(f"credits of {name} add up to {total}; keep them to 63 minutes")
        return self

    @model_validator(mode="after")
    def counts_in_bands(self) -> Self:
        """Minutes of credits are nothing where distance alone decides."""
        if not self.band_minutes and self.highest_slot + self.highest_offer + self.highest_asked:
            raise ValueError("credits and debits need bands: give band_minutes")
        return self

    @property
    def highest_slot(self) -> int:
        """The most minutes that one slot, or a place open now, can be credited with: being in time
        counts as the debit of those that are not."""
        slot = (
            max(self.seen_within.credits.values(), default=0)
            + max(self.slot_type.credits.values(), default=0)
            + self.certain.credit
        )
        return max(slot, self.open_now.credit) + self.moment.debit

    @property
    def highest_offer(self) -> int:
        """The most minutes between two offers without a slot, at one distance, asked as often."""
        rows = (self.participation, self.practice, self.absorbs, self.gender)
        return sum(row.credit for row in rows) + self.commune_only.debit

    @property
    def highest_debit(self) -> int:
        """The most minutes that an offer can lose."""
        return self.commune_only.debit + self.highest_asked + self.moment.debit

    @property
    def highest_asked(self) -> int:
        """The most minutes that an offer can lose by the orientations of the day."""
        return self.asked.debit * self.asked.most


ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]


class _ProfileTable(RootModel[dict[ProfileName, Profile]]):
    @model_validator(mode="after")
    def default_is_there(self) -> Self:
        if DEFAULT_PROFILE not in self.root:
            raise ValueError(f"the profile {DEFAULT_PROFILE!r} is missing: searches use it")
        return self


def load_profiles(path: Path | None = None) -> Mapping[str, Profile]:
    """The profiles by name, from ``path``, else ``SAS_PROFILES_FILE``, else ours; read once.

    Raises ``ProfilesFileInvalid`` when the file is missing or a number is out of bounds.
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
