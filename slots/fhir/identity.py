"""National identifiers inside FHIR Identifier elements: who is who, whatever the editor wrote.

Neither the type's code system nor the identifier's system can be trusted alone: both vary inside
the guide's own examples (fhir-exchange 4, contradictions 3 and 5; E29, E30, E37).
"""

from collections.abc import Collection, Iterable, Iterator

from mappings.bounds import CODE
from mappings.identifiers import (
    StructureIdKind,
    as_finess,
    as_idnps,
    as_idnst,
    as_siret,
    compact,
    structure_id_kind,
)
from mappings.records import SlotStructure
from slots.fhir.elements import Json, child, codings, objects, text

PERSON_SYSTEMS = frozenset(
    {
        "urn:oid:1.2.250.1.71.4.2.1",
        "1.2.250.1.71.4.2.1",
        "https://rpps.esante.gouv.fr",
        "https://adeli.esante.gouv.fr",
        "http://rpps.fr",
        "http://adeli.fr",
    }
)
SIRET_SYSTEMS = frozenset(
    {"http://sirene.fr", "https://sirene.fr", "https://sirene.esante.gouv.fr"}
)
STRUCTURE_SYSTEMS = SIRET_SYSTEMS | {
    "urn:oid:1.2.250.1.71.4.2.2",
    "1.2.250.1.71.4.2.2",
    "https://finess.esante.gouv.fr",
    "http://finess.esante.gouv.fr",
    "http://finess.sante.gouv.fr",
}
"""Systems of the guide and of the French core profiles, in their several versions."""
PERSON_TYPES = frozenset({"IDNPS", "RPPS", "ADELI"})
STRUCTURE_TYPES = frozenset({"IDNST", "FINEG", "FINEJ", "SIRET"})

FLOWS_BY_PROFESSIONAL = frozenset({"R01", "R04"})
FLOW_BY_ASSOCIATION = "SOS1"


class RequestedIdError(ValueError):
    """A requested id is neither an RPPS, an ADELI nor a SIRET, as the flow wants."""


def parse_requested_ids(ids: Iterable[str], flow: str) -> frozenset[str]:
    """The requested ids with their prefix, given with or without it, or as a search token.

    Raises ``RequestedIdError`` naming the type that the flow expects.
    """
    expected = "an RPPS or ADELI" if flow in FLOWS_BY_PROFESSIONAL else "a SIRET"
    found = set()
    for given in ids:
        value = given.rpartition("|")[2]
        known = as_idnps(value) if flow in FLOWS_BY_PROFESSIONAL else parse_prefixed_siret(value)
        if known is None:
            raise RequestedIdError(
                f"--asked: {given.strip()[: CODE.longest]!r} is not {expected} number."
            )
        found.add(str(known))
    return frozenset(found)


def parse_prefixed_siret(value: str) -> str | None:
    """``3`` + SIRET, None when the value is no SIRET."""
    siret = as_siret(value)
    return None if siret is None else f"3{siret}"


def person_ids(identifiers: object, requested_ids: Collection[str] | None) -> list[str]:
    """The national ids of a professional, RPPS before ADELI, prefixed (E29).

    An identifier of another system and type is internal and not read, unless its value is a
    requested one.
    """
    found = []
    for element in objects(identifiers):
        known = as_idnps(text(element.get("value")))
        if known is None or _is_internal(element, PERSON_SYSTEMS):
            continue
        national = _has_type_or_system(
            element, PERSON_TYPES, PERSON_SYSTEMS
        ) or _is_bare_identifier(element)
        if national or known in (requested_ids or ()):
            found.append(str(known))
    return sorted(dict.fromkeys(found), key=lambda one: one[0] != "8")


def parse_slot_structure(identifiers: object) -> SlotStructure | None:
    """The structure of a PractitionerRole with its kind given by the prefix (C38, E30)."""
    for element in _structure_elements(identifiers):
        idnst = _idnst(element)
        kind = None if idnst is None else structure_id_kind(idnst)
        if idnst is not None and kind is not None:
            return {"idnst": str(idnst), "kind": kind.value}
    return None


def _idnst(element: Json) -> str | None:
    """The id with its prefix; a bare number typed as a SIRET is one whatever its key."""
    value = text(element.get("value"))
    siret = (
        parse_prefixed_siret(value)
        if _has_type_or_system(element, {"SIRET"}, SIRET_SYSTEMS)
        else None
    )
    return siret or as_idnst(value)


def cpts_finess(identifiers: object) -> str | None:
    """The FINESS of a CPTS with its prefix; a SIRET or a rang is no CPTS identity (E30).

    Under a system of the editor's own, the prefix is required: the guide's invariant.
    """
    for element in _structure_elements(identifiers):
        finess = as_finess(text(element.get("value")))
        if finess is not None:
            return f"1{finess}"
    return next(_find_prefixed_finess(identifiers), None)


def _find_prefixed_finess(identifiers: object) -> Iterator[str]:
    for element in objects(identifiers):
        value = compact(text(element.get("value")))
        is_finess = structure_id_kind(value) is StructureIdKind.FINESS
        if is_finess and not _is_internal(element, STRUCTURE_SYSTEMS):
            yield value


def sirets(identifiers: object, requested_ids: Collection[str] | None) -> list[str]:
    """The SIRET of an association, each with its prefix, in the order of the answer.

    Under another system and type, only a requested one is read.
    """
    national = {id(element) for element in _structure_elements(identifiers)}
    found = []
    for element in objects(identifiers):
        siret = parse_prefixed_siret(text(element.get("value")))
        if siret is not None and (id(element) in national or siret in (requested_ids or ())):
            found.append(siret)
    return found


def place_identifiers(identifiers: object) -> list[str]:
    """Every identifier of a place in order: IDNST with its prefix, INTRN as written (E37, C46)."""
    found = []
    for element in objects(identifiers):
        value = text(element.get("value"))
        national = _has_type_or_system(element, STRUCTURE_TYPES, STRUCTURE_SYSTEMS)
        found.append(_idnst(element) or value if national else value)
    return list(dict.fromkeys(filter(None, found)))


def _structure_elements(identifiers: object) -> Iterator[Json]:
    """Elements that may be national: by type, by system, or a bare value as in the guide."""
    for element in objects(identifiers):
        if _has_type_or_system(element, STRUCTURE_TYPES, STRUCTURE_SYSTEMS) or _is_bare_identifier(
            element
        ):
            yield element


def _has_type_or_system(element: Json, types: Collection[str], systems: Collection[str]) -> bool:
    return identifier_system(element) in systems or bool(_type_codes(element) & set(types))


def _is_internal(element: Json, national: Collection[str]) -> bool:
    """Typed INTRN, under a system that is not the national one."""
    return "INTRN" in _type_codes(element) and identifier_system(element) not in national


def _is_bare_identifier(element: Json) -> bool:
    return not identifier_system(element) and not _type_codes(element)


def identifier_system(element: Json) -> str:
    """The system in lower case, without the spaces some examples have after ``urn:oid:``."""
    return "".join(text(element.get("system")).split()).rstrip("/").lower()


def _type_codes(element: Json) -> set[str]:
    return {coding.code.upper() for coding in codings(child(element, "type")) if coding.code}
