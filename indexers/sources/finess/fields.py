"""Common part of the three forms: one table row of plain text made a structure."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from geography.address import STREET_TYPES
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess.structure import Form, Structure, StructureAddress, precedence
from indexers.sources.phones import PhoneField, merge_phone_fields, read_phones
from indexers.sources.reading import repairs
from mappings.bounds import SITES

_STREET_TYPES = {**STREET_TYPES, "gr": "grande rue"}
"""FINESS writes ``GR`` for Grande Rue, with an empty street name."""

_DAYS = ("opened", "closed", "updated")
_POSTAL_LENGTH = 5


class SiteBuilder:
    """Makes structures of the texts of one file; remembers the FINESS numbers already kept.

    Of several records of one number (trap 20) the one with the highest ``precedence`` counts, in
    whatever order they come. ``superseded`` holds the lines of records that were given before a
    better one; their reader reads them again to set them aside.
    """

    def __init__(self, source: Form, quarantine: Quarantine) -> None:
        self.source = source
        self.quarantine = quarantine
        self._kept: dict[str, tuple[bytes, int]] = {}
        self.superseded: set[int] = set()

    def build_structure(
        self,
        line: int,
        texts: Mapping[str, str],
        address: StructureAddress,
        phones: tuple[str, ...],
        raw: Callable[[], str],
    ) -> Structure | None:
        """The record of one site, or None after its rejection; ``raw`` is called then only.

        ``texts`` holds finess, legal_finess, name, category, siret, opened, closed, updated,
        ban_key as published; empty ones are unknown.
        """
        finess = self._accept_finess(line, texts.get("finess", ""), raw)
        if finess is None:
            return None
        record: dict[str, Any] = {key: text for key, text in texts.items() if text}
        record |= {"line": line, "finess": finess, "source": self.source}
        self._repair_identifiers(record)
        self._repair_days(record)
        if address:
            record["address"] = address
        self._set_contact(record, phones, address)
        return cast("Structure", record)

    def _accept_finess(self, line: int, text: str, raw: Callable[[], str]) -> str | None:
        """The FINESS number of a site, None when it is missing or invalid."""
        finess = repairs.finess(text)
        if not finess:
            reason = Reason.FINESS_INVALID if text else Reason.FINESS_MISSING
            self.quarantine.reject(line, reason, raw())
            return None
        if not repairs.has_valid_key(finess):
            self.quarantine.warn(line, Reason.KEY_CHECK_FAILED, f"finess {finess}")
        return finess

    def keep(self, structure: Structure, raw: Callable[[], str]) -> bool:
        """False after the rejection of a whole record: a better one of its number was kept."""
        rank, known = precedence(structure), self._kept.get(structure["finess"])
        if known is None and len(self._kept) >= SITES:
            self.quarantine.reject(structure["line"], Reason.TOO_MANY_ROWS, raw())
            return False
        if known is not None and rank <= known[0]:
            self.quarantine.reject(structure["line"], Reason.FINESS_DUPLICATE, raw())
            return False
        if known is not None:
            self.superseded.add(known[1])
        self._kept[structure["finess"]] = rank, structure["line"]
        return True

    def reject_superseded(self, line: int, raw: Callable[[], str]) -> None:
        """Set aside a record that was kept before a better one."""
        if line in self.superseded:
            self.quarantine.reject(line, Reason.FINESS_DUPLICATE, raw())

    def _repair_identifiers(self, record: dict[str, Any]) -> None:
        for key, repair in (("legal_finess", repairs.finess), ("siret", repairs.siret)):
            if key not in record:
                continue
            text, record[key] = record[key], repair(record[key])
            if not record[key]:
                del record[key]
                self.quarantine.warn(record["line"], Reason.IDENTIFIER_DROPPED, f"{key} {text}")

    def _repair_days(self, record: dict[str, Any]) -> None:
        for key in _DAYS:
            if key not in record:
                continue
            text, record[key] = record[key], repairs.day(record[key])
            if not record[key]:
                del record[key]
                self.quarantine.warn(record["line"], Reason.DATE_DROPPED, f"{key} {text}")

    def _set_contact(
        self, record: dict[str, Any], texts: tuple[str, ...], address: StructureAddress
    ) -> None:
        found = _contact(texts, address.get("insee", ""))
        if found.numbers:
            record["phones"] = list(found.numbers)
        if found.emails:
            record.setdefault("email", found.emails[0])
        for text in found.refused:
            self.quarantine.warn(record["line"], Reason.PHONE_DROPPED, text)


def _contact(texts: tuple[str, ...], insee: str) -> PhoneField:
    """Phones of a site; its commune gives the department of numbers without prefix."""
    return merge_phone_fields(tuple(read_phones(text, insee[:3]) for text in texts if text))


def postal_address(
    texts: Mapping[str, str], postal_code: str, city: str, insee: str
) -> StructureAddress:
    """An address of the CSV forms: ``numvoie compvoie typvoie voie``, types spelled out.

    ``compvoie`` is the repetition of the number (B, TER), though it comes after the street.
    """
    number, repetition = texts.get("numvoie", ""), texts.get("compvoie", "")
    street = f"{street_type(texts.get('typvoie', ''))} {texts.get('voie', '')}".strip()
    return build_structure_address(
        line=" ".join(filter(None, (number, repetition, street))),
        complement=", ".join(filter(None, (texts.get("compldistrib"), texts.get("lieuditbp")))),
        postal_code=repairs.postal_code(postal_code),
        city=city,
        insee=insee,
    )


def build_structure_address(**parts: str) -> StructureAddress:
    """The parts of an address that are known."""
    return cast("StructureAddress", {key: text for key, text in parts.items() if text})


def street_type(code: str) -> str:
    """The type of street spelled out, in capitals as the register writes: ``AV`` AVENUE."""
    return _STREET_TYPES.get(code.lower(), code).upper()


def parse_routing_line(text: str) -> tuple[str, str]:
    """Postcode and post-office label of a routing line: ``01440 VIRIAT``."""
    postal_code, _, city = text.partition(" ")
    if len(postal_code) == _POSTAL_LENGTH and postal_code.isdigit():
        return postal_code, city.strip()
    return "", text
