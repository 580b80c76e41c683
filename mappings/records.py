"""The records that go into and come out of the index, as plain typed dictionaries.

They stay dictionaries from the reader to the response: no object is built per document on a
hot path. A key whose value is unknown is absent, never None.
"""

from datetime import timedelta
from enum import StrEnum
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


class Gender(StrEnum):
    """Gender of a professional, by his civility (FHIR administrative-gender)."""

    FEMALE = "female"
    MALE = "male"


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
    occurrence: NotRequired[str]
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

    ``types`` are the visible types, after the coherence rules; ``declared_types`` are those the
    source sent, kept so that a changed participation or absence can be applied again. A slot with
    no visible type is hidden, and ``hidden_reason`` gives the rule. ``overlap_instants`` are
    instants of the slot, its first and last second included, at most ``MAX_OVERLAP_INSTANT_GAP``
    apart: a time range at least that long overlaps the slot exactly when it holds one of them.
    ``received_at`` is when the source sent the slot.
    """

    id: str
    """Identifier given by the source."""
    start: str
    """First instant."""
    end: str
    """Last instant, excluded."""
    overlap_instants: list[str]
    """Instants inside the slot, at most 4 hours apart: a horizon that overlaps the slot holds
    one."""
    types: list[str]
    """Types that show, after the coherence rules; empty: hidden."""
    declared_types: list[str]
    """Types that the source sent."""
    source: str
    """Editor or agenda."""
    received_at: str
    """When the source last sent it."""
    hidden_reason: NotRequired[str]
    """Why no type shows."""
    consultation: NotRequired[list[str]]
    """AMB (office), HH (home), VR (remote)."""
    appointment: NotRequired[str]
    """ROUTINE (bookable) or WALKIN."""
    cpts: NotRequired[list[str]]
    """FINESS of the CPTS it is offered through."""
    reasons: NotRequired[list[str]]
    """Reasons of consultation."""
    url: NotRequired[str]
    """Booking link, http or https."""
    seats_max: NotRequired[int]
    """Seats of the slot (SAS agenda)."""
    seats_left: NotRequired[int]
    """Seats still free."""


class GeoPoint(TypedDict):
    """A WGS84 point in degrees; zero is a coordinate."""

    lat: float
    lon: float


class DateRange(TypedDict):
    """Instants in UTC: ``gte`` included, ``lt`` excluded."""

    gte: str
    lt: str


class MinuteRange(TypedDict):
    """Minutes of ``mappings.hours``, Monday 00:00 is 0: ``gte`` included, ``lt`` excluded."""

    gte: int
    lt: int


class SourceMark(TypedDict, total=False):
    """Where a fact of the card comes from and of which day."""

    source: str
    date: str


class OrientationsToday(TypedDict):
    """Orientations given on one ``day`` of the place (ISO date), without those cancelled since."""

    day: str
    count: int


class Offer(TypedDict):
    """One document of the index. Identifiers without prefix, except ``idnst``."""

    id: str
    """Stable and readable: ``rpps:<11 digits>@<place key>``, ``finess:<9>``,
    ``sos:<siret>:<place id>``, ``cpts:<finess>``, ``solution:<editor>:<key>``."""
    kind: str
    """professional, structure, sos_point, cpts or solution."""
    title: str
    """Name shown on the card."""
    names: list[str]
    """Every spelling of its own name, for name searches: joined words (LEGALL) and initials too."""
    fair_key: int
    """Stable random integer: order of offers that are equal otherwise."""
    timezone: str
    """IANA time zone of the place."""
    department: str
    """Department or collectivity code, such as 48, 2A, 971."""
    sources: dict[str, SourceMark]
    """Source and day of each group of facts."""

    place_names: NotRequired[list[str]]
    """Signs and names of the place of a professional, apart from his own."""
    structure_words: NotRequired[list[str]]
    """Of a structure, its name, the words for its category and its commune, searched together."""
    name_sound: NotRequired[list[str]]
    """Sound of each word of its own names, by ``mappings.names.sounds``."""
    family_words: NotRequired[list[str]]
    """Words of the family names of a professional, folded, joined and apart."""
    family_sound: NotRequired[list[str]]
    """Sounds of ``family_words``."""
    labels: NotRequired[list[str]]
    """Words for the speciality, profession or structure, for text searches."""
    structure_kind: NotRequired[str]
    """Kind of structure, such as msp, pharmacy, hospital."""
    category: NotRequired[str]
    """FINESS category (TRE_R397)."""
    rpps: NotRequired[str]
    """11 digits."""
    adeli: NotRequired[list[str]]
    """Former ADELI numbers: aliases of the RPPS."""
    finess: NotRequired[str]
    """9 characters, of the site."""
    siret: NotRequired[str]
    """14 digits."""
    idnst: NotRequired[str]
    """Best structure identifier of the place, with its prefix: 1 FINESS, 3 SIRET, 4 RPPS-rang."""
    idnsts: NotRequired[list[str]]
    """Every structure identifier of the place; ``idnst`` is the best one."""
    place_key: NotRequired[str]
    """Key of the place: ``idnst``, else a digest of the normalised address."""
    family: NotRequired[str]
    """Family name."""
    given: NotRequired[str]
    """Given names."""
    civility: NotRequired[str]
    """Title, such as Dr."""
    gender: NotRequired[str]
    """female or male, by the civility of the register (M, MME, MLLE); absent when unknown."""
    profession: NotRequired[str]
    """Code of TRE_G15."""
    specialties: NotRequired[list[str]]
    """Codes of TRE_R38."""
    specialty_groups: NotRequired[list[str]]
    """Specialities with both sides of a reform, for filters."""
    sector: NotRequired[str]
    """Convention sector, 0 to 4 (Ameli)."""
    optam: NotRequired[bool]
    """Tariff option OPTAM."""
    vitale: NotRequired[bool]
    """Takes the Carte Vitale; absent, as ``sector`` and ``optam``, when the match is in doubt."""
    activity_sector: NotRequired[str]
    """RPPS sector of activity, such as SA07."""

    participant: NotRequired[bool]
    """Takes part in the SAS."""
    via: NotRequired[list[str]]
    """How: own, cpts, msp, sos; of those alone who take part."""
    accepts_beyond: NotRequired[bool]
    """Accepts patients beyond the schedule (surnuméraire)."""
    reorientation: NotRequired[bool]
    """Takes part in re-orientation."""
    editor_disabled: NotRequired[bool]
    """Refuses the slots of editors."""
    cpts: NotRequired[list[str]]
    """FINESS of the CPTS of the place."""
    cpts_name: NotRequired[str]
    """Name of that CPTS."""
    cpts_phones: NotRequired[list[str]]
    """Phones of that CPTS."""
    association: NotRequired[str]
    """Name of the SOS Médecins association."""
    covers_insee: NotRequired[list[str]]
    """Communes that a CPTS or a solution covers."""
    covers_departments: NotRequired[list[str]]
    """Departments that a solution covers."""
    covers_km: NotRequired[float]
    """Radius in km that a solution covers around its point."""
    solution_professions: NotRequired[list[str]]
    """Professions that a solution serves."""
    consultation: NotRequired[list[str]]
    """How a solution sees patients; the consultations of any other offer are its slots'."""
    link: NotRequired[str]
    """Address to which a solution redirects."""

    point: NotRequired[GeoPoint]
    """WGS84 degrees."""
    precision: NotRequired[str]
    """housenumber, street, locality or municipality."""
    place_name: NotRequired[str]
    """Name of the place, when it has one."""
    lines: NotRequired[list[str]]
    """Address lines before postcode and city."""
    postal_code: NotRequired[str]
    """Postcode."""
    city: NotRequired[str]
    """City."""
    insee: NotRequired[str]
    """INSEE code of the commune; arrondissements are kept."""
    territory: NotRequired[str]
    """SAS territory, such as SAS-48."""
    phones: NotRequired[list[str]]
    """E.164 numbers."""
    hours: NotRequired[dict[str, list[list[str]]]]
    """Opening hours by weekday and ``holiday``, as pairs of local times."""
    open_minutes: NotRequired[list[MinuteRange]]
    """``hours`` on the clock of ``timezone``, made by ``mappings.hours``."""
    maternity_level: NotRequired[str]
    """1, 2A, 2B or 3."""
    emergency: NotRequired[bool]
    """Has an emergency department."""
    additional_info: NotRequired[str]
    """Text for regulators, up to 1,000 characters."""

    absences: NotRequired[list[DateRange]]
    """Announced absences."""
    always_absent: NotRequired[bool]
    """Absent without an end."""
    slots: NotRequired[list[StoredSlot]]
    """Slots of every source."""
    answered_at: NotRequired[dict[str, str]]
    """By source of slots, the instant of its last answer, an empty one included: UTC text to the
    microsecond. Of two answers of a source the later one holds."""
    person_key: NotRequired[str]
    """The RPPS of the professional, else the offer id: his places are one person."""
    landmass: NotRequired[str]
    """Mainland or island of the place: id of ``landmasses.csv``."""
    zone: NotRequired[list[str]]
    """Shores or valleys that hold the place, between which the way around adds minutes: ids of
    ``shore_zones.csv``."""
    orientations_today: NotRequired[OrientationsToday]
    """Last ``day`` of the place on which orientations were given, and their ``count``."""
