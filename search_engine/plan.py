"""One search, resolved: all that the query, the ranking and the page need to agree on."""

from dataclasses import dataclass, replace

from search_engine.area import Area
from search_engine.availability import SlotRule, asked_slots
from search_engine.criteria import Criteria, Mode, Sort
from search_engine.interpretation import Interpretation
from search_engine.profiles import Profile
from search_engine.window import Window


@dataclass(frozen=True, slots=True)
class Plan:
    """What is looked for, where, when and in which order.

    ``without_rpps`` is the treating doctor, shown apart. ``fuzzy`` lets near spellings of a
    name in. ``seed`` decides the fair order of a search without a patient's point.
    """

    criteria: Criteria
    meaning: Interpretation
    area: Area
    window: Window
    mode: Mode
    profile: Profile
    seed: int
    slots: SlotRule
    without_rpps: str | None = None
    fuzzy: bool = False

    @property
    def slot_needed(self) -> bool:
        """Only offers with a slot answer (F041)."""
        return self.mode is Mode.AVAILABLE

    @property
    def participants_first(self) -> bool:
        """Participation is a tier where everybody may answer (F023)."""
        return self.mode in (Mode.AVAILABLE, Mode.ALL)

    @property
    def enlarged(self) -> bool:
        """The radius was grown: offers of the first circle stay before the ring."""
        return self.area.first_radius_km is not None

    @property
    def weighs_qualities(self) -> bool:
        """The order inside a tier is the in-tier number, not a field."""
        return self.criteria.sort is Sort.BEST

    def within(self, radius_km: float) -> "Plan":
        """The same search over a larger circle."""
        first = self.area.first_radius_km or self.area.radius_km
        return replace(self, area=replace(self.area, radius_km=radius_km, first_radius_km=first))


def plan_of(
    criteria: Criteria,
    meaning: Interpretation,
    area: Area,
    window: Window,
    *,
    profile: Profile,
    seed: int,
) -> Plan:
    """The plan of a first attempt, on the first circle and without near spellings."""
    return Plan(
        criteria=criteria,
        meaning=meaning,
        area=area,
        window=window,
        mode=mode_of(criteria, meaning),
        profile=profile,
        seed=seed,
        slots=asked_slots(criteria, window),
    )


def mode_of(criteria: Criteria, meaning: Interpretation) -> Mode:
    """The mode of the search: a structure word does not wait for slots (F031)."""
    if meaning.structure_word and criteria.mode is Mode.AVAILABLE:
        return Mode.ALL
    return criteria.mode
