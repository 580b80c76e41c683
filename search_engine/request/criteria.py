"""The criteria of a search: one validated value for the page, LRM links and programs."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mappings import codes
from mappings.records import Consultation, Kind, SlotType, StructureKind, Via
from search_engine.understanding.read_what import read_search
from search_engine.understanding.reading import PartKind

MIN_LETTERS = 3
"""Shortest free text, in letters and digits (F002); a known word may be shorter ("MG")."""

MAX_TEXT = 200
"""Longest free text accepted, in characters."""

MAX_RESULTS = 10_000
"""Deepest result reachable by page and size, as the index allows."""

MAX_CURSOR = 6_000
"""Longest cursor given and accepted, in characters: with every criterion it fits in a link."""

MAX_RADIUS_KM = 500.0

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
OptionalText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)]
CursorText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=MAX_CURSOR)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,10}$")]


class Mode(StrEnum):
    """Which offers are looked for (design 8, F041, F042, F046)."""

    AVAILABLE = "available"
    ALL = "all"
    BEYOND = "beyond"
    REORIENTATION = "reorientation"


class Sort(StrEnum):
    """Order inside a tier: effort, distance, or first slot."""

    BEST = "best"
    DISTANCE = "distance"
    EARLIEST = "earliest"


class Role(StrEnum):
    """Who asks; decides which slot types show."""

    OSNP = "OSNP"
    IOA = "IOA"
    OTHER = "OTHER"


VISIBLE_TYPES: dict[Role, tuple[SlotType, ...]] = {
    Role.OSNP: (SlotType.PUBLIC, SlotType.PRO, SlotType.SNP, SlotType.CPTS),
    Role.IOA: (SlotType.PUBLIC, SlotType.PRO),
    Role.OTHER: (SlotType.PUBLIC,),
}

Horizon = Literal["0-4", "4-8", "8-12", "12-24", "24-48", "48-72"]
"""Hours from now; a slot counts in each range it overlaps (F077)."""


class SearchRequest(BaseModel):
    """What a caller may say of one search. At most one place: a point, a text, a commune or a
    department; without one, `what` says where."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    what: Text
    """Who is looked for, as people say it: `médecin généraliste`, `MG`, `otite enfant`,
    `kiné à domicile`, `Dr Dupont`, `pharmacie Mende`. At least 3 letters, or a known
    abbreviation."""
    lat: float | None = Field(None, ge=-90, le=90)
    """Latitude of the patient, WGS84 degrees; goes with `lon`. Zero is a coordinate."""
    lon: float | None = Field(None, ge=-180, le=180)
    """Longitude of the patient, WGS84 degrees; goes with `lat`."""
    where: Text | None = None
    """Place as text: an address, a commune, a district, an island, a postcode, a department, or
    coordinates in any usual form."""
    insee: Annotated[str, StringConstraints(pattern=r"^(\d{1,2}|2[ABab])\d{3}$")] | None = None
    """INSEE code of a commune, arrondissements and former codes included; a lost leading zero is
    restored."""
    department: Annotated[str, StringConstraints(pattern=r"^(\d{1,3}|2[ABab])$")] | None = None
    """Department code: `48`, `1`, `2a`, `971`. Only its own offers are searched."""
    radius_km: float | None = Field(None, gt=0, le=MAX_RADIUS_KM)
    """Radius around the place in kilometres; default: the city radius of the department. An
    explicit radius is never enlarged."""
    mode: Mode = Mode.AVAILABLE
    """`available`: offers with a slot; `all`; `beyond`: those who accept a patient without a slot;
    `reorientation`: those who take part in the re-orientation scheme."""
    treating_doctor: OptionalText | None = None
    """The patient's own doctor, by RPPS or by name: shown apart, first. Empty when he was to be
    told and was not: the answer then warns `sas_pf_002`."""
    consultation: list[Consultation] = Field(default_factory=list)
    """Where the patient is seen: `AMB` office, `HH` home, `VR` remote. Without it, in person: a
    slot that is remote only does not count."""
    slot_type: list[SlotType] = Field(default_factory=list)
    """Types of slots."""
    profession: list[Code] = Field(default_factory=list)
    """Profession codes (TRE_G15, TRE_R95): `10` doctor, `40` dentist, `50` midwife."""
    specialty: list[Code] = Field(default_factory=list)
    """Speciality codes (TRE_R38 and others): `SM54`."""
    kind: list[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]] = Field(
        default_factory=list
    )
    """Kinds of offers or of structures: `professional`, `msp`, `pharmacy`."""
    sector: list[Literal["0", "1", "2", "3", "4"]] = Field(default_factory=list)
    """Convention sectors."""
    participation: list[Via] = Field(default_factory=list)
    """How the professional takes part in the SAS."""
    open_now: bool = False
    """True keeps the places that are open now by their own clock; a place without known hours is
    not (F085)."""
    maternity_level: list[Literal["1", "2A", "2B", "3"]] = Field(default_factory=list)
    """Levels of maternity."""
    horizon: list[Horizon] = Field(default_factory=list)
    """Ranges of hours from now in which a slot falls."""
    territory: list[Annotated[str, StringConstraints(max_length=20)]] = Field(default_factory=list)
    """SAS territories of the offers: `SAS-48`."""
    window_hours: float | None = Field(None, gt=0, le=72)
    """Explicit horizon in hours, to the minute (F061); default: now to the end of day + 2."""
    deadline_h: float | None = Field(None, gt=0, le=72)
    """Hours within which the patient must be seen: who can see him by then, or a quarter of an hour
    later, comes before all others."""
    absent: bool = False
    """True returns absent offers too (F038)."""
    group_cpts: bool = True
    """Members of a CPTS that covers the patient's commune stand behind its one card (F091); false
    shows each of them."""
    sort: Sort = Sort.BEST
    """Order inside a tier: `best` (the patient's effort), `distance` or `earliest` slot."""
    profile: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")] = "regulation"
    """Ranking profile: `regulation` counts a patient's effort in minutes, `published` ranks
    participants then by distance, `distance` by distance."""
    seed: int | None = Field(None, ge=0, le=2**31 - 1)
    """Seed of the fair order; the answer gives the one it used, which repeats the order."""
    page: int = Field(1, ge=1)
    """Page number, from 1."""
    size: int = Field(5, ge=1, le=100)
    """Offers of a page by number, people of a page by cursor; `page * size` is at most 10000."""
    cursor: CursorText | None = None
    """Cursor of the last answer, for the page after it, however deep; the criteria stay those of
    the first page, only `size`, `facets` and `origin` may change. Lives 10 minutes."""
    stable: bool = False
    """True walks the directory as it stands at the first page: following the cursors, no offer is
    lost or met twice while slots change."""
    facets: bool = True
    """False leaves out the counts of the filters, which a next page seldom needs again."""
    origin: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,60}$")] = "sas"
    """Value of the `origin` parameter put on booking links."""

    @field_validator("profession", "specialty", "kind")
    @classmethod
    def check_codes(cls, values: list[str], info: ValidationInfo) -> list[str]:
        """A code that no table holds would answer nothing, as if there were no offer."""
        known = _table_codes(str(info.field_name))
        written = values if info.field_name == "kind" else [value.upper() for value in values]
        if not known.issuperset(written):
            raise PydanticCustomError("unknown_code", "no table holds this code")
        return written

    @model_validator(mode="after")
    def check_one_place(self) -> Self:
        """Exactly one way to say where, in a criterion or else in ``what``; a point needs both
        coordinates, zero included."""
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("incomplete_point", "lat and lon go together")
        places = sum(value is not None for value in self._places)
        if places > 1:
            raise PydanticCustomError(
                "one_place", "give one place: lat and lon, where, insee or department"
            )
        if not places and not _has_place_inside(self.what):
            raise PydanticCustomError("no_place", "no place is given, nor read in what")
        return self

    @property
    def has_place(self) -> bool:
        """A place is given apart from the text."""
        return any(value is not None for value in self._places)

    @property
    def _places(self) -> tuple[float | str | None, ...]:
        return self.lat, self.where, self.insee, self.department

    @model_validator(mode="after")
    def check_cursor_without_page(self) -> Self:
        """A cursor knows its page: another one beside it would be ignored."""
        if self.cursor is not None and self.page > 1:
            raise PydanticCustomError("cursor_and_page", "give a cursor or a page, not both")
        return self

    @model_validator(mode="after")
    def check_page_depth(self) -> Self:
        """A page deeper than the index allows is refused, not silently empty."""
        if self.page * self.size > MAX_RESULTS:
            raise PydanticCustomError("page_too_deep", "page * size is at most 10000")
        return self


def _has_place_inside(what: str) -> bool:
    return bool(read_search(what, place_given=False).find_parts(PartKind.WHERE))


@cache
def _table_codes(field: str) -> frozenset[str]:
    if field == "kind":
        return frozenset([*Kind, *StructureKind])
    return frozenset(codes.professions() if field == "profession" else codes.specialties())


class Criteria(SearchRequest):
    """One search: what is said, and what the request itself never decides."""

    role: Role = Role.OSNP
    """Who says it."""
    modes: tuple[Mode, ...] = tuple(Mode)
    """Modes open to him: an empty page proposes no other."""
    caller_territories: tuple[str, ...] = ()
    """SAS territories of the caller, from the token: of two communes of one name, theirs."""
    cpts: Annotated[str, StringConstraints(pattern=r"^(\d{2}|2[AB])\d{7}$")] | None = None
    """FINESS of the CPTS whose members alone are searched (F093)."""
