"""A professional at one place: rows of several exercises merged into one offer (F088).

What belongs to the person (names, civility) is taken from any row, what belongs to the exercise
(speciality, sector) from the rows of the place, what belongs to the place from FINESS first.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, cast

from indexers.ameli.conventions import AMELI
from indexers.finess.structure import Structure
from indexers.offers.absences import absence_fields, at_place
from indexers.offers.identity import (
    distinct,
    fair_key,
    person_names,
    person_title,
    professional_id,
)
from indexers.offers.joins import Joins
from indexers.offers.participation import professional_fields
from indexers.offers.places import Place, places_of
from indexers.offers.placing import Draft, place_address, place_request
from indexers.offers.records import Record, known
from indexers.reasons import Reason
from indexers.rpps_record import Activity
from indexers.rpps_skills import Skill
from indexers.spool import Person
from mappings.codes import (
    HEALTH_CENTRE_SECTOR,
    KIND_LABELS,
    group_of,
    professions,
    specialties,
    structure_kind,
)
from mappings.records import Kind, Offer, StructureKind

RPPS = "rpps"
"""Name of the source of activities, in quarantines and on cards."""

_PersonKey = Literal[
    "family", "given", "civility", "activity_sector", "finess", "siret", "brand", "place_name"
]


def professional_drafts(person: Person, joins: Joins) -> Iterator[Draft]:
    """One draft for each place of a person that is shown; none for who has no such place."""
    for place in places_of(row for row in person.rows if "hidden" not in row):
        structure = joins.structure_of(place)
        if structure is not None and joins.is_closed(structure):
            joins.quarantine(RPPS).skip(Reason.CLOSED)
            continue
        yield _draft(person, place, structure, joins)


def _draft(person: Person, place: Place, structure: Structure | None, joins: Joins) -> Draft:
    address = place_address(place, structure)
    row = place.rows[0]

    def finish(fields: Record, point: str) -> Offer:
        offer = {
            **_identity(person, place),
            **_exercise(person, place, structure),
            **_place(place, structure),
            **fields,
            **_convention(person, place, joins),
        }
        offer |= _settings(place, structure, offer, joins)
        offer["sources"] = _sources(place, structure, point, offer, joins)
        return cast("Offer", offer)

    request = place_request(address, structure, joins.crowded)
    return Draft(request, address, finish, row["line"], row["idnps"])


def _identity(person: Person, place: Place) -> Record:
    rows = [*place.rows, *person.rows]
    rpps = place.rows[0]["rpps"]
    offer_id = professional_id(rpps, place.key)
    family, given = _first(rows, "family"), _first(rows, "given")
    civility = _first(rows, "civility")
    return {
        "id": offer_id,
        "kind": Kind.PROFESSIONAL.value,
        "title": person_title(civility, _profession(place.rows), given, family),
        "names": _names(rows, place),
        "fair_key": fair_key(offer_id),
        "rpps": rpps,
        **known(
            family=family,
            given=given,
            civility=civility,
            adeli=distinct(row.get("adeli", "") for row in person.rows),
        ),
    }


def _names(rows: list[Activity], place: Place) -> list[str]:
    """Every spelling of the person's name, then the names of the place."""
    places = [str(row.get(key, "")) for row in place.rows for key in ("brand", "place_name")]
    spellings = dict.fromkeys((row.get("family", ""), row.get("given", "")) for row in rows)
    people = [name for spelling in spellings for name in person_names(*spelling, ())]
    return distinct([*people, *places])


def _exercise(person: Person, place: Place, structure: Structure | None) -> Record:
    codes = specialties_at(person, place)
    kind = None if structure is None else structure_kind(structure.get("category", ""))
    return {
        "labels": _labels(place, codes, kind),
        **known(
            profession=_profession(place.rows),
            specialties=codes,
            specialty_groups=distinct(group_of(code) or "" for code in codes),
            activity_sector=_sector(place, structure),
        ),
    }


def _labels(place: Place, codes: Iterable[str], kind: StructureKind | None) -> list[str]:
    trades = _professions(place.rows)
    return distinct(
        [
            *(professions()[code].label for code in trades if code in professions()),
            *(specialties()[code].label for code in codes if code in specialties()),
            "" if kind is None else KIND_LABELS[kind],
        ]
    )


