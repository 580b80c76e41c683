"""One search, resolved: all that the query, the ranking and the page need to agree on."""

from collections.abc import Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from mappings.records import Kind
from search_engine.query.availability import SLOT_FILTERS, SlotRule, build_slot_rule
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria, Mode, Sort
from search_engine.request.interpretation import Interpretation
from search_engine.request.profiles import Profile
from search_engine.request.window import SearchWindow

NO_MEMBERS: Mapping[str, str] = MappingProxyType({})

_on_slots = attrgetter(*SLOT_FILTERS)


class Plan(NamedTuple):
    """What is looked for, where, when and in which order.

    ``without_rpps`` is the treating doctor, shown apart. ``fuzzy`` lets near spellings of a
    name in. ``seed`` decides the fair order of a search without a patient's point.
    ``covering`` are the FINESS of the CPTS behind whose cards members stand, ``representatives``
    the best member of each by FINESS, once known; ``beside`` the covering ones where the members of
    one CPTS alone are searched. ``after`` are the sort values of the last card
    seen in a walk by cursor.
    """

    criteria: Criteria
    meaning: Interpretation
    area: Area
    window: SearchWindow
    mode: Mode
    profile: Profile
    seed: int
    slots: SlotRule
    without_rpps: str | None = None
    fuzzy: bool = False
    area_cpts: tuple[str, ...] = ()
    best_member_by_cpts: Mapping[str, str] = NO_MEMBERS
    filtered_cpts: tuple[str, ...] = ()
    after: tuple[Any, ...] | None = None

    @property
    def first_page(self) -> bool:
        """What stands beside the results is told once, with the first of them."""
        return self.criteria.page == 1 and self.after is None

    @property
    def slot_needed(self) -> bool:
        """Only offers with a slot answer (F041), in every mode when the slot itself is filtered."""
        return self.mode is Mode.AVAILABLE or self.slots_chosen

    @property
    def slots_chosen(self) -> bool:
        """A filter on slots is selected."""
        return any(_on_slots(self.criteria))

    @property
    def can_group_cpts(self) -> bool:
        """Members of a CPTS stand behind its card (F091), unless somebody is looked for by name,
        or the CPTS themselves are what is looked for."""
        return (
            self.criteria.group_cpts
            and self.criteria.cpts is None
            and self.meaning.text is None
            and Kind.CPTS not in self.meaning.offer_kinds
        )

    @property
    def participants_first(self) -> bool:
        """Participation is a tier where everybody may answer (F023)."""
        return self.mode in (Mode.AVAILABLE, Mode.ALL)

    @property
    def is_enlarged(self) -> bool:
        """The radius was grown: offers of the first circle stay before the ring."""
        return self.area.first_radius_km is not None

    @property
    def weighs_qualities(self) -> bool:
        """The order inside a tier is the in-tier number, not a field."""
        return self.criteria.sort is Sort.BEST

    def without_cpts_filter(self) -> "Plan":
        """The same search, not restricted to the members of a CPTS."""
        if self.criteria.cpts is None:
            return self
        criteria = self.criteria.model_copy(update={"cpts": None})
        return self._replace(criteria=criteria, area_cpts=self.area_cpts or self.filtered_cpts)

    def with_radius(self, radius_km: float) -> "Plan":
        """The same search over a larger circle."""
        first = self.area.first_radius_km or self.area.radius_km
        return self._replace(area=self.area._replace(radius_km=radius_km, first_radius_km=first))


def build_plan(
    criteria: Criteria,
    meaning: Interpretation,
    area: Area,
    window: SearchWindow,
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
        mode=effective_mode(criteria, meaning),
        profile=profile,
        seed=seed,
        slots=build_slot_rule(criteria, window),
    )


def effective_mode(criteria: Criteria, meaning: Interpretation) -> Mode:
    """The mode of the search: a structure word does not wait for slots (F031)."""
    if meaning.structure_word and criteria.mode is Mode.AVAILABLE:
        return Mode.ALL
    return criteria.mode
