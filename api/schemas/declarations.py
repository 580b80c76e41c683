"""What people declare, as it is sent and answered: settings and absences."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mappings.bounds import FEW, PRACTITIONERS, SOME
from mappings.formats import (
    MAX_ABSENCES,
    ClockTime,
    DayRange,
    FinessText,
    IdnstText,
    LongText,
    SiretText,
    Weekday,
)

OpeningSpan = Annotated[list[ClockTime], Field(min_length=2, max_length=2)]
"""Opens, closes. A list: the framework writes the schema of a tuple in a way that is not valid."""


class DeclarationBody(BaseModel):
    """Base of what is declared; who it is about is in the path, never in the body."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Kept(BaseModel):
    """How a declaration is kept; ``ETag`` holds its version too."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    version: int
    updated_at: datetime
    updated_by: str
    """The person's national identifier, or the name of the program."""


class ProfessionalSettingsBody(DeclarationBody):
    """What a professional declares for the SAS (F110)."""

    participation: bool
    via: Literal[1, 2, 3, 4] | None = None
    """How he takes part: 1 by himself, 2 by a CPTS, 3 by an MSP, 4 by SOS Médecins."""
    finess: FinessText | None = None
    """FINESS of the CPTS or of the MSP."""
    siret: SiretText | None = None
    """SIRET of the SOS association."""
    locations: list[IdnstText] = Field(default_factory=list, max_length=SOME.most)
    """IDNST of the places attached to the CPTS."""
    editor_disabled: bool = False
    """Hide the slots of the booking editors."""
    reorientation: bool = False
    """Accepts patients reoriented by a hospital."""
    additional_info: LongText = ""
    """What the regulator should know of the practice."""
    has_software: bool | None = None
    """Uses a booking software linked to the platform."""
    hours_available: bool | None = None
    """At least two hours a week."""


class StructureSettingsBody(DeclarationBody):
    """What a structure or an SOS association declares (F112)."""

    participation: bool = False
    hours_available: bool = False
    """At least two hours a week."""
    practitioner_count: int = Field(0, ge=int(PRACTITIONERS.least), le=int(PRACTITIONERS.greatest))
    """Practitioners of a health centre who take part."""
    hours: dict[Weekday, Annotated[list[OpeningSpan], Field(max_length=FEW.most)]] = Field(
        default_factory=dict
    )
    """Opening hours by day, `{"mon": [["08:00", "12:00"]]}`."""
    maternity_level: Literal["1", "2A", "2B", "3"] | None = None
    emergency: bool = False
    additional_info: LongText = ""


class AbsenceBody(DeclarationBody):
    """When somebody is away; nothing withdraws all absences (F034 to F037)."""

    always: bool = False
    """Until further notice."""
    ranges: list[DayRange] = Field(default_factory=list, max_length=MAX_ABSENCES)
    """Whole days, both included, in the zone of the place."""


class KeptProfessionalSettings(ProfessionalSettingsBody, Kept):
    """The settings of a professional as they are kept."""

    rpps: str


class KeptStructureSettings(StructureSettingsBody, Kept):
    """The settings of a structure as they are kept."""

    finess: str | None = None
    siret: str | None = None


class KeptAbsences(AbsenceBody, Kept):
    """The absences of somebody as they are kept."""

    rpps: str | None = None
    finess: str | None = None
    idnst: str | None = None
