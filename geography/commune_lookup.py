"""The commune an address names: by its code, else its postcode and town, else its town alone.

Three thousand codes are postcodes of another commune: 29200 is Morlaix before it is Brest. A code
that neither postcode nor town confirms yields to what two of the three say (``read_commune_code``,
the one reading of codes for searches, links and rows).

Traps 36 to 42 of the sources: CEDEX, boxes, towns in another field, districts, codes of the
old FINESS overseas, merged communes, foreign addresses.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from geography.departments import load_corrected_departments
from geography.gazetteer import Commune, Gazetteer
from geography.place_names import split_place
from geography.reasons import Note, Unlocatable
from geography.where.usual_places import find_usual_communes

FRANCE = frozenset({"", "99000", "99100", "FR", "FRA", "FRANCE"})
"""Country codes (INSEE, ISO) and names of France; anything else is abroad."""

LEGACY_OVERSEAS = {"9A": "97", "9B": "97", "9C": "97", "9D": "97", "9E": "97", "9F": "97"}
"""First characters of FINESS before 2026; the three digits that follow complete the code:
9A101 is 97101, Les Abymes. Wallis (9J) has codes 986."""

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
    """The commune of an address, and how it was read.

    ``instead`` is the commune of the other reading of a code that nothing settles.
    """

    commune: Commune
    notes: tuple[Note, ...] = ()
    instead: Commune | None = None


def find_commune(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | Unlocatable:
    """The commune of an address, or why it has none, by what two of code, postcode and town say.

    The code wins where they cannot be settled, with a note.
    """
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
    return found._replace(notes=(*notes, *unknown, *found.notes, *merged))


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


def read_commune_code(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | None:
    """The commune of the code of an address, read with its postcode and town; None without one.

    A code confirmed by one of them is followed. Otherwise it yields to both when they agree, and
    is read as a postcode where that makes two agree, or where it is no code of today. What cannot
    be settled stays the code's commune, with ``CODES_DISAGREE`` or ``instead``.
    """
    address, _ = _postcode_from_town(address)
    return _by_code(gazetteer, address) if address.insee.strip() else None


def _by_code(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | None:
    code, notes = _clean_code(address.insee.strip().upper())
    commune = gazetteer.by_insee(code)
    if commune is not None and _is_confirmed(gazetteer, commune, address):
        return _resolve_district(gazetteer, NamedCommune(commune, notes), address)
    other = _find_outvoting(gazetteer, code, address, commune)
    if other is not None or commune is None:
        return other
    found = _resolve_district(gazetteer, NamedCommune(commune, notes), address)
    return _mark_unsettled(gazetteer, found, code, address)


def _is_confirmed(gazetteer: Gazetteer, commune: Commune, address: PostalAddress) -> bool:
    """True when the postcode or the town is of that commune, or the CEDEX of its department.

    The same figures written twice confirm nothing.
    """
    postal_code = address.postal_code.strip()
    named = _find_town_communes(gazetteer, address)
    if postal_code == address.insee.strip():
        return _has_ground(gazetteer, commune, named)
    served = gazetteer.by_postcode(postal_code)
    cedex = not served and commune.department in departments_of_postcode(postal_code)
    return cedex or _has_ground(gazetteer, commune, (*served, *named))


def _has_ground(gazetteer: Gazetteer, commune: Commune, known: Iterable[Commune]) -> bool:
    family = gazetteer.insee_family(commune.insee)
    return any(other.insee in family for other in known)


def _find_town_communes(
    gazetteer: Gazetteer, address: PostalAddress, postcode: str | None = None
) -> list[Commune]:
    """The communes of the town, that of a usual name last; those of a postcode if given."""
    if not address.city:
        return []
    named = gazetteer.by_name(address.city, postcode=postcode)
    usual = _find_usual(gazetteer, address.city)
    served = {c.insee for c in gazetteer.by_postcode(postcode)} if postcode else set()
    return [*named, *(c for c in usual if not postcode or c.insee in served)]


def _find_usual(gazetteer: Gazetteer, city: str) -> list[Commune]:
    """The commune that stands for a usual name: an island, the town of a sorting office."""
    found = (gazetteer.by_insee(usual.insee) for usual in find_usual_communes(city)[:1])
    return [commune for commune in found if commune is not None]


def _find_outvoting(
    gazetteer: Gazetteer, code: str, address: PostalAddress, commune: Commune | None
) -> NamedCommune | None:
    """The commune that the others agree on, the code counting as a postcode; None when they do
    not, or when a code of no commune leaves postcode and town to decide."""
    postal_code = address.postal_code.strip()
    agreed = _find_agreed(gazetteer, address, postal_code)
    if agreed is not None and commune is not None:
        same = code == postal_code or agreed in gazetteer.by_postcode(code)
        return NamedCommune(agreed, (Note.INSEE_IS_POSTCODE if same else Note.INSEE_OUTVOTED,))
    served = gazetteer.by_postcode(code)
    current = commune is not None and commune.insee == code and commune in served
    if not served or (current and code == postal_code):
        return None
    as_postcode = _find_agreed(gazetteer, address, code)
    if as_postcode is None and code != postal_code:
        also = gazetteer.by_postcode(postal_code)
        as_postcode = next((one for one in served if one in also), None)
    if as_postcode is not None:
        return NamedCommune(as_postcode, (Note.INSEE_IS_POSTCODE,))
    return _read_only_postcode(gazetteer, code, address, commune)


def _find_agreed(gazetteer: Gazetteer, address: PostalAddress, postal_code: str) -> Commune | None:
    """The commune of the town that the postcode serves, or of its department for a CEDEX."""
    if not address.city.strip() or not postal_code:
        return None
    if gazetteer.by_postcode(postal_code):
        return next(iter(_find_town_communes(gazetteer, address, postal_code)), None)
    departments = departments_of_postcode(postal_code)
    known = [c for c in _find_town_communes(gazetteer, address) if c.department in departments]
    return known[0] if len({c.insee for c in known}) == 1 else None


def _read_only_postcode(
    gazetteer: Gazetteer, code: str, address: PostalAddress, commune: Commune | None
) -> NamedCommune | None:
    """The code as a postcode, when the postcode has the same figures, or when nothing else is
    known of a code that is none of today: 75016 was a commune of the Seine."""
    if code != address.postal_code.strip():
        known = gazetteer.by_postcode(address.postal_code.strip())
        if known or _find_town_communes(gazetteer, address):
            return None
        if commune is not None and code.startswith(commune.department):
            return None
    found = _by_postcode(gazetteer, address._replace(postal_code=code))
    if not isinstance(found, NamedCommune):
        return None
    return found._replace(notes=(Note.INSEE_IS_POSTCODE, *found.notes))


def _mark_unsettled(
    gazetteer: Gazetteer, found: NamedCommune, code: str, address: PostalAddress
) -> NamedCommune:
    """The reading by the code, with what it may mean instead."""
    known = (
        *gazetteer.by_postcode(address.postal_code.strip()),
        *_find_town_communes(gazetteer, address),
    )
    if _has_ground(gazetteer, found.commune, known):
        return found
    if known:
        notes = (*found.notes, Note.CODES_DISAGREE)
        return found._replace(notes=notes, instead=known[0])
    served = gazetteer.by_postcode(code)
    if not served or _has_ground(gazetteer, found.commune, served):
        return found
    return found._replace(instead=served[0])


def _clean_code(code: str) -> tuple[str, tuple[Note, ...]]:
    if re.fullmatch(r"[1-9]\d{3}", code):
        return "0" + code, (Note.INSEE_ZERO_RESTORED,)
    if _LEGACY.fullmatch(code):
        start = LEGACY_OVERSEAS.get(code[:2], "98")
        return start + code[2:], (Note.LEGACY_OVERSEAS_CODE,)
    return code, ()


def _resolve_district(
    gazetteer: Gazetteer, found: NamedCommune, address: PostalAddress
) -> NamedCommune:
    """The district inside a whole city: 75056 with 75015 or PARIS 15 is 75115 (trap 38)."""
    if found.commune.parent or len(gazetteer.insee_family(found.commune.insee)) == 1:
        return found
    served = gazetteer.by_postcode(address.postal_code.strip())
    for district in (*served, *gazetteer.by_name(address.city)):
        if district.parent == found.commune.insee:
            return found._replace(commune=district, notes=(*found.notes, Note.DISTRICT_TOLD))
    return found


def _by_postcode(gazetteer: Gazetteer, address: PostalAddress) -> NamedCommune | None:
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
    named = _find_usual(gazetteer, address.city) or gazetteer.by_name(address.city)
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
    named = _find_usual(gazetteer, city) or gazetteer.by_name(city)
    return [c for c in named if c.department in departments]
