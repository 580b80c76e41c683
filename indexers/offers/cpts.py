"""A CPTS seen as one card: the communes it covers, its phones (F090, F096)."""

from collections import Counter
from typing import cast

from geography.departments import department_zone, resolve_department_code
from geography.gazetteer import load_gazetteer
from indexers.offers.build_context import BuildContext
from indexers.offers.locating import (
    locate_address,
    own_format_address,
    own_format_request,
    structure_request,
)
from indexers.offers.participation import clean_info
from indexers.offers.records import Record, drop_empty_fields
from indexers.quality.reasons import Reason
from mappings.codes import KIND_LABELS
from mappings.formats import Cpts
from mappings.offer_ids import cpts_id, distinct, fair_key
from mappings.records import Kind, Offer

CPTS = "cpts"
"""Name of the source of CPTS, in quarantines and on cards."""


def cpts_offer(cpts: Cpts, context: BuildContext, attached: frozenset[str]) -> Offer | None:
    """The card of a CPTS; ``attached`` are the FINESS that a professional's place is attached to.

    It stands at its address, else at the seat FINESS knows, else without point in the department
    of most of its communes. None, set aside, when none of the three is known.
    """
    place = _place(cpts, context)
    if place is None:
        context.quarantine(CPTS).reject(0, Reason.NOT_LOCATED, cpts.finess)
        return None
    mark = context.mark(CPTS)
    offer = {**_identity(cpts), **place, "participant": cpts.finess in attached}
    offer["sources"] = {
        "identity": mark,
        "phones": mark,
        "participation": context.mark("participation"),
    }
    return cast("Offer", offer)


def _identity(cpts: Cpts) -> Record:
    offer_id = cpts_id(cpts.finess)
    return {
        "id": offer_id,
        "kind": Kind.CPTS.value,
        "title": cpts.name,
        "names": [cpts.name],
        "labels": [KIND_LABELS[Kind.CPTS]],
        "fair_key": fair_key(offer_id),
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


def _place(cpts: Cpts, context: BuildContext) -> Record | None:
    found = None
    if cpts.address is not None:
        address = own_format_address(cpts.address)
        found = locate_address(context.locator, own_format_request(cpts.address, None), address)
    seat = context.staging_store.structure(cpts.finess)
    if found is None and seat is not None:
        request = structure_request(seat, context.crowded)
        found = locate_address(context.locator, request, seat.get("address", {}))
    department = main_department(cpts.communes)
    return found or (territory_fields(department) if department else None)


def main_department(communes: list[str]) -> str | None:
    """The department of most communes, the lowest code among equals; None without any."""
    counted = Counter(resolve_department_code(insee) for insee in communes)
    return min(counted, key=lambda code: (-counted[code], code), default=None)


def territory_fields(department: str) -> Record:
    """Department, SAS territory and time zone of an offer that has no point."""
    return {
        "department": department,
        "territory": f"SAS-{department}",
        "zone": department_zone(department),
    }


def current_code(insee: str) -> str:
    """The code of today of a merged commune, as searches know it; any other code itself."""
    commune = load_gazetteer().by_insee(insee)
    return insee if commune is None else commune.insee
