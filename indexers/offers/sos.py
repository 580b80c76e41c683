"""Fixed points of the SOS Médecins associations, known by SIRET and point (F045, F097)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from geography.locate import Locator
from indexers.offers.hours import hours_fields
from indexers.offers.locating import (
    LocatedSubject,
    LocationCandidate,
    locate_candidates,
    own_format_address,
    own_format_request,
)
from indexers.offers.participation import association_fields, clean_info
from indexers.offers.provenance import Provenance
from indexers.offers.records import Record
from indexers.offers.settings import OwnSources
from indexers.quality.quarantine import Quarantine
from mappings.codes import KIND_LABELS, find_specialty_group, professions, specialties
from mappings.fields import drop_empty_fields
from mappings.formats import SosAssociation, SosPoint, StructureSettings, rank_record
from mappings.identifiers import as_idnst, structure_id_kind
from mappings.names.spellings import build_place_name_fields
from mappings.offer_ids import distinct, fair_key, person_key, sos_point_id
from mappings.records import Kind, Offer

SOS = "sos"
"""Name of the source of associations, in quarantines and on cards."""

PROFESSION = "10"
SPECIALTY = "SM54"
"""Trade of an association: general medicine by doctors, found by a search for a GP."""


class AssociationPoint(NamedTuple):
    """One fixed point of an association."""

    association: SosAssociation
    point: SosPoint


def sos_candidates(
    associations: Iterable[SosAssociation],
) -> Iterator[LocationCandidate[AssociationPoint]]:
    """One candidate for each point of each association; of one id, the fuller point."""
    for association in associations:
        for point in _distinct_points(association):
            yield _candidate(AssociationPoint(association, point))


def _distinct_points(association: SosAssociation) -> Iterable[SosPoint]:
    points: dict[str, SosPoint] = {}
    for point in association.points:
        points[point.id] = max(point, points.get(point.id, point), key=rank_record)
    return points.values()


def _candidate(subject: AssociationPoint) -> LocationCandidate[AssociationPoint]:
    association, point = subject
    request = own_format_request(point.address, point.point)
    label = f"{association.siret} {point.id}"
    return LocationCandidate(subject, request, own_format_address(point.address), 0, label)


def build_sos_offers(
    own: OwnSources, locator: Locator, provenance: Provenance, quarantine: Quarantine
) -> Iterator[Offer]:
    """The offers of the points that can be located; the others go to the quarantine."""
    for located in locate_candidates(sos_candidates(own.sos), locator, quarantine):
        yield build_sos_offer(located, own.structures, provenance)


def build_sos_offer(
    located: LocatedSubject[AssociationPoint],
    structures: Mapping[str, StructureSettings],
    provenance: Provenance,
) -> Offer:
    """The offer of a located point; ``structures`` holds the settings of associations by SIRET."""
    association, point = located.subject
    settings = structures.get(association.siret)
    offer = {
        **_identity(association, point),
        **located.fields,
        **_names(association, point, located.fields.get("city", "")),
        **association_fields(settings),
        **point_information(settings),
        "sources": _sources(located.point_source, provenance),
    }
    return cast("Offer", offer)


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
        "labels": distinct([kind, trade, skill]),
        "fair_key": fair_key(offer_id),
        "person_key": person_key(offer_id),
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
        **hours_fields(point.hours, on_duty=True),
    }


def _names(association: SosAssociation, point: SosPoint, city: str) -> dict[str, list[str]]:
    names = (point.name, association.name, KIND_LABELS[Kind.SOS_POINT])
    return build_place_name_fields(names, "", city)


def _sources(point_source: str, provenance: Provenance) -> Record:
    register = provenance.mark(SOS)
    return {
        "identity": register,
        "place": register,
        "point": provenance.point_mark(point_source),
        "participation": provenance.mark("structures"),
    }
