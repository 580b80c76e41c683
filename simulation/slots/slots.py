"""An open slot: its types, its consultation, its reason, its booking link."""

import random
from dataclasses import dataclass
from functools import cache

from simulation.draws import WeightedChoice, build_weighted
from simulation.people.people import GeneratedPerson
from simulation.people.professions import GENERAL_PRACTICE
from simulation.slots.calendar import GeneratedOpening
from simulation.table_files import read_table

TYPES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("PUBLIC",), 0.58),
    (("PUBLIC", "PRO"), 0.10),
    (("PRO",), 0.09),
    (("SNP",), 0.15),
    (("PUBLIC", "SNP"), 0.05),
    (("PRO", "SNP"), 0.03),
)
CPTS_TYPES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("CPTS",), 0.35),
    (("PUBLIC", "CPTS"), 0.2),
    (("PUBLIC",), 0.3),
    (("SNP",), 0.15),
)
SOS_TYPES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("PUBLIC",), 0.6),
    (("SNP",), 0.3),
    (("PUBLIC", "SNP"), 0.1),
)
GENERAL_REASONS = ("Consultation de médecine générale", "Renouvellement d'ordonnance")
REASONS = (
    "Première consultation",
    "Visite de contrôle",
    "Consultation non programmée",
)
WALKIN_SHARE = 0.06
REASON_SHARE = 0.3

_TYPES, _CPTS_TYPES, _SOS_TYPES = (
    build_weighted(TYPES),
    build_weighted(CPTS_TYPES),
    build_weighted(SOS_TYPES),
)


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """One slot to publish; ``id`` is the epoch second of its start, as editors write it."""

    opening: GeneratedOpening
    types: tuple[str, ...]
    consultation: tuple[str, ...]
    reason: str = ""
    specialty: str = ""
    walk_in: bool = False

    @property
    def id(self) -> str:
        """Not unique across professionals, which is what readers must cope with."""
        return str(int(self.opening.start.timestamp()))


def describe(
    rng: random.Random,
    opening: GeneratedOpening,
    person: GeneratedPerson,
    *,
    cpts: bool = False,
    remote: bool = False,
) -> OpenSlot:
    """A professional's slot; ``cpts`` when it may be offered through its CPTS.

    ``remote``: the professional is seen remotely only.
    """
    general = person.trade is GENERAL_PRACTICE
    return OpenSlot(
        opening,
        (_CPTS_TYPES if cpts else _TYPES).draw(rng),
        ("VR",) if remote else consultations(person.trade.profession, general).draw(rng),
        _draw_reason(rng, general) if rng.random() < REASON_SHARE else "",
        person.specialty,
        rng.random() < WALKIN_SHARE,
    )


def _draw_reason(rng: random.Random, general: bool) -> str:
    return rng.choice((*GENERAL_REASONS, *REASONS) if general else REASONS)


@cache
def consultations(profession: str, general: bool) -> WeightedChoice[tuple[str, ...]]:
    """Where patients of a profession are seen (``simulation/tables/consultations.csv``)."""
    rows = read_table("consultations")
    known = {row["profession"] for row in rows}
    wanted = profession if profession in known else ""
    return build_weighted(
        [
            (tuple(row["types"].split()), float(row["weight"]))
            for row in rows
            if row["profession"] == wanted and bool(row["general"]) == general
        ]
    )


def describe_sos(rng: random.Random, opening: GeneratedOpening) -> OpenSlot:
    """A slot of an SOS Médecins point."""
    return OpenSlot(opening, _SOS_TYPES.draw(rng), ("AMB",))