def specialties_at(person: Person, place: Place) -> list[str]:
    """Speciality codes exercised at a place, best known first.

    Those of the place's own rows, then the qualifications of the person in the same professions;
    when neither says anything, those of the person's other rows (trap 26: a skill may be in the
    separate file only, or on one row of several).
    """
    trades = set(_professions(place.rows))
    here = distinct(row.get("skill", "") for row in place.rows)
    qualified = distinct(s["code"] for s in person.skills if _same_trade(s, trades))
    elsewhere = (row.get("skill", "") for row in person.rows if row.get("profession") in trades)
    return distinct([*here, *qualified]) or distinct(elsewhere)


def _same_trade(skill: Skill, trades: set[str]) -> bool:
    return skill.get("profession", "") in trades or not skill.get("profession")


def _professions(rows: Iterable[Activity]) -> list[str]:
    """Profession codes of the rows in the order of the table: a doctor before an osteopath."""
    codes = distinct(row.get("profession", "") for row in rows)
    return sorted(codes, key=_profession_rank) if len(codes) > 1 else codes


@cache
def _profession_rank(code: str) -> int:
    known = list(professions())
    return known.index(code) if code in known else len(known)


def _profession(rows: Iterable[Activity]) -> str:
    return next(iter(_professions(rows)), "")


def _place(place: Place, structure: Structure | None) -> Record:
    phones = distinct(phone for row in place.rows for phone in row.get("phones", ()))
    if not phones and structure is not None:
        phones = list(structure.get("phones", ()))
    finess = _first(place.rows, "finess") or ("" if structure is None else structure["finess"])
    names = (_first(place.rows, "brand"), _first(place.rows, "place_name"))
    return {
        "place_key": place.key,
        **known(
            idnst=place.idnst,
            idnsts=sorted(place.idnsts),
            finess=finess,
            siret=_first(place.rows, "siret"),
            place_name=next(filter(None, names), ""),
            phones=phones,
        ),
    }


def _convention(person: Person, place: Place, joins: Joins) -> Record:
    """Sector, tariff option and Carte Vitale, when the open file leaves no doubt (F080)."""
    if joins.conventions is None:
        return {}
    found = joins.conventions.at(place.rows, person.rows, specialties_at(person, place))
    return {} if found is None else {**found}


def _settings(place: Place, structure: Structure | None, offer: Record, joins: Joins) -> Record:
    rpps = offer["rpps"]
    absences = joins.own.absences.get(rpps, ())
    return {
        **professional_fields(
            joins.own.participation.get(rpps),
            place.idnsts,
            in_health_centre(place, structure),
            joins.own.cpts,
        ),
        **absence_fields(at_place(absences, place.idnsts), offer["zone"]),
    }


def _sector(place: Place, structure: Structure | None) -> str:
    """The activity sector of the place: health centre only when nothing else is there too."""
    if in_health_centre(place, structure):
        return HEALTH_CENTRE_SECTOR
    sectors = distinct(row.get("activity_sector", "") for row in place.rows)
    return next((code for code in sectors if code != HEALTH_CENTRE_SECTOR), "")


def in_health_centre(place: Place, structure: Structure | None) -> bool:
    """True when every exercise at the place is of a health centre, by its sector or its FINESS.

    An own practice registered at the address of a centre is not one: its rows differ.
    """
    centre = structure is not None and (
        structure_kind(structure.get("category", "")) is StructureKind.HEALTH_CENTRE
    )
    return all(
        row.get("activity_sector") == HEALTH_CENTRE_SECTOR
        or (centre and structure is not None and row.get("finess") == structure["finess"])
        for row in place.rows
    )


def _sources(
    place: Place, structure: Structure | None, point: str, offer: Record, joins: Joins
) -> Record:
    register = joins.mark(RPPS)
    sources = {"identity": register, "place": register, "point": joins.point_mark(point)}
    if "phones" in offer:
        own = any(row.get("phones") for row in place.rows)
        sources["phones"] = (
            register if own or structure is None else joins.structure_mark(structure)
        )
    if "sector" in offer:
        sources["convention"] = joins.mark(AMELI)
    if "participant" in offer:
        sources["participation"] = joins.mark("participation")
    if "absences" in offer or "always_absent" in offer:
        sources["absences"] = joins.mark("absences")
    return sources


def _first(rows: Iterable[Activity], key: _PersonKey) -> str:
    return next((row[key] for row in rows if row.get(key)), "")
