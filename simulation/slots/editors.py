"""The 24 invented booking softwares, each with its way of writing FHIR."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from simulation.draws import WeightedChoice, build_weighted

Flow = Literal["R01", "R04", "SOS1"]
Offset = Literal["z", "zero", "local"]

PROFILES_OLD = "http://sas.fr/fhir/StructureDefinition"
PROFILES_NEW = "https://interop.esante.gouv.fr/ig/fhir/sas/StructureDefinition"


@dataclass(frozen=True, slots=True)
class InventedEditor:
    """Answering habits of an editor.

    ``flow`` is the professional flow it serves (R04 knows the CPTS), ``sos`` whether it also
    answers for SOS Médecins. ``offset`` is how it writes instants. ``idnst``: whether it
    sends the structure's identifier, ``bare_idnst`` without system nor type. ``page`` is its
    page size in slots (0 for one page), ``contained`` its local id of every Location.
    """

    id: str
    weight: float
    flow: Flow
    offset: Offset = "zero"
    idnst: bool = True
    bare_idnst: bool = False
    sos: bool = False
    page: int = 0
    contained: str = "lieu"

    @property
    def base(self) -> str:
        """The address its resources are written under."""
        return f"https://fhir.{self.id}.example/sas"

    @property
    def system(self) -> str:
        """The system of its own identifiers."""
        return f"https://{self.id}.example"

    def instant(self, moment: datetime, zone: str) -> str:
        """An instant as this editor writes it."""
        if self.offset == "z":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        local = moment.astimezone(ZoneInfo(zone)) if self.offset == "local" else moment
        return local.isoformat(timespec="milliseconds")


QUIET = InventedEditor("minuteur", 0.0, "R01")
"""An editor without clients; it still receives queries for the former ones, and answers nothing."""

EDITORS = (
    InventedEditor("agendis", 30.0, "R04", page=150),
    InventedEditor("clicrdv-medical", 14.0, "R04", offset="local"),
    InventedEditor("medicalendrier", 9.0, "R04", offset="z", sos=True),
    InventedEditor("rdv-sante", 7.0, "R01", contained="1"),
    InventedEditor("plannimed", 6.0, "R04", bare_idnst=True),
    InventedEditor("ma-consultation", 5.0, "R01", offset="local", page=60),
    InventedEditor("agendoc", 4.0, "R04", idnst=False),
    InventedEditor("cabinet-ouvert", 3.5, "R01", offset="z"),
    InventedEditor("docteo", 3.0, "R04", sos=True),
    InventedEditor("salle-attente", 2.5, "R01", idnst=False),
    InventedEditor("hippocal", 2.2, "R04", offset="local"),
    InventedEditor("prisme-rdv", 2.0, "R01"),
    InventedEditor("galien-agenda", 1.8, "R04", bare_idnst=True, offset="z"),
    InventedEditor("medi-creneau", 1.6, "R01", contained="1"),
    InventedEditor("sequoia-sante", 1.4, "R01"),
    InventedEditor("visite-plus", 1.2, "R04", sos=True, offset="local"),
    InventedEditor("carnet-bleu", 1.0, "R01", offset="z"),
    InventedEditor("pulsar-rdv", 0.9, "R01"),
    InventedEditor("consult-o", 0.8, "R04"),
    InventedEditor("allo-cabinet", 0.7, "R01", idnst=False),
    InventedEditor("ephemeride", 0.6, "R01", offset="local"),
    InventedEditor("garde-fixe", 0.4, "R01", sos=True),
    QUIET,
    InventedEditor("petit-agenda", 0.2, "R04"),
)


@cache
def market() -> WeightedChoice[InventedEditor]:
    """The editors, in proportion to the professionals they serve."""
    return build_weighted([(editor, editor.weight) for editor in EDITORS])


def draw_editor(rng: random.Random) -> InventedEditor:
    """The editor of one professional."""
    return market().draw(rng)


def sos_editors() -> Iterator[InventedEditor]:
    """The editors that answer for SOS Médecins."""
    return (editor for editor in EDITORS if editor.sos)
