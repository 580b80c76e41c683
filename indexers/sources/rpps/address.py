"""The address of an RPPS activity, from its fourteen columns (traps 36, 37, 39, 42, 44)."""

import re

from geography.address import STREET_TYPES
from indexers.sources.reading import repairs
from indexers.sources.rpps.record import ActivityAddress

ADDRESS_COLUMNS = (
    "Complément destinataire (coord. structure)",
    "Complément point géographique (coord. structure)",
    "Mention distribution (coord. structure)",
    "Numéro Voie (coord. structure)",
    "Indice répétition voie (coord. structure)",
    "Code type de voie (coord. structure)",
    "Libellé type de voie (coord. structure)",
    "Libellé Voie (coord. structure)",
    "Bureau cedex (coord. structure)",
    "Code postal (coord. structure)",
    "Code commune (coord. structure)",
    "Libellé commune (coord. structure)",
    "Code pays (coord. structure)",
)
"""In the order ``read_address`` takes them."""

_STREET_COLUMNS = 8

FRANCE = frozenset({"", "99000", "99100", "FR", "FRA"})
"""Country codes of France in the register; they are left out of the record."""

_OFFICE = re.compile(
    r"(?:(?P<postal_code>\d{5})\s+)?(?P<city>.*?)(?:\s+CEDEX(?:\s+\d+)?)?", re.IGNORECASE
)


def read_address(columns: tuple[str, ...]) -> ActivityAddress:
    """The address of the columns ``ADDRESS_COLUMNS``, empty when the row has none.

    Former ADELI rows have no commune: town and postcode then come from the sorting office
    (``25300 DOUBS``), its CEDEX left out.
    """
    *extras, number, repetition, type_code, kind, street = columns[:_STREET_COLUMNS]
    office, postal_code, insee, city, country = columns[_STREET_COLUMNS:]
    address: ActivityAddress = {}
    if not kind and type_code:
        kind = STREET_TYPES.get(type_code.lower(), type_code)
    if line := " ".join(filter(None, (number, repetition, kind, street))):
        address["line"] = line
    if complement := ", ".join(filter(None, extras)):
        address["complement"] = complement
    if country not in FRANCE:
        address["country"] = country
    else:
        postal_code = repairs.postal_code(postal_code)
        insee = repairs.insee(insee)
    if office and not (city and postal_code):
        postal_code, city = _from_office(office, postal_code, city)
    if postal_code:
        address["postal_code"] = postal_code
    if city:
        address["city"] = city
    if insee:
        address["insee"] = insee
    return address


def _from_office(office: str, postal_code: str, city: str) -> tuple[str, str]:
    match = _OFFICE.fullmatch(office)
    if match is None:
        return postal_code, city
    return postal_code or match["postal_code"] or "", city or match["city"]
