"""The shape of the answers, for the documentation only: nothing is validated on the way out.

``tests/api/test_openapi.py`` holds real answers against these models, unknown members refused.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Base of every documented shape; a member whose value is unknown is absent."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class CodeLabel(Shape):
    """A concept of a terminology, with the label to display."""

    code: str
    label: str | None = None
    system: str | None = None


class Practitioner(Shape):
    """Who gives the offer."""

    rpps: str | None = None
    family: str | None = None
    given: str | None = None


class Place(Shape):
    """Where the offer is given; the commune only for an SOS Médecins point."""

    name: str | None = None
    lines: list[str] | None = None
    postal_code: str | None = None
    city: str | None = None
    insee: str | None = None
    department: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None
    """`housenumber`, `street`, `locality` or `municipality`."""
    timezone: str
    """IANA zone in which the days of the slots are counted."""


class OpeningReason(Shape):
    """What closes the place beside its hours: an announced absence, or a public holiday."""

    code: Literal["absence", "holiday"]
    label: str
    """In French: `jour férié (Noël)`."""


class Opening(Shape):
    """Open now, and until when; when closed, `until` is the next opening."""

    now: bool
    until: str | None = None
    reason: OpeningReason | None = None


class CptsRef(Shape):
    """A territorial community of professionals."""

    finess: str
    name: str | None = None


class Participation(Shape):
    """Part in the SAS, and through what: `own`, `cpts`, `msp`, `sos`."""

    sas: bool
    via: list[str] | None = None
    cpts: CptsRef | None = None


class Slot(Shape):
    """One slot that shows: instants in UTC, and the local start with its offset."""

    slot: str
    start: str
    end: str
    start_local: str
    types: list[str]
    consultation: list[str] | None = None
    reasons: list[str] | None = None
    appointment: str | None = None
    source: str
    seats_max: int | None = None
    seats_taken: int | None = None
    cpts: list[CptsRef] | None = None
    url: str | None = None
    url_with_origin: str | None = None
    """The booking link to open, with exactly one `origin` parameter."""


class Day(Shape):
    """The slots of one local date of the place."""

    date: str
    slots: list[Slot]


class Availability(Shape):
    """Every date of the window, and the first start in UTC."""

    next_start: str | None = None
    days: list[Day]


class RankPart(Shape):
    """One addend of the effort in minutes, negative when credited; `km`: the distance of travel."""

    name: str
    label: str
    """In French words."""
    minutes: float
    km: float | None = None


class Rank(Shape):
    """Why the card stands there. Tiers count from 1 and never decrease over the pages; nor do bands
    inside a tier."""

    tier: int
    label: str
    """Why, in one French clause."""
    minutes: float | None = None
    """The patient's effort: the sum of the parts, to a tenth; absent in another sort."""
    band: int | None = None
    """Offers of one band are drawn; absent where distance decides."""
    parts: list[RankPart]


class HomeVisit(Shape):
    """Whether an offer declares to visit the patient's commune."""

    covered: bool
    """False where no coverage is known: the distance then counts as a travel."""
    label: str
    """In French: `zone de visite inconnue`."""


class OfferCard(Shape):
    """One thing a regulator can send a patient to."""

    id: str
    kind: str
    structure_kind: str | None = None
    category: CodeLabel | None = None
    """The FINESS category of a structure."""
    maternity_level: str | None = None
    """`1`, `2A`, `2B` or `3`, of a hospital that delivers."""
    emergency: bool | None = None
    """The hospital has an emergency department."""
    title: str
    association: str | None = None
    practitioner: Practitioner | None = None
    profession: CodeLabel | None = None
    specialties: list[CodeLabel] | None = None
    sector: str | None = None
    optam: bool | None = None
    """The tariff option of moderated fees (OPTAM) is known to be chosen."""
    vitale: bool | None = None
    """Whether the Carte Vitale is taken; absent when unknown."""
    place: Place
    phones: list[str] | None = None
    open: Opening | None = None
    absent_until: str | None = None
    """End of the absence that holds now, local time with its offset; absent without one."""
    participation: Participation
    accepts_beyond: bool
    availability: Availability
    additional_info: str | None = None
    sources: dict[str, Any]


class BestMember(Shape):
    """The member of a CPTS whose rank its card takes."""

    id: str
    title: str
    profession: CodeLabel | None = None
    distance_km: float | None = None
    next_start: str | None = None


class FirstMember(Shape):
    """One of the best members of a CPTS, whom to call and when."""

    id: str
    kind: str
    title: str
    profession: CodeLabel | None = None
    distance_km: float | None = None
    phones: list[str] | None = None
    place: Place
    open: Opening | None = None
    availability: Availability


class MemberGroup(Shape):
    """What stands behind the card of a CPTS: `/v1/cpts/{finess}/members` with the same criteria
    gives them all."""

    finess: str
    members: int
    best: BestMember
    first: list[FirstMember]
    """The three best members in their order, the one whose rank the card takes first."""


class AnyCard(OfferCard):
    """An offer, or the CPTS behind whose card it stands."""

    distance_km: float | None = None
    """Only from a patient's own point; a CPTS has none."""
    group: MemberGroup | None = None


class OtherPlace(Shape):
    """A further place of the same professional, among the offers that the page read: what differs
    there from the card."""

    id: str
    place: Place
    distance_km: float | None = None
    phones: list[str] | None = None
    open: Opening | None = None
    absent_until: str | None = None
    accepts_beyond: bool
    availability: Availability


class ResultCard(AnyCard):
    """A card in a list of results: one person at the first of his places."""

    rank: Rank
    home_visit: HomeVisit | None = None
    """Where home visits alone are searched."""
    also_at: list[OtherPlace] | None = None
    """His further places on this page, in their order; absent without any."""


class PinnedCard(OfferCard):
    """A place of the treating doctor, with what to know before calling."""

    distance_km: float | None = None
    without_slot: bool
    out_of_area: bool
    absent: bool


class Total(Shape):
    """How many offers answer over all pages; always exact."""

    value: int
    relation: str


class People(Shape):
    """How many people the offers are, a structure as one, members of CPTS included."""

    value: int
    relation: str
    """`eq`; `gte` where more than some 15,000 people answer."""


class OfferSlots(Availability):
    """The slots of one offer over the default window."""

    id: str


class CptsList(Shape):
    """The CPTS whose territory holds a commune."""

    insee: str
    label: str
    results: list[OfferCard]


class Fault(Shape):
    """One criterion at fault."""

    field: str
    detail: str


class ProblemDocument(Shape):
    """RFC 9457 problem: a stable `code`, sentences in French, nothing of what was asked."""

    type: str
    status: int
    code: str
    title: str
    detail: str
    field: str | None = None
    remedy: str
    request_id: str
    errors: list[Fault] | None = None


class Alive(Shape):
    """The process serves."""

    status: str


class Ready(Shape):
    """What the service searches."""

    status: str
    alias: str
    index: str
    schema_version: int
    offers: int


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route's own; ``api.openapi`` adds those of every route."""
    return {status: {"model": ProblemDocument} for status in statuses}
