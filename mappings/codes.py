"""Code tables of the product, read once: professions, specialities, groups, structures, sectors.

Sources: national terminologies of the ANS (NOS), see docs/reference/sources/terminologies.md.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from mappings.records import Kind, StructureKind

SAS_ACTIVITY_SECTORS = frozenset({"SA05", "SA07", "SA08", "SA09", "SA52", "SA67"})
"""Activity sectors whose places are shown (TRE_R02): centres, practices, MSP, duty houses."""

HEALTH_CENTRE_SECTOR = "SA05"

CPTS_CATEGORY = "604"
"""Category (TRE_R397) of a CPTS."""

CONVENTION_SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "0": "Non conventionné",
        "1": "Conventionné secteur 1",
        "2": "Conventionné secteur 1 avec dépassement permanent",
        "3": "Conventionné secteur 2",
        "4": "Secteur non défini",
    }
)
"""Convention sector codes (F080)."""

KIND_LABELS: Mapping[str, str] = MappingProxyType(
    {
        Kind.PROFESSIONAL: "Professionnel de santé",
        Kind.STRUCTURE: "Structure",
        Kind.SOS_POINT: "SOS Médecins",
        Kind.CPTS: "CPTS",
        Kind.SOLUTION: "Place de marché",
        StructureKind.HEALTH_CENTRE: "Centre de santé",
        StructureKind.MSP: "Maison de santé",
        StructureKind.PHARMACY: "Pharmacie",
        StructureKind.UNSCHEDULED_CARE: "Lieu de soins non programmés",
        StructureKind.LABORATORY: "Laboratoire",
        StructureKind.HOSPITAL: "Établissement hospitalier",
        StructureKind.BIRTH_CENTRE: "Maison de naissance",
        StructureKind.OTHER: "Autre structure",
    }
)


@dataclass(frozen=True, slots=True)
class CnamSpecialty:
    """A speciality of the Assurance maladie: its profession, and our codes when it names some."""

    profession: str
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """One concept of a terminology; ``label`` is the one we display, without suffix."""

    code: str
    label: str
    system: str


def table_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``mappings/tables/<name>.csv``."""
    text = resources.files("mappings").joinpath("tables", f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def display_label(label: str) -> str:
    """The label without the terminology's suffix: ``Cardiologie (SM)`` gives ``Cardiologie``."""
    head, bracket, tail = label.rpartition(" (")
    return head if bracket and tail.endswith(")") and tail[:-1].isupper() else label


def _codes(name: str) -> Mapping[str, Code]:
    rows = table_rows(name)
    return MappingProxyType(
        {r["code"]: Code(r["code"], display_label(r["label"]), r["system"]) for r in rows}
    )


@cache
def professions() -> Mapping[str, Code]:
    """Professions by code (TRE_G15, R94, R95, R291); codes are unique in this table."""
    return _codes("professions")


@cache
def specialties() -> Mapping[str, Code]:
    """Specialities and competences by code (TRE_R38 to R45, R97, G13, R359)."""
    return _codes("specialties")


@cache
def structure_categories() -> Mapping[str, Code]:
    """Structure categories by code (TRE_R397): those shown, and those only named by a synonym."""
    return _codes("structure_categories")


@cache
def _structure_kinds() -> Mapping[str, StructureKind]:
    rows = table_rows("structure_categories")
    return {r["code"]: StructureKind(r["kind"]) for r in rows if r["kind"]}


def structure_kind(category: str) -> StructureKind | None:
    """What a FINESS category is for us; None when the category is out of the SAS scope."""
    return _structure_kinds().get(category)


@cache
def specialty_groups() -> Mapping[str, tuple[str, ...]]:
    """Codes that a reform split or merged and that must be searched together."""
    groups: dict[str, list[str]] = {}
    for row in table_rows("specialty_groups"):
        groups.setdefault(row["group"], []).append(row["code"])
    return MappingProxyType({group: tuple(codes) for group, codes in groups.items()})


@cache
def _group_by_code() -> Mapping[str, str]:
    return {code: group for group, codes in specialty_groups().items() for code in codes}


def find_specialty_group(code: str) -> str | None:
    """The group of a speciality code, None without group."""
    return _group_by_code().get(code)


def with_group(code: str) -> tuple[str, ...]:
    """The code with all those of its group: ``SM54`` gives ``SM26, SM53, SM54``."""
    group = find_specialty_group(code)
    return (code,) if group is None else specialty_groups()[group]


@cache
def cnam_specialties() -> Mapping[str, CnamSpecialty]:
    """Specialities by the Assurance maladie's own code, which is none of the terminologies'."""
    return MappingProxyType(
        {
            r["code"]: CnamSpecialty(r["profession"], tuple(r["specialties"].split()))
            for r in table_rows("cnam_specialties")
        }
    )


@cache
def synonyms() -> tuple[tuple[str, Code], ...]:
    """Every (synonym, target) of the synonym table, in the order of the table."""
    return tuple(
        (r["synonym"], Code(r["code"], target_label(r["system"], r["code"]), r["system"]))
        for r in table_rows("synonyms")
    )


def target_label(system: str, code: str) -> str:
    """The label of a target of the synonym table, whatever its terminology; the code if unknown."""
    table = structure_categories() if system.startswith("TRE_R397") else specialties()
    if system.startswith(("TRE_G15", "TRE_R94-", "TRE_R95", "TRE_R291")):
        table = professions()
    found = table.get(code)
    return code if found is None else found.label
