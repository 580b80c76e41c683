"""Fixed points of the SOS Médecins associations, known by SIRET and point (F045, F097)."""

from collections.abc import Iterable, Iterator
from typing import cast

from indexers.offers.build_context import BuildContext
from indexers.offers.hours import hours_fields
from indexers.offers.locating import UnlocatedOffer, own_format_address, own_format_request
from indexers.offers.participation import association_fields, clean_info
from indexers.offers.records import Record, drop_empty_fields
from mappings.codes import KIND_LABELS, find_specialty_group, professions, specialties
from mappings.formats import SosAssociation, SosPoint, StructureSettings
from mappings.identifiers import as_idnst, structure_id_kind
from mappings.offer_ids import distinct, fair_key, sos_point_id
from mappings.records import Kind, Offer

SOS = "sos"
"""Name of the source of associations, in quarantines and on cards."""

PROFESSION = "10"
SPECIALTY = "SM54"
"""What an association gives: general medicine by doctors, found by who looks for a GP."""


def build_unlocated_sos_points(
    associations: Iterable[SosAssociation], context: BuildContext
) -> Iterator[UnlocatedOffer]:
    """One draft for each point of each association; the last line of a point's id wins."""
    for association in associations:
        points = {point.id: point for point in association.points}
        for point in points.values():
            yield _build_unlocated_sos_point(association, point, context)


def _build_unlocated_sos_point(
    association: SosAssociation, point: SosPoint, context: BuildContext
) -> UnlocatedOffer:
    def build_offer(fields: Record, source: str) -> Offer:
        settings = context.own.structures.get(association.siret)
        offer = {
            **_identity(association, point),
            **fields,
            **association_fields(settings),
            **drop_empty_fields(
                additional_info="" if settings is None else clean_info(settings.additional_info)
            ),
            "sources": _sources(source, context),
        }
        return cast("Offer", offer)

    request = own_format_request(point.address, point.point)
    name = f"{association.siret} {point.id}"
    return UnlocatedOffer(request, own_format_address(point.address), build_offer, 0, name)


def point_information(settings: StructureSettings | None) -> Record:
    """The information for regulators that an association's settings give to its points."""
    return drop_empty_fields(
        additional_info="" if settings is None else clean_info(settings.additional_info)
    )


def _identity(association: SosAssociation, point: SosPoint) -> Record:
    offer_id = sos_point_id(association.siret, point.id)
    kind = KIND_LABELS[Kind.SOS_POINT]
    trade, skill = professions()[PROFESSION].label, specialties()[SPECIALTY].label
    return {
        "id": offer_id,
        "kind": Kind.SOS_POINT.value,
        "title": point.name,
        "names": distinct([point.name, association.name, kind]),
        "labels": distinct([kind, trade, skill]),
        "fair_key": fair_key(offer_id),
        "siret": association.siret,
        "place_key": point.id,
        "association": association.name,
        "place_name": point.name,
        "profession": PROFESSION,
        "specialties": [SPECIALTY],
        **drop_empty_fields(
            idnst=as_idnst(point.id) if structure_id_kind(point.id) else None,
            specialty_groups=[find_specialty_group(SPECIALTY)],
            phones=[point.phone] if point.phone else [],
        ),
        **hours_fields(point.hours),
    }


def _sources(point: str, context: BuildContext) -> Record:
    register = context.mark(SOS)
    return {
        "identity": register,
        "place": register,
        "point": context.point_mark(point),
        "participation": context.mark("structures"),
    }
