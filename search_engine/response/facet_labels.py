"""Names and values of the filters, in French."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from geography.departments import departments
from mappings import codes
from mappings.records import Consultation, SlotType, Via
from search_engine.query.facets import read_facets, selection_values
from search_engine.query.plan import Plan
from search_engine.request.interpretation import GROUP_LABELS

Block = dict[str, Any]

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "consultation": "Type de consultation",
        "slot_type": "Type de créneau",
        "horizon": "Disponible dans",
        "profession": "Profession",
        "specialty": "Spécialité",
        "kind": "Type d'offre",
        "sector": "Conventionnement",
        "participation": "Participation au SAS",
        "open_now": "Horaires",
        "maternity_level": "Niveau de maternité",
        "territory": "Territoire",
    }
)

CONSULTATIONS: Mapping[str, str] = MappingProxyType(
    {
        Consultation.AMB: "Au cabinet",
        Consultation.HH: "À domicile",
        Consultation.VR: "Téléconsultation",
    }
)
SLOT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        SlotType.PUBLIC: "Grand public",
        SlotType.PRO: "Professionnels",
        SlotType.SNP: "Soins non programmés",
        SlotType.CPTS: "CPTS",
    }
)
VIAS: Mapping[str, str] = MappingProxyType(
    {
        Via.OWN: "À titre individuel",
        Via.CPTS: "Par une CPTS",
        Via.MSP: "Par une maison de santé",
        Via.SOS: "Par SOS Médecins",
    }
)


def facets_block(plan: Plan, answer: Block) -> list[Block]:
    """The block ``facets`` of a page: every filter that has a value, in the order of the screen."""
    read = read_facets(plan, answer)
    return [_facet(plan, name, counts) for name, counts in read.items() if counts]


def _facet(plan: Plan, name: str, counts: Mapping[str, int]) -> Block:
    selected = set(selection_values(plan, name))
    values = [_value(name, value, count, value in selected) for value, count in counts.items()]
    return {"name": name, "label": NAMES[name], "values": values}


def _value(name: str, value: str, count: int, selected: bool) -> Block:
    shown: Block = {"value": value, "label": LABELS[name](value), "count": count}
    return {**shown, "selected": True} if selected else shown


def _code_label(table: Callable[[], Mapping[str, codes.Code]], code: str) -> str:
    found = table().get(code)
    return code if found is None else found.label


def _specialty(code: str) -> str:
    group = codes.find_specialty_group(code)
    return _code_label(codes.specialties, code) if group is None else GROUP_LABELS[group]


def _territory(identifier: str) -> str:
    department = departments().get(identifier.removeprefix("SAS-"))
    return identifier if department is None else f"SAS {department.name}"


def _horizon(hours: str) -> str:
    after, before = hours.split("-")
    return f"{after} à {before} heures"


LABELS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "consultation": lambda value: CONSULTATIONS.get(value, value),
        "slot_type": lambda value: SLOT_TYPES.get(value, value),
        "horizon": _horizon,
        "profession": lambda value: _code_label(codes.professions, value),
        "specialty": _specialty,
        "kind": lambda value: codes.KIND_LABELS.get(value, value),
        "sector": lambda value: codes.CONVENTION_SECTORS.get(value, value),
        "participation": lambda value: VIAS.get(value, value),
        "open_now": lambda value: "Ouvert maintenant",
        "maternity_level": lambda value: f"Niveau {value}",
        "territory": _territory,
    }
)
"""How each filter names its values."""
