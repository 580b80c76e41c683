"""An open slot: its types, its consultation, its reason, its booking link."""

import random
from dataclasses import dataclass

from simulation.draws import build_weighted
from simulation.slots.calendar import GeneratedOpening

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
CONSULTATIONS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("AMB",), 0.87),
    (("VR",), 0.06),
    (("AMB", "VR"), 0.04),
    (("HH",), 0.03),
)
REASONS = (
    "Consultation de médecine générale",
    "Première consultation",
    "Visite de contrôle",
    "Consultation non programmée",
    "Renouvellement d'ordonnance",
)
WALKIN_SHARE = 0.06
REASON_SHARE = 0.3

_TYPES, _CPTS_TYPES, _SOS_TYPES = (
    build_weighted(TYPES),
    build_weighted(CPTS_TYPES),
    build_weighted(SOS_TYPES),
)
_CONSULTATIONS = build_weighted(CONSULTATIONS)


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
    rng: random.Random, opening: GeneratedOpening, specialty: str, *, cpts: bool = False
) -> OpenSlot:
    """A professional's slot; ``cpts`` when it may be offered through its CPTS."""
    return OpenSlot(
        opening,
        (_CPTS_TYPES if cpts else _TYPES).draw(rng),
        _CONSULTATIONS.draw(rng),
        rng.choice(REASONS) if rng.random() < REASON_SHARE else "",
        specialty,
        rng.random() < WALKIN_SHARE,
    )


def describe_sos(rng: random.Random, opening: GeneratedOpening) -> OpenSlot:
    """A slot of an SOS Médecins point."""
    return OpenSlot(opening, _SOS_TYPES.draw(rng), ("AMB",))
