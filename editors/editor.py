"""What the service knows of one editor: the convention sheet, checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from slots.loading.requests import is_editor_name

ProfessionalFlow = Literal["R01", "R04"]

Words = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]


def _check_name(name: str) -> str:
    if is_editor_name(name):
        return name
    raise ValueError("a name is short, printable, and not that of the SAS agenda")


class Editor(BaseModel):
    """An editor of booking software, as its convention says.

    ``name`` is the source of its slots. ``flow``: R04 where it knows the CPTS. ``sos``: it also
    answers for SOS Médecins. Certificates are paths, never their content. ``common_name`` and
    ``organizational_unit`` are those that its server's certificate must bear. Source: fhir-exchange
    1.0, annexes of the guide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Words, AfterValidator(_check_name)]
    base_url: Annotated[str, StringConstraints(pattern=r"^https://[^\s/?#@]+(/[^\s?#]*[^\s?#/])?$")]
    flow: ProfessionalFlow = "R01"
    sos: bool = False
    origin: Words = "sas"
    certificate: Path
    key: Path
    authority: Path
    common_name: Words
    organizational_unit: Words
    calls_an_hour: int = Field(3_000, ge=1, le=100_000)
    parallel_calls: int = Field(4, ge=1, le=32)

    def list_flows(self) -> Iterator[str]:
        """The flows of slots that it answers."""
        yield self.flow
        if self.sos:
            yield "SOS1"
