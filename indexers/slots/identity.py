"""National identifiers inside FHIR Identifier elements: who is who, whatever the editor wrote.

Neither the type's code system nor the identifier's system can be trusted alone: both vary inside
the guide's own examples (fhir-exchange 4, contradictions 3 and 5; E29, E30, E37).
"""

from collections.abc import Collection, Iterable, Iterator

from indexers.slots.elements import Json, child, codings, objects, text
from mappings.identifiers import as_finess, as_idnps, as_idnst, as_siret, structure_id_kind
from mappings.records import SlotStructure

PERSON_SYSTEMS = frozenset(
    {"urn:oid:1.2.250.1.71.4.2.1", "https://rpps.esante.gouv.fr", "http://rpps.fr"}
)
STRUCTURE_SYSTEMS = frozenset(
    {"urn:oid:1.2.250.1.71.4.2.2", "https://finess.esante.gouv.fr", "http://sirene.fr"}
)
PERSON_TYPES = frozenset({"IDNPS", "RPPS", "ADELI"})
STRUCTURE_TYPES = frozenset({"IDNST", "FINEG", "FINEJ", "SIRET"})

FLOWS_BY_PROFESSIONAL = frozenset({"R01", "R04"})
FLOW_BY_ASSOCIATION = "SOS1"


class AskedIdError(ValueError):
    """An id asked for is neither an RPPS, an ADELI nor a SIRET, as the flow wants."""


def asked_ids(ids: Iterable[str], flow: str) -> frozenset[str]:
    """The ids asked for with their prefix, given with or without it, or as a search token.

    Raises ``AskedIdError`` naming what the flow expects.
    """
    expected = "an RPPS or ADELI" if flow in FLOWS_BY_PROFESSIONAL else "a SIRET"
    found = set()
    for given in ids:
        value = given.rpartition("|")[2]
        known = as_idnps(value) if flow in FLOWS_BY_PROFESSIONAL else prefixed_siret(value)
        if known is None:
            raise AskedIdError(f"--asked: {given.strip()!r} is not {expected} number.")
        found.add(str(known))
    return frozenset(found)


def prefixed_siret(value: str) -> str | None:
    """``3`` + SIRET, None when the value is no SIRET."""
    siret = as_siret(value)
    return None if siret is None else f"3{siret}"


def person_ids(identifiers: object, asked: Collection[str] | None) -> list[str]:
    """The national ids of a professional, RPPS before ADELI, prefixed (E29).

    An identifier of another system and type is internal and not read, unless its value is one
    that was asked for.
    """
    found = []
    for element in objects(identifiers):
        known = as_idnps(text(element.get("value")))
        if known is None or _is(element, {"INTRN"}, frozenset()):
            continue
        national = _is(element, PERSON_TYPES, PERSON_SYSTEMS) or _says_nothing(element)
        if national or known in (asked or ()):
            found.append(str(known))
    return sorted(dict.fromkeys(found), key=lambda one: one[0] != "8")


def structure_of(identifiers: object) -> SlotStructure | None:
    """The structure of a PractitionerRole with its kind told by the prefix (C38, E30)."""
    for element in _structure_elements(identifiers):
        idnst = as_idnst(text(element.get("value")))
        kind = None if idnst is None else structure_id_kind(idnst)
        if idnst is not None and kind is not None:
            return {"idnst": str(idnst), "kind": kind.value}
    return None


def cpts_finess(identifiers: object) -> str | None:
    """The FINESS of a CPTS with its prefix; a SIRET or a rang is no CPTS identity (E30)."""
    for element in _structure_elements(identifiers):
        finess = as_finess(text(element.get("value")))
        if finess is not None:
            return f"1{finess}"
    return None


def sirets(identifiers: object) -> list[str]:
    """The SIRET of an association, each with its prefix, in the order of the answer."""
    values = (text(element.get("value")) for element in _structure_elements(identifiers))
    return [siret for siret in map(prefixed_siret, values) if siret is not None]


def place_identifiers(identifiers: object) -> list[str]:
    """Every identifier of a place in order: IDNST with its prefix, INTRN as written (E37, C46)."""
    found = []
    for element in objects(identifiers):
        value = text(element.get("value"))
        national = _is(element, STRUCTURE_TYPES, STRUCTURE_SYSTEMS)
        found.append(str(as_idnst(value) or value) if national else value)
    return list(dict.fromkeys(filter(None, found)))


def _structure_elements(identifiers: object) -> Iterator[Json]:
    """What may be national: typed so, of that system, or a bare value as the guide's example."""
    for element in objects(identifiers):
        if _is(element, STRUCTURE_TYPES, STRUCTURE_SYSTEMS) or _says_nothing(element):
            yield element


def _is(element: Json, types: Collection[str], systems: Collection[str]) -> bool:
    return system_of(element) in systems or bool(_type_codes(element) & set(types))


def _says_nothing(element: Json) -> bool:
    return not system_of(element) and not _type_codes(element)


def system_of(element: Json) -> str:
    """The system without the spaces some examples have after ``urn:oid:``."""
    return "".join(text(element.get("system")).split()).rstrip("/")


def _type_codes(element: Json) -> set[str]:
    return {coding.code.upper() for coding in codings(child(element, "type")) if coding.code}
