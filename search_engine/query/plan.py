"""The two values of a search: the request as resolved, and the plan that decides how it is run."""

from collections.abc import Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from geography.density import DensityClass
from geography.departments import METROPOLE_ZONE
from geography.ground import Ground
from mappings.records import Consultation, Kind
from search_engine.query.availability import SLOT_FILTERS, SlotRule, build_slot_rule
from search_engine.query.order.effort import MAINLAND_GROUND, NO_PRACTICE, Practice
from search_engine.request.area import Area, AreaScope
from search_engine.request.criteria import Criteria, Mode, Sort
from search_engine.request.interpretation import Interpretation
from search_engine.request.patient_ground import find_patient_density, find_patient_ground
from search_engine.request.profiles import Profile
from search_engine.request.typed_line import UsedPart
from search_engine.request.window import SearchWindow
from search_engine.request.wishes import NO_WISHES, Wishes

_selected_on_slots = attrgetter(*SLOT_FILTERS)


class LineUse(NamedTuple):
    """What a search makes of the line: the parts and what each does, and what none could use.

    ``asked`` are the criteria as they came, without those that the line sets. ``read`` is False
    where codes came instead of words. ``attempt`` counts the searches of the line before this one,
    which found nobody.
    """

    asked: Criteria
    read: bool = False
    parts: tuple[UsedPart, ...] = ()
    unused: tuple[str, ...] = ()
    attempt: int = 0


class ResolvedRequest(NamedTuple):
    """The request after resolution of its text, place, window and seed. It depends on no answer.

    ``area`` is the first circle, or the department; what a remote search goes over is decided by
    its plan. ``seed`` decides the fair order of a search
    without a patient's point. ``line`` is what this search makes of the text. ``without_rpps`` is
    the treating doctor, shown apart. ``practice`` is where his colleagues are, when he is absent or
    full. ``density`` is how densely people live around the patient, ``ground`` his landmass and
    shore. ``wishes`` are those of the words of the line, which hide nobody. ``titled``: a doctor is
    named, by his civility.
    """

    criteria: Criteria
    meaning: Interpretation
    area: Area
    window: SearchWindow
    profile: Profile
    seed: int
    mode: Mode
    slots: SlotRule
    line: LineUse
    without_rpps: str | None = None
    practice: Practice = NO_PRACTICE
    density: DensityClass = DensityClass.RURAL
    ground: Ground = MAINLAND_GROUND
    wishes: Wishes = NO_WISHES
    titled: bool = False

    @property
    def is_far(self) -> bool:
        """An exact name is looked for beyond every circle of the ordinary search."""
        return self.meaning.exact_only and self.area.first_radius_km is not None

    @property
    def slot_needed(self) -> bool:
        """Only offers with a slot match (F041), in every mode when a filter on slots is set."""
        return self.mode is Mode.AVAILABLE or self.slots_chosen

    @property
    def slots_chosen(self) -> bool:
        """A filter on slots is selected."""
        return any(_selected_on_slots(self.criteria))

    @property
    def is_remote(self) -> bool:
        """Only remote consultations are searched: nobody travels, nor crosses water."""
        return self.criteria.consultation == [Consultation.VR]

    @property
    def is_home(self) -> bool:
        """Only home visits are searched: who declares that he comes lets nobody travel."""
        return self.criteria.consultation == [Consultation.HH]

    @property
    def can_group_cpts(self) -> bool:
        """Members of a CPTS are grouped into its card (F091).

        Never in a search by name, nor where the CPTS themselves are searched.
        """
        return (
            self.criteria.group_cpts
            and self.criteria.cpts is None
            and not self.meaning.names_somebody
            and Kind.CPTS not in self.meaning.offer_kinds
        )

    @property
    def participants_first(self) -> bool:
        """Participation is a tier where the profile says so, in the modes open to every offer
        (F023)."""
        return self.profile.participants_first and self.mode in (Mode.AVAILABLE, Mode.ALL)

    @property
    def weighs_effort(self) -> bool:
        """The profile decides the order inside a tier, not another sort."""
        return self.criteria.sort is Sort.BEST

    def with_criteria(self, update: Mapping[str, Any]) -> "ResolvedRequest":
        """The same place, window and seed with other criteria."""
        criteria = self.criteria.model_copy(update=dict(update))
        return self._replace(
            criteria=criteria,
            mode=effective_mode(criteria, self.meaning),
            slots=build_slot_rule(
                criteria, self.window, find_zones(criteria, self.meaning, self.area)
            ),
        )


class CptsGroups(NamedTuple):
    """By FINESS: the id of the best member of each covering CPTS, and how many members match."""

    best_members: Mapping[str, str] = MappingProxyType({})
    member_counts: Mapping[str, int] = MappingProxyType({})


class CursorPosition(NamedTuple):
    """Where a cursor resumes: sort values of the last card, and the groups of the first page."""

    after: tuple[Any, ...]
    groups: CptsGroups = CptsGroups()


class Plan(NamedTuple):
    """How one request is run: the circle chosen, the CPTS that group members, the spelling.

    ``area_cpts`` are the FINESS of the CPTS into whose cards members are grouped. ``fuzzy`` admits
    near spellings of a name. ``position`` is set on the pages read by cursor.
    """

    request: ResolvedRequest
    area: Area
    area_cpts: tuple[str, ...] = ()
    fuzzy: bool = False
    position: CursorPosition | None = None

    @property
    def first_page(self) -> bool:
        """Blocks beside the results come with the first page only."""
        return self.request.criteria.page == 1 and self.position is None

    @property
    def is_enlarged(self) -> bool:
        """The first area held too few: the radius was enlarged, or the territory left."""
        return self.area.first_radius_km is not None or self.area.scope is AreaScope.COUNTRY


def build_request(
    criteria: Criteria,
    meaning: Interpretation,
    area: Area,
    window: SearchWindow,
    *,
    profile: Profile,
    seed: int,
    line: LineUse | None = None,
    without_rpps: str | None = None,
    practice: Practice = NO_PRACTICE,
    wishes: Wishes = NO_WISHES,
    titled: bool = False,
) -> ResolvedRequest:
    """The resolved request, with the mode and the slot rule that follow from the criteria."""
    return ResolvedRequest(
        criteria=criteria,
        meaning=meaning,
        area=area,
        window=window,
        profile=profile,
        seed=seed,
        mode=effective_mode(criteria, meaning),
        slots=build_slot_rule(criteria, window, find_zones(criteria, meaning, area)),
        line=line or LineUse(criteria),
        without_rpps=without_rpps,
        practice=practice,
        density=find_patient_density(area),
        ground=find_patient_ground(area),
        wishes=wishes,
        titled=titled,
    )


def find_zones(criteria: Criteria, meaning: Interpretation, area: Area) -> tuple[str, ...]:
    """The zones that the place holds: the métropole has one, and nothing overseas is near it.

    None are named where the place does not bound the search: a number is found anywhere, a remote
    consultation in the whole country.
    """
    anywhere = meaning.has_number or criteria.consultation == [Consultation.VR]
    return () if anywhere or area.zone != METROPOLE_ZONE else (METROPOLE_ZONE,)


def effective_mode(criteria: Criteria, meaning: Interpretation) -> Mode:
    """The mode of the search: a structure word does not require slots (F031), nor does a name."""
    slotless = meaning.structure_word or meaning.names_somebody
    if slotless and criteria.mode is Mode.AVAILABLE:
        return Mode.ALL
    return criteria.mode
