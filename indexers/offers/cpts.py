"""A CPTS as one card: the communes it covers, its phones (F090, F096)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from geography.commune_lookup import PostalAddress, read_commune_code
from geography.departments import department_zone, resolve_department_code
from geography.gazetteer import load_gazetteer
from geography.locate import Locator
from indexers.offers.locating import locate_address, own_format_address, own_format_request
from indexers.offers.participation import clean_info
from indexers.offers.provenance import Provenance
from indexers.offers.records import Record
from indexers.offers.structure_register import StructureRegister
from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from mappings.codes import CPTS_CATEGORY, KIND_LABELS
from mappings.fields import drop_empty_fields
from mappings.formats import Cpts
from mappings.names.spellings import build_place_name_fields
from mappings.offer_ids import cpts_id, distinct, fair_key, person_key
from mappings.records import Kind, Offer

CPTS = "cpts"
"""Name of the source of CPTS, in quarantines and on cards."""


def build_cpts_offers(
    every_cpts: Iterable[Cpts],
    locate: Callable[[Cpts], Record | None],
    attached: frozenset[str],
    provenance: Provenance,
    quarantines: Quarantines,
) -> Iterator[Offer]:
    """The cards of CPTS; one that cannot be located goes to the quarantine.

    ``attached`` are the FINESS of the CPTS that a professional's place is attached to.
    """
    for cpts in every_cpts:
        place = locate(cpts)
        if place is None:
            quarantines.get_quarantine(CPTS).reject(0, Reason.NOT_LOCATED, cpts.finess)
        else:
            yield build_cpts_offer(cpts, place, cpts.finess in attached, provenance)


def locate_cpts(
    cpts: Cpts, locator: Locator, register: StructureRegister | None = None
) -> Record | None:
    """Where a CPTS is: at its address, else at its seat of FINESS, else in a department.

    The department is that of most of its communes, without point. None when none is known.
    """
    place = _locate_own_address(cpts, locator)
    if place is None and register is not None:
        place = _locate_seat(cpts, locator, register)
    department = main_department(cpts.communes)
    return place or (territory_fields(department) if department else None)


def _locate_own_address(cpts: Cpts, locator: Locator) -> Record | None:
    if cpts.address is None:
        return None
    address = own_format_address(cpts.address)
    return locate_address(locator, own_format_request(cpts.address, None), address)


def _locate_seat(cpts: Cpts, locator: Locator, register: StructureRegister) -> Record | None:
    seat = register.store.structure(cpts.finess)
    if seat is None:
        return None
    return locate_address(locator, register.structure_request(seat), seat.get("address", {}))


def build_cpts_offer(cpts: Cpts, place: Record, participant: bool, provenance: Provenance) -> Offer:
    """The card of a CPTS; it takes part when a professional's place is attached to it (F096)."""
    mark = provenance.mark(CPTS)
    names = build_place_name_fields([cpts.name], CPTS_CATEGORY, place.get("city", ""))
    offer = {**_identity(cpts), **names, **place, "participant": participant}
    offer["sources"] = {
        "identity": mark,
        "phones": mark,
        "participation": provenance.mark("participation"),
    }
    return cast("Offer", offer)


def _identity(cpts: Cpts) -> Record:
    offer_id = cpts_id(cpts.finess)
    return {
        "id": offer_id,
        "kind": Kind.CPTS.value,
        "title": cpts.name,
        "labels": [KIND_LABELS[Kind.CPTS]],
        "fair_key": fair_key(offer_id),
        "person_key": person_key(offer_id),
        "finess": cpts.finess,
        "cpts": [cpts.finess],
        "cpts_name": cpts.name,
        **drop_empty_fields(
            cpts_phones=list(cpts.phones),
            phones=list(cpts.phones),
            covers_insee=distinct(map(current_code, cpts.communes)),
            additional_info=clean_info(cpts.additional_info),
        ),
    }


def main_department(communes: list[str]) -> str | None:
    """The department of most communes, the lowest code among equals; None without any."""
    counted = Counter(resolve_department_code(insee) for insee in communes)
    return min(counted, key=lambda code: (-counted[code], code), default=None)


def territory_fields(department: str) -> Record:
    """Department, SAS territory and time zone of an offer that has no point."""
    return {
        "department": department,
        "territory": f"SAS-{department}",
        "timezone": department_zone(department),
    }


def current_code(insee: str) -> str:
    """The code of today of a merged commune, and of a postcode written for a code, as searches
    read them; any other code itself."""
    found = read_commune_code(load_gazetteer(), PostalAddress(insee=insee))
    return insee if found is None else found.commune.insee
