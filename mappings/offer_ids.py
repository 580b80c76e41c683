"""Identity of an offer: its id, its fair key, its title, the names of its searches (design 5)."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from mappings.identifiers import OfferId

FAIR_KEY_BITS = 31
"""Width of ``fair_key``: a non-negative signed 32-bit integer of Elasticsearch."""

CAPITALISED_NAME_CACHE_SIZE = 1 << 14
"""Given names kept as shown: a country has fewer that are common."""

_COURTESY = {"DR": "Dr", "PR": "Pr"}
"""Courtesy titles of practice shown before a name (TRE_R11)."""

DOCTORS = frozenset({"10", "40"})
"""Professions (TRE_G15) called Dr when the register gives no title: doctors and dentists."""


def professional_id(rpps: str, place_key: str) -> OfferId:
    """A professional at one place."""
    return OfferId(f"rpps:{rpps}@{place_key}")


def structure_id(finess: str) -> OfferId:
    """A structure of FINESS."""
    return OfferId(f"finess:{finess}")


def sos_point_id(siret: str, point: str) -> OfferId:
    """A fixed point of an SOS Médecins association."""
    return OfferId(f"sos:{siret}:{point}")


def cpts_id(finess: str) -> OfferId:
    """A CPTS seen as one card."""
    return OfferId(f"cpts:{finess}")


def solution_id(editor: str, key: str) -> OfferId:
    """A marketplace solution."""
    return OfferId(f"solution:{editor}:{key}")


def fair_key(offer_id: str) -> int:
    """A number from 0 to 2^31 - 1 that depends on the id only, so on no reload (F020, W03)."""
    digest = hashlib.sha256(offer_id.encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - FAIR_KEY_BITS)


def person_key(offer_id: str, rpps: str = "") -> str:
    """The person whose offers share one card: his RPPS, else the offer itself."""
    return rpps or offer_id


def person_title(civility: str, profession: str, given: str, family: str) -> str:
    """``Dr Anne-Marie LE GALL``; the title of practice, else Dr for doctors and dentists."""
    courtesy = _COURTESY.get(civility.upper().rstrip("."), "")
    if not courtesy and profession in DOCTORS:
        courtesy = "Dr"
    return " ".join(filter(None, (courtesy, capitalise_given_name(given), family.upper())))


@lru_cache(maxsize=CAPITALISED_NAME_CACHE_SIZE)
def capitalise_given_name(given: str) -> str:
    """``JEAN-PIERRE`` and ``jean-pierre`` give ``Jean-Pierre``; mixed case is kept as written."""
    if given != given.upper() and given != given.lower():
        return given
    return "-".join(
        " ".join(word.capitalize() for word in part.split(" ")) for part in given.split("-")
    )


def both_orders(family: str, given: str) -> tuple[str, str]:
    """The whole name as a professional is searched by it, either part first."""
    return f"{family} {given}".strip(), f"{given} {family}".strip()


def distinct(texts: Iterable[str]) -> list[str]:
    """The non-empty texts, first occurrence kept, in order."""
    return list(dict.fromkeys(filter(None, texts)))
