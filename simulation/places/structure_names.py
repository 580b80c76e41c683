"""What structures are called, in the manner of FINESS: capitals, abbreviations, names cut short."""

import random
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from simulation.draws import WeightedChoice, build_weighted
from simulation.people.names import FRANCE, draw_surname, first_names
from simulation.places.places import GeneratedPlace
from simulation.table_files import read_table, split_texts

SHORT_LENGTH = 38
"""Characters of a short name in FINESS (``nomEgeCourt``)."""
PLAIN_SHARE = 0.35
"""Share of sites whose name is written without accents."""
ONLY_SHORT_SHARE = 0.25
"""Share of sites with the short name only: abbreviated, without accents, cut."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class StructureTitle:
    """The name of a site: as read, in short, and whether its long name is published."""

    text: str
    short: str
    has_long: bool = True


def draw_title(rng: random.Random, code: str, place: GeneratedPlace) -> StructureTitle:
    """A name for a site of a category at its place."""
    text = _fill(rng, patterns()[code].draw(rng), place).upper()
    return _choose_manner(rng.random(), text)


def build_title(text: str) -> StructureTitle:
    """A name that is given, with its short form."""
    return StructureTitle(text, abbreviate(text))


def _choose_manner(chance: float, text: str) -> StructureTitle:
    short = abbreviate(text)
    if chance < ONLY_SHORT_SHARE:
        return StructureTitle(short, short, has_long=False)
    if chance < ONLY_SHORT_SHARE + PLAIN_SHARE:
        return StructureTitle(drop_accents(text), short)
    return StructureTitle(text, short)


def abbreviate(text: str) -> str:
    """A name as its short form: ``PHARMACIE SAINT-ÉLOI`` gives ``PHIE ST-ELOI``."""
    short = drop_accents(text)
    for pattern, replacement in _abbreviations():
        short = pattern.sub(replacement, short)
    return short[:SHORT_LENGTH].rstrip()


def drop_accents(text: str) -> str:
    """Capitals as typewriters had them: ``CŒUR`` gives ``COEUR``."""
    spelled = text.replace("Œ", "OE").replace("Æ", "AE")
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


@cache
def patterns() -> dict[str, WeightedChoice[str]]:
    """Patterns of names by category (``simulation/tables/structure_names.csv``)."""
    rows = read_table("structure_names")
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        weighted = ((text, float(row["weight"])) for text in split_texts(row["patterns"]))
        found.setdefault(row["code"], []).extend(weighted)
    return {code: build_weighted(pairs) for code, pairs in found.items()}


@cache
def _words() -> dict[str, list[str]]:
    return {row["slot"]: split_texts(row["texts"]) for row in read_table("structure_words")}


@cache
def _abbreviations() -> list[tuple[re.Pattern[str], str]]:
    rows = read_table("structure_abbreviations")
    return [(re.compile(rf"\b{re.escape(row['written'])}\b"), row["short"]) for row in rows]


def _fill(rng: random.Random, pattern: str, place: GeneratedPlace) -> str:
    """The pattern with a text for each of its slots, which may have slots too."""
    pieces = _SLOT.split(pattern)
    return "".join(
        _draw_slot(rng, piece, place) if rank % 2 else piece for rank, piece in enumerate(pieces)
    )


def _draw_slot(rng: random.Random, slot: str, place: GeneratedPlace) -> str:
    if slot == "town":
        return place.town.commune.name
    if slot == "street":
        return place.street.name
    if slot == "person":
        return draw_surname(rng, place.department)
    if slot == "given":
        return first_names()[f"{FRANCE} {'MF'[rng.random() < 0.4]}"].draw(rng)  # noqa: PLR2004
    return _fill(rng, rng.choice(_words()[slot]), place)


def list_slots(texts: Iterable[str]) -> set[str]:
    """The slots that patterns have."""
    return {slot for text in texts for slot in _SLOT.findall(text)}
