"""The records that go into and come out of the index, as plain typed dictionaries.

They stay dictionaries from the reader to the response: no object is built per document on a
hot path. A key whose value is unknown is absent, never None.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict

IdKind = Literal["FINESS", "SIRET", "RPPS_RANG", "ADELI_RANG"]


class Kind(StrEnum):
    """What an offer is."""

    PROFESSIONAL = "professional"
    STRUCTURE = "structure"
    SOS_POINT = "sos_point"
    CPTS = "cpts"
    SOLUTION = "solution"


class StructureKind(StrEnum):
    """What a structure is, from its FINESS category (TRE_R397)."""

    HEALTH_CENTRE = "health_centre"
    MSP = "msp"
    PHARMACY = "pharmacy"
    UNSCHEDULED_CARE = "unscheduled_care"
    LABORATORY = "laboratory"
    HOSPITAL = "hospital"
    BIRTH_CENTRE = "birth_centre"
    OTHER = "other"


class SlotType(StrEnum):
    """Who a slot is offered to (TRE_R314-TypeCreneau)."""

    PUBLIC = "PUBLIC"
    PRO = "PRO"
    SNP = "SNP"
    CPTS = "CPTS"


AUDIENCES: Mapping[str, tuple[SlotType, ...]] = MappingProxyType(
    {
        "regulator": (SlotType.PUBLIC, SlotType.PRO, SlotType.SNP, SlotType.CPTS),
        "professional": (SlotType.PUBLIC, SlotType.PRO),
        "public": (SlotType.PUBLIC,),
    }
)
"""Who reads slots, by the types of those he may see."""


class Consultation(StrEnum):
    """Where the patient is seen (v3-ActCode): office, home visit, remote."""

    AMB = "AMB"
    HH = "HH"
    VR = "VR"


class Appointment(StrEnum):
    """Whether a slot can be booked (v2-0276)."""

    ROUTINE = "ROUTINE"
    WALKIN = "WALKIN"


class Via(StrEnum):
    """How a professional takes part in the SAS (F100): own practice, CPTS, MSP, SOS Médecins."""

    OWN = "own"
    CPTS = "cpts"
    MSP = "msp"
    SOS = "sos"


class Precision(StrEnum):
    """How precise a point is; the order is from best to worst."""

    HOUSENUMBER = "housenumber"
    STREET = "street"
    LOCALITY = "locality"
    MUNICIPALITY = "municipality"


class SlotPractitioner(TypedDict, total=False):
    """Who gives the slot; ``idnps`` keeps its prefix as exchanged."""

    idnps: str
    family: str
    given: str


class SlotStructure(TypedDict, total=False):
    """The structure the slot belongs to; ``idnst`` keeps its prefix as exchanged."""

    idnst: str
    kind: IdKind


class SlotPlace(TypedDict, total=False):
    """Where the slot takes place, as the editor writes it."""

    line: str
    postal_code: str
    city: str
    identifiers: list[str]
    name: str
    hours: list[dict[str, Any]]


class SlotCpts(TypedDict, total=False):
    """A CPTS the slot is offered through; ``finess`` keeps its prefix as exchanged."""

    finess: str
    name: str
    phone: str


class SlotAssociation(TypedDict, total=False):
    """The SOS Médecins association of the slot; ``siret`` keeps its prefix as exchanged."""

    siret: str
    name: str


class SlotSpecialty(TypedDict, total=False):
    """A speciality the editor attached: a TRE_R38 code, or its text when no code is known."""

    code: str
    text: str


class CanonicalSlot(TypedDict):
    """One slot as printed by ``sas slots parse``: instants in UTC, keys absent when unknown."""

    slot: str
    start: str
    end: str
    types: list[str]
    consultation: NotRequired[list[str]]
    reasons: NotRequired[list[str]]
    specialties: NotRequired[list[SlotSpecialty]]
    appointment: NotRequired[str]
    url: NotRequired[str]
    url_with_origin: NotRequired[str]
    practitioner: NotRequired[SlotPractitioner]
    phone: NotRequired[str]
    structure: NotRequired[SlotStructure]
    place: NotRequired[SlotPlace]
    cpts: NotRequired[list[SlotCpts]]
    sos: NotRequired[SlotAssociation]
    source: NotRequired[str]
    seats_max: NotRequired[int]
    seats_taken: NotRequired[int]


MAX_OVERLAP_INSTANT_GAP = timedelta(hours=4)
"""The narrowest horizon of a search (F077)."""


class StoredSlot(TypedDict):
    """One slot nested in its offer.

    ``types`` are the types that show, after the coherence rules; ``declared_types`` are those
    the source sent, kept so that a changed participation or absence can be applied again.
    A slot whose ``types`` is empty is invisible and ``hidden`` says why. ``marks`` are instants of
    the slot, its first and its last second among them,
    ``MAX_OVERLAP_INSTANT_GAP`` from each other at most: any
    stretch of time as long as that which the slot overlaps holds one of them.
    """

    id: str
    start: str
    end: str
    marks: list[str]
    types: list[str]
    declared_types: list[str]
    source: str
    seen_at: str
    hidden: NotRequired[str]
    consultation: NotRequired[list[str]]
    appointment: NotRequired[str]
    cpts: NotRequired[list[str]]
    reasons: NotRequired[list[str]]
    url: NotRequired[str]
    seats_max: NotRequired[int]
    seats_left: NotRequired[int]


class Bookable(TypedDict):
    """What the slots of an offer say together, so that they need not be walked to be counted.

    Instants, of slots with a seat left but for ``last``, the latest start of all. ``types``: the
    latest start by type that shows. By audience: ``starts``; ``marks``, first and last seconds;
    ``consultation``, the latest start by way of consulting.
    """

    last: str
    types: dict[str, str]
    starts: dict[str, list[str]]
    marks: dict[str, list[str]]
    consultation: dict[str, dict[str, str]]


class GeoPoint(TypedDict):
    """A WGS84 point in degrees; zero is a coordinate."""

    lat: float
    lon: float


class DateRange(TypedDict):
    """Instants in UTC: ``gte`` included, ``lt`` excluded."""

    gte: str
    lt: str


class MinuteRange(TypedDict):
    """Minutes of the local week, Monday 00:00 is 0: ``gte`` included, ``lt`` excluded."""

    gte: int
    lt: int


class SourceMark(TypedDict, total=False):
    """Where a fact of the card comes from and of which day."""

    source: str
    date: str


class Offer(TypedDict):
    """One document of the index. Identifiers without prefix, except ``idnst``."""

    id: str
    kind: str
    title: str
    names: list[str]
    fair_key: int
    zone: str
    department: str
    sources: dict[str, SourceMark]

    labels: NotRequired[list[str]]
    structure_kind: NotRequired[str]
    category: NotRequired[str]
    rpps: NotRequired[str]
    adeli: NotRequired[list[str]]
    finess: NotRequired[str]
    siret: NotRequired[str]
    idnst: NotRequired[str]
    idnsts: NotRequired[list[str]]
    """Every structure identifier of the place; ``idnst`` is the best one."""
    place_key: NotRequired[str]
    family: NotRequired[str]
    given: NotRequired[str]
    civility: NotRequired[str]
    profession: NotRequired[str]
    specialties: NotRequired[list[str]]
    specialty_groups: NotRequired[list[str]]
    sector: NotRequired[str]
    optam: NotRequired[bool]
    vitale: NotRequired[bool]
    """Convention sector, tariff option and Carte Vitale; absent when whose they are is in doubt."""
    activity_sector: NotRequired[str]

    participant: NotRequired[bool]
    via: NotRequired[list[str]]
    accepts_beyond: NotRequired[bool]
    reorientation: NotRequired[bool]
    editor_disabled: NotRequired[bool]
    cpts: NotRequired[list[str]]
    cpts_name: NotRequired[str]
    cpts_phones: NotRequired[list[str]]
    association: NotRequired[str]
    covers_insee: NotRequired[list[str]]
    covers_departments: NotRequired[list[str]]
    covers_km: NotRequired[float]
    solution_professions: NotRequired[list[str]]
    consultation: NotRequired[list[str]]
    """How a solution sees patients; the consultations of any other offer are its slots'."""
    link: NotRequired[str]

    point: NotRequired[GeoPoint]
    precision: NotRequired[str]
    place_name: NotRequired[str]
    lines: NotRequired[list[str]]
    postal_code: NotRequired[str]
    city: NotRequired[str]
    insee: NotRequired[str]
    territory: NotRequired[str]
    phones: NotRequired[list[str]]
    hours: NotRequired[dict[str, list[list[str]]]]
    open_minutes: NotRequired[list[MinuteRange]]
    """``hours`` on the clock of ``zone``, made by ``mappings.hours``."""
    maternity_level: NotRequired[str]
    emergency: NotRequired[bool]
    additional_info: NotRequired[str]

    absences: NotRequired[list[DateRange]]
    always_absent: NotRequired[bool]
    slots: NotRequired[list[StoredSlot]]
    bookable: NotRequired[list[Bookable]]
    """Of the slots, one or none; written with them (``slots.bookable``)."""
