"""An LRM link explained parameter by parameter, in French, without network; and links built."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from urllib.parse import quote, urlencode

from lrm.link import IGNORED, LrmLink, doctor_block
from lrm.place import LrmPlace, read_place
from lrm.specialty import SYSTEM_OF_OID, read_specialty
from mappings import codes
from mappings.identifiers import as_rpps
from search_engine.query.treating_doctor import NOT_IDENTIFIED, NOT_TRANSMITTED
from search_engine.request.problems import SearchProblem
from search_engine.request.query_string import (
    MAX_NAMED,
    Parameters,
    find_repeated,
    parse_query_string,
)

PRACTITIONER_OID = "1.2.250.1.71.4.2.1"
ADDRESS = "adresse"
"""Name of the finding on the address assembled from its four parameters."""

REPLACED = "\N{REPLACEMENT CHARACTER}"
"""What a sender writes for a character it lost."""

PAGING: Mapping[str, str] = MappingProxyType(
    {
        "page": "numéro de page",
        "size": "offres par page",
        "seed": "tirage d'une réponse précédente",
        "cursor": "suite d'une réponse précédente",
        "stable": "annuaire figé à la première page",
    }
)
"""Parameters of paging, and the finding on each."""

NAMES = frozenset(LrmLink.model_fields)


class FindingLevel(StrEnum):
    """What a finding means for the link: followed, not known without the network, followed
    otherwise, refused."""

    OK = "ok"
    UNCHECKED = "unchecked"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one parameter: ``became`` is what is searched, ``message`` what to know."""

    parameter: str
    level: FindingLevel
    became: str = ""
    message: str = ""


def parse_link_parameters(url: str) -> Parameters:
    """The parameters of a link as the service decodes them, in order; also of a bare query string.

    Raises ``QueryStringUnreadable`` and ``TooManyParameters``.
    """
    text = url.strip().partition("#")[0]
    query = text.partition("?")[2] if "?" in text else text
    return parse_query_string(query.encode("utf-8", "surrogateescape"))


def find_link_faults(parameters: Parameters) -> Iterator[Finding]:
    """What is wrong with how the link is written, before anything is read."""
    repeated = set(find_repeated([name for name, _ in parameters if name in NAMES]))
    for name in islice(dict.fromkeys(name for name, _ in parameters), MAX_NAMED):
        if name not in NAMES:
            yield Finding(name, FindingLevel.WARNING, "", IGNORED["message"])
        elif name in repeated:
            yield Finding(name, FindingLevel.FAULT, "", "Ce paramètre est donné plusieurs fois.")
    for name, value in parameters:
        if REPLACED in value:
            yield Finding(name, FindingLevel.FAULT, "", "Mal encodé : de l'UTF-8 est attendu.")


def link_findings(link: LrmLink) -> Iterator[Finding]:
    """What became of each parameter of a link whose values have the right form."""
    yield Finding(
        "origin", FindingLevel.OK, link.origin, "Vérifiée au registre à l'ouverture du lien."
    )
    yield from _specialty(link)
    yield _practitioner(link.practitioner)
    yield from _address(link)
    for name in PAGING:
        if name in link.model_fields_set:
            yield Finding(name, FindingLevel.OK, PAGING[name], "Vérifié à l'ouverture du lien.")


def build_link(base: str, parameters: Mapping[str, str]) -> str:
    """The encoded link; codes and RPPS are put in the form of the contract, empty ones left out."""
    contract = {"specialty": specialty_urn, "practitioner": practitioner_urn}
    written = {
        name: contract.get(name, str)(value.strip())
        for name, value in parameters.items()
        if value.strip()
    }
    return f"{base}?{urlencode(written, quote_via=quote)}"


def specialty_urn(text: str) -> str:
    """``SM54`` with its OID; words stay words."""
    oids = {system: oid for oid, system in SYSTEM_OF_OID.items()}
    found = codes.specialties().get(text.upper()) or codes.professions().get(text)
    oid = oids.get(found.system) if found else None
    return text if found is None or oid is None else f"urn:oid:{oid}|{found.code}"


def practitioner_urn(text: str) -> str:
    """An RPPS with its OID and its 8; a name stays a name."""
    rpps = as_rpps(text)
    return text if rpps is None else f"urn:oid:{PRACTITIONER_OID}|8{rpps}"


def _specialty(link: LrmLink) -> Iterator[Finding]:
    read = read_specialty(link.specialty, link.speciality)
    name = "specialty" if link.specialty or not link.speciality else "speciality"
    if not read.warnings:
        yield Finding(name, FindingLevel.OK, read.label)
    given = (link.specialty or link.speciality).strip()
    coded = specialty_urn(given)
    hint = "" if coded == given else f" Un code ne va pas seul : {coded}"
    for warning in read.warnings:
        yield Finding(name, FindingLevel.WARNING, read.label, warning["message"] + hint)


def _practitioner(text: str) -> Finding:
    if not text:
        return Finding("practitioner", FindingLevel.WARNING, "", NOT_TRANSMITTED["message"])
    read = doctor_block(text)
    if not read:
        return Finding("practitioner", FindingLevel.WARNING, "", NOT_IDENTIFIED["message"])
    became = f"RPPS {read['rpps']}" if "rpps" in read else f"nom « {read['name']} »"
    return Finding("practitioner", FindingLevel.OK, became)


def _address(link: LrmLink) -> Iterator[Finding]:
    try:
        place = read_place(link.streetnumber, link.streetname, link.inseecode, link.city)
    except SearchProblem as error:
        name = error.field or ADDRESS
        yield Finding(name, FindingLevel.FAULT, "", f"{error.detail} {error.remedy}")
        return
    level = FindingLevel.UNCHECKED if place.street else FindingLevel.OK
    yield Finding(ADDRESS, level, place.text, _search_area_text(place))
    for warning in place.warnings:
        yield Finding(ADDRESS, FindingLevel.WARNING, "", warning["message"])


def _search_area_text(place: LrmPlace) -> str:
    """What is searched around, with the code the commune has today."""
    code = f" (INSEE {place.commune.insee})" if place.commune else ""
    if not place.street:
        return f"Autour de la commune{code}."
    return (
        f"Rue cherchée à l'ouverture du lien, pas ici ; non trouvée : autour de la commune{code}."
    )
