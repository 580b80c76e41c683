"""What a value of a reading is called in French, and so which values there are."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from search_engine.understanding.reading import PartKind, TextPart

KIND_LABELS: Mapping[PartKind, str] = MappingProxyType(
    {
        PartKind.DANGER: "mots de danger, régulation médicale",
        PartKind.NEED: "besoin",
        PartKind.COMPLAINT: "plainte ou acte, qui le soigne",
        PartKind.ELSEWHERE: "connu, mais ailleurs",
        PartKind.CONSULTATION: "consultation",
        PartKind.WHEN: "moment",
        PartKind.OPEN_NOW: "horaires",
        PartKind.ON_DUTY: "garde",
        PartKind.NO_APPOINTMENT: "rendez-vous",
        PartKind.AGE: "patient",
        PartKind.SECTOR: "convention",
        PartKind.MATERNITY_LEVEL: "niveau de maternité",
        PartKind.GENDER: "professionnel",
        PartKind.NO_CAR: "déplacement",
        PartKind.NAME: "nom de personne",
        PartKind.STRUCTURE: "nom de structure",
        PartKind.RPPS: "numéro RPPS",
        PartKind.FINESS: "numéro FINESS",
        PartKind.PHONE: "téléphone",
        PartKind.WHERE: "lieu",
    }
)
"""What a kind of part is called."""


@cache
def read_meanings() -> Mapping[tuple[str, str], str]:
    """French labels by kind and value; for a need, those that no offer of the index answers yet."""
    text = resources.files(__package__).joinpath("meanings.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({(row["kind"], row["value"]): row["label"] for row in rows})


def describe_part(part: TextPart) -> str:
    """The meaning of a part in French: its value, and for a complaint who treats it."""
    if part.kind is PartKind.NEED:
        return " ou ".join(part.words)
    if part.kind is PartKind.COMPLAINT:
        return f"{part.value} : {', '.join(part.words)}"
    if part.kind is PartKind.AGE and part.value.isdigit():
        return f"{part.value} ans"
    return read_meanings().get((part.kind.value, part.value), part.value)
