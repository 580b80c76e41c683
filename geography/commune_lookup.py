"""The commune an address names: by its code, else its postcode and town, else its town alone.

Traps 36 to 42 of the sources: CEDEX, boxes, towns in another field, districts, codes of the
old FINESS overseas, merged communes, foreign addresses.
"""

import re
from typing import NamedTuple

from geography.departments import load_corrected_departments
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import name_key, split_place
from geography.reasons import Note, Unlocatable

FRANCE = frozenset({"", "99000", "99100", "FR", "FRA", "FRANCE"})
"""Country codes (INSEE, ISO) and names of France; anything else is abroad."""

LEGACY_OVERSEAS = {"9A": "97", "9B": "97", "9C": "97", "9D": "97", "9E": "97", "9F": "97"}
"""First characters of FINESS before 2026; the three digits that follow complete the code:
9A101 is 97101, Les Abymes. Wallis (9J) has codes 986."""

POSTAL_TOWNS = {
    "paris la defense": "Courbevoie",
    "la defense": "Courbevoie",
    "roissy cdg": "Roissy-en-France",
    "sophia antipolis": "Valbonne",
    "cergy pontoise": "Cergy",
    "marne la vallee": "Noisiel",
    "evry": "Évry-Courcouronnes",
    "saint quentin en yvelines": "Montigny-le-Bretonneux",
}
"""Towns of the post office that are no communes, each by the commune of its sorting office."""

_LEGACY = re.compile(r"9[A-FJ]\d{3}")
_INSEE = re.compile(r"(\d{2}|2[AB])\d{3}")
_POSTCODE = re.compile(r"\d{5}")
_OFFICE = re.compile(r"(?:f[- ]?)?(\d{5})\b", re.IGNORECASE)
MONACO = "980"


class PostalAddress(NamedTuple):
    """An address as a source gives it; any part may be empty. ``country`` empty is France."""

    line: str = ""
    postal_code: str = ""
    city: str = ""
    insee: str = ""
    country: str = ""


class NamedCommune(NamedTuple):
    """The commune of an address, and how it was read."""

    commune: Commune
    notes: tuple[Note, ...] = ()


