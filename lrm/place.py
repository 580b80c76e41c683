"""The patient's address as an LRM link gives it: four parameters, one place (F058, F059, W30)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from geography.commune_lookup import NamedCommune, PostalAddress, read_commune_code
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.geocoding.geocoder import GeocodedAddress
from geography.reasons import Note
from geography.where.text_place import (
    EXACT,
    MISSPELT,
    Home,
    choose_homonym,
    read_candidates,
)
from lrm.problems import CityNotFound, NoCity, NumberWithoutStreet
from search_engine.request.area import Area, address_area, insee_area, pad_insee
from search_engine.request.problems import GeocoderUnavailable, PlaceNotFound

NUMBER_IGNORED = {
    "code": "lrm_number_ignored",
    "message": "Numéro de rue sans chiffre : il n'a pas été utilisé.",
}
INSEE_UNKNOWN = {
    "code": "lrm_insee_unknown",
    "message": "Code INSEE inconnu : la commune a été cherchée par son nom.",
}
CITY_AMBIGUOUS = {
    "code": "lrm_city_ambiguous",
    "message": "Plusieurs communes portent ce nom : vérifiez le secteur affiché.",
}
CITY_CORRECTED = {
    "code": "lrm_city_corrected",
    "message": "Aucune commune ne porte ce nom exact : la plus proche par l'orthographe a été lue.",
}
CITY_DIFFERS = {
    "code": "lrm_city_differs",
    "message": "Le code INSEE et le nom désignent deux communes : le code a été retenu.",
}
INSEE_IS_POSTCODE = {
    "code": "lrm_insee_is_postcode",
    "message": "Le code INSEE reçu est un code postal : il a été lu comme tel.",
}
INSEE_OR_POSTCODE = {
    "code": "lrm_insee_or_postcode",
    "message": "Le code INSEE reçu est aussi le code postal d'une autre commune : vérifiez le "
    "secteur affiché.",
}
"""Warnings of the address."""

Warnings = tuple[Mapping[str, str], ...]


class InseeFinder(Protocol):
    """What finds an address within a commune: ``geography.geocoding.geocoder.Geocoder``."""

    @property
    def is_down(self) -> bool:
        """True when the service cannot be reached."""
        ...

    async def geocode(
        self, text: str, *, insee: str | None = None, home: Home = ()
    ) -> GeocodedAddress | None:
        """The address, None when unknown."""
        ...


@dataclass(frozen=True, slots=True)
class LrmPlace:
    """The address assembled: ``12 bis`` and a street, in a commune.

    ``commune`` is None when only a name is known and several communes, or none, have it.
    """

    number: str
    street: str
    commune: Commune | None
    city: str
    warnings: Warnings = ()

    @property
    def text(self) -> str:
        """One line, as an address is written: ``12 bis Rue du Lac, 48000 Mende``."""
        line = f"{self.number} {self.street}".strip()
        return ", ".join(part for part in (line, self.town) if part)

    @property
    def town(self) -> str:
        """The commune with its postcode when it has only one; else the name that was given."""
        if self.commune is None:
            return self.city
        parent = load_gazetteer().by_insee(self.commune.parent or "")
        name = self.commune.name if parent is None else parent.name
        postcodes = self.commune.postcodes
        return f"{postcodes[0]} {name}" if len(postcodes) == 1 else name


def read_place(number: str, street: str, insee: str, city: str) -> LrmPlace:
    """The place of the four parameters.

    Raises ``NumberWithoutStreet``, ``NoCity``, or ``CityNotFound`` when nothing but an unknown
    city is given.
    """
    gazetteer = load_gazetteer()
    number, street, city = map(_one_line, (number, street, city))
    numbered = any(sign.isdigit() for sign in number)
    if numbered and not street:
        raise NumberWithoutStreet
    place = _town(gazetteer, insee.strip(), city)
    if place.commune is None and not place.city:
        raise NoCity
    if place.commune is None and not street and not gazetteer.by_name(place.city):
        raise CityNotFound
    ignored = (NUMBER_IGNORED,) if number and not numbered else ()
    return replace(
        place,
        number=number if numbered else "",
        street=street,
        warnings=(*ignored, *place.warnings),
    )


async def resolve_place_area(place: LrmPlace, finder: InseeFinder, home: Home = ()) -> Area:
    """The area of the place; only an INSEE code is a search around the commune.

    Among several communes of one name, that of the caller's departments.

    Raises ``PlaceNotFound`` or ``GeocoderUnavailable``.
    """
    gazetteer = load_gazetteer()
    commune = place.commune
    if not place.street:
        commune = commune or choose_homonym(gazetteer.by_name(place.city), home)
        return insee_area(gazetteer, commune.insee, None)
    insee = None if commune is None else commune.insee
    found = await finder.geocode(place.text, insee=insee, home=home)
    if found is not None:
        return address_area(gazetteer, found, None, service_down=finder.is_down)
    if finder.is_down:
        raise GeocoderUnavailable
    raise PlaceNotFound(field="streetname")


def _town(gazetteer: Gazetteer, insee: str, city: str) -> LrmPlace:
    """The commune by its code, read with the name (F058); arrondissements stay (W30)."""
    found = read_commune_code(gazetteer, PostalAddress("", "", city, pad_insee(insee)))
    if found is not None:
        return LrmPlace("", "", found.commune, city, tuple(_code_warnings(found)))
    named, corrected = _find_city(gazetteer, city)
    unknown = ((INSEE_UNKNOWN,) if insee else ()) + ((CITY_CORRECTED,) if corrected else ())
    if len(named) > 1:
        return LrmPlace("", "", None, city, (*unknown, CITY_AMBIGUOUS))
    return LrmPlace("", "", named[0] if named else None, city, unknown)


def _find_city(gazetteer: Gazetteer, city: str) -> tuple[list[Commune], bool]:
    """The communes of a city without code, and whether its name was read with an error."""
    named = gazetteer.by_name(city) if city else []
    read = read_candidates(gazetteer, city) if city and not named else None
    if read is None or read.score not in (EXACT, MISSPELT):
        return named, False
    return read.communes[:1], read.score == MISSPELT


def _code_warnings(found: NamedCommune) -> Iterator[Mapping[str, str]]:
    """A code that was read as a postcode, or that the name contradicts, or that could be one."""
    if Note.INSEE_IS_POSTCODE in found.notes:
        yield INSEE_IS_POSTCODE
    elif Note.CODES_DISAGREE in found.notes:
        yield CITY_DIFFERS
    elif found.instead is not None:
        yield INSEE_OR_POSTCODE


def _one_line(text: str) -> str:
    return " ".join(text.split())