def find_commune(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | Unlocatable:
    """The commune of an address, or why it has none. The code wins over postcode and town."""
    if not (address.postal_code.strip() or address.city.strip() or address.insee.strip()):
        return Unlocatable.FOREIGN if _is_abroad(address) else Unlocatable.EMPTY
    if _is_abroad(address):
        return Unlocatable.FOREIGN
    address, notes = _postcode_from_town(address)
    by_code = _by_code(gazetteer, address)
    found = by_code or _by_postcode(gazetteer, address) or _by_town(gazetteer, address)
    if found is None:
        return Unlocatable.UNKNOWN_COMMUNE
    if isinstance(found, Unlocatable):
        return found
    unknown = (Note.INSEE_UNKNOWN,) if address.insee and not by_code else ()
    merged = (Note.MERGED_COMMUNE,) if found.commune.part else ()
    return NamedCommune(found.commune, (*notes, *unknown, *found.notes, *merged))


def _is_abroad(address: PostalAddress) -> bool:
    insee, postal_code = address.insee.strip(), address.postal_code.strip()
    if address.country.strip().upper() not in FRANCE:
        return True
    if insee.startswith("99") and insee not in FRANCE:
        return True
    if postal_code.startswith(MONACO) and len(postal_code) == 5 and not insee:  # noqa: PLR2004
        return True
    letters = any(char.isalpha() for char in _OFFICE.sub("", postal_code))
    return letters and not insee


def _postcode_from_town(address: PostalAddress) -> tuple[PostalAddress, tuple[Note, ...]]:
    """``25300 DOUBS`` in the town: the sorting office of former ADELI rows (trap 37)."""
    place = split_place(address.city)
    if place.postcode is None:
        return address, ()
    known = address.postal_code.strip()
    moved = address._replace(postal_code=known or place.postcode, city=place.city)
    return moved, () if known else (Note.TOWN_IN_ANOTHER_FIELD,)


def _by_code(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | None:
    written = address.insee.strip().upper()
    code, notes = _clean_code(written)
    if code == address.postal_code.strip() and _is_overseas_postcode(gazetteer, code):
        # 97133 is Vieux-Fort as a code, Saint-Barthélemy as a postcode: both columns agree.
        return NamedCommune(gazetteer.by_postcode(code)[0], (Note.INSEE_IS_POSTCODE,))
    commune = gazetteer.by_insee(code)
    if commune is None:
        return None
    return _resolve_district(gazetteer, NamedCommune(commune, notes), address)


def _clean_code(code: str) -> tuple[str, tuple[Note, ...]]:
    if re.fullmatch(r"[1-9]\d{3}", code):
        return "0" + code, (Note.INSEE_ZERO_RESTORED,)
    if _LEGACY.fullmatch(code):
        start = LEGACY_OVERSEAS.get(code[:2], "98")
        return start + code[2:], (Note.LEGACY_OVERSEAS_CODE,)
    return code, ()


def _is_overseas_postcode(gazetteer: Gazetteer, code: str) -> bool:
    served = gazetteer.by_postcode(code)
    return len(served) == 1 and served[0].department in ("977", "978")


def _resolve_district(
    gazetteer: Gazetteer, found: NamedCommune, address: PostalAddress
) -> NamedCommune:
    """The district inside a whole city: 75056 with 75015 or PARIS 15 is 75115 (trap 38)."""
    if found.commune.parent or len(gazetteer.insee_family(found.commune.insee)) == 1:
        return found
    served = gazetteer.by_postcode(address.postal_code.strip())
    for district in (*served, *gazetteer.by_name(address.city)):
        if district.parent == found.commune.insee:
            return NamedCommune(district, (*found.notes, Note.DISTRICT_TOLD))
    return found


def _by_postcode(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | Unlocatable | None:
    postal_code = address.postal_code.strip()
    served = gazetteer.by_postcode(postal_code)
    if not served:
        return None
    named = gazetteer.by_name(address.city, postcode=postal_code) if address.city.strip() else []
    if named:
        return NamedCommune(named[0])
    if not address.city.strip():
        notes = (Note.POSTCODE_ONLY,) if len(served) > 1 else ()
        return NamedCommune(served[0], notes)
    nearby = _find_in_departments(
        gazetteer, address.city, {commune.department for commune in served}
    )
    notes = (Note.CITY_NOT_IN_POSTCODE,)
    return NamedCommune(nearby[0], notes) if nearby else NamedCommune(served[0], notes)


def _by_town(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | Unlocatable | None:
    """By the town alone, in the department of the postcode when it is a CEDEX (trap 36)."""
    named = gazetteer.by_name(POSTAL_TOWNS.get(name_key(address.city), address.city))
    departments = departments_of_postcode(address.postal_code.strip())
    if departments:
        named = [commune for commune in named if commune.department in departments]
    several = len({commune.insee for commune in named}) > 1
    if several and not departments:
        return Unlocatable.AMBIGUOUS_COMMUNE
    return NamedCommune(named[0], (Note.HOMONYM,) if several else ()) if named else None


def departments_of_postcode(postal_code: str) -> tuple[str, ...]:
    """The department a postcode begins with, CEDEX included; both of Corsica for 20."""
    if not _POSTCODE.fullmatch(postal_code):
        return ()
    start = postal_code[:3] if postal_code[:2] in ("97", "98") else postal_code[:2]
    found = ("2A", "2B") if start == "20" else (start,)
    return tuple(code for code in found if code in load_corrected_departments())


def _find_in_departments(gazetteer: Gazetteer, city: str, departments: set[str]) -> list[Commune]:
    town = POSTAL_TOWNS.get(name_key(city), city)
    return [c for c in gazetteer.by_name(town) if c.department in departments]
