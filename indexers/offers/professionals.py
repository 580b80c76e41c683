"""A professional at one place: rows of several exercises merged into one offer (F088).

Fields of the person (names, civility) come from any row, fields of the exercise (speciality,
sector) from the rows of the place, fields of the place from FINESS first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from indexers.offers.absences import absence_fields, absences_at_place, has_absences
from indexers.offers.locating import LocatedSubject, LocationCandidate, place_address
from indexers.offers.participation import professional_fields
from indexers.offers.places import PracticePlace, group_places
from indexers.offers.provenance import Provenance
from indexers.offers.records import Record
from indexers.offers.settings import OwnSources
from indexers.offers.structure_register import StructureRegister
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.ameli.conventions import AMELI, Conventions
from indexers.sources.finess.structure import Structure
from indexers.sources.rpps.record import Activity
from indexers.sources.rpps.skills import Skill
from indexers.sources.staging_store import StagedPerson
from mappings.codes import (
    HEALTH_CENTRE_SECTOR,
    KIND_LABELS,
    find_specialty_group,
    professions,
    specialties,
    structure_kind,
)
from mappings.fields import drop_empty_fields
from mappings.names.spellings import PersonName, build_person_name_fields
from mappings.offer_ids import distinct, fair_key, person_key, person_title, professional_id
from mappings.records import Kind, Offer, StructureKind

RPPS = "rpps"
"""Name of the source of activities, in quarantines and on cards."""

EXERCISE_CACHE_SIZE = 1 << 14
"""Exercises whose labels are kept: professions and specialities that go together come back."""

_KIND = Kind.PROFESSIONAL.value

_PersonKey = Literal[
    "family",
    "given",
    "civility",
    "gender",
    "activity_sector",
    "finess",
    "siret",
    "brand",
    "place_name",
]


class ProfessionalPlace(NamedTuple):
    """One place of a professional, with its site in FINESS when one is known."""

    person: StagedPerson
    place: PracticePlace
    site: Structure | None


@dataclass(frozen=True, slots=True)
class ProfessionalFacts:
    """Facts joined to the places of professionals, beside the registers."""

    own: OwnSources
    conventions: Conventions | None
    provenance: Provenance


def professional_candidates(
    people: Iterable[StagedPerson], register: StructureRegister, quarantine: Quarantine
) -> Iterator[LocationCandidate[ProfessionalPlace]]:
    """One candidate for each listed place of each person; places of a closed site are skipped.

    The rows that a person has beyond ``ROWS_OF_A_PERSON`` go to the quarantine.
    """
    for person in people:
        for line in person.surplus:
            quarantine.reject(line, Reason.TOO_MANY_ROWS, person.rows[0]["idnps"])
        for place in group_places(row for row in person.rows if "hidden" not in row):
            site = register.find_site(place)
            if site is not None and register.is_closed(site):
                quarantine.skip(Reason.CLOSED)
            else:
                yield _candidate(ProfessionalPlace(person, place, site), register)


def _candidate(
    subject: ProfessionalPlace, register: StructureRegister
) -> LocationCandidate[ProfessionalPlace]:
    address = place_address(subject.place, subject.site)
    request = register.place_request(address, subject.site)
    row = subject.place.rows[0]
    return LocationCandidate(subject, request, address, row["line"], row["idnps"])


def build_professional_offer(
    located: LocatedSubject[ProfessionalPlace], facts: ProfessionalFacts
) -> Offer:
    """The offer of a professional at one located place."""
    person, place, site = located.subject
    trades = _professions(place.rows)
    skills = specialties_at(person, place, trades)
    centre = in_health_centre(place, site)
    offer = {
        **_identity(person, place, trades),
        **_exercise(place, site, trades, skills, centre),
        **_place(place, site),
        **located.fields,
        **_convention(person, place, skills, facts.conventions),
    }
    offer |= _settings(place, centre, offer, facts.own)
    offer["sources"] = _sources(located, offer, facts.provenance)
    return cast("Offer", offer)


def _identity(person: StagedPerson, place: PracticePlace, trades: list[str]) -> Record:
    rows = person.rows if len(person.rows) == 1 else [*place.rows, *person.rows]
    rpps = place.rows[0]["rpps"]
    offer_id = professional_id(rpps, place.key)
    family, given = _first(rows, "family"), _first(rows, "given")
    civility = _first(rows, "civility")
    return {
        "id": offer_id,
        "kind": _KIND,
        "title": person_title(civility, trades[0] if trades else "", given, family),
        **_names(rows),
        "fair_key": fair_key(offer_id),
        "person_key": person_key(offer_id, rpps),
        "rpps": rpps,
        **drop_empty_fields(
            family=family,
            given=given,
            civility=civility,
            gender=_first(rows, "gender"),
            adeli=distinct([row.get("adeli", "") for row in person.rows]),
            place_names=_list_place_names(place),
        ),
    }


def _names(rows: list[Activity]) -> dict[str, list[str]]:
    """Every spelling of the person's own name, and what it is found by."""
    people = dict.fromkeys(PersonName(row.get("family", ""), row.get("given", "")) for row in rows)
    return build_person_name_fields(list(people))


def _list_place_names(place: PracticePlace) -> list[str]:
    """Sign and name of the place: they count for nobody's own name."""
    named = [(row.get("brand", ""), row.get("place_name", "")) for row in place.rows]
    return distinct(name for both in named for name in both)


def _exercise(
    place: PracticePlace,
    structure: Structure | None,
    trades: list[str],
    skills: list[str],
    centre: bool,
) -> Record:
    kind = None if structure is None else structure_kind(structure.get("category", ""))
    labels, groups = _exercise_labels_and_groups(tuple(trades), tuple(skills), kind)
    return {
        "labels": [*labels],
        **drop_empty_fields(
            profession=trades[0] if trades else "",
            specialties=skills,
            specialty_groups=[*groups],
            activity_sector=HEALTH_CENTRE_SECTOR if centre else _other_sector(place.rows),
        ),
    }


@lru_cache(maxsize=EXERCISE_CACHE_SIZE)
def _exercise_labels_and_groups(
    trades: tuple[str, ...], skills: tuple[str, ...], kind: StructureKind | None
) -> tuple[list[str], list[str]]:
    """Labels of an exercise and groups of its specialities; the lists are for many to copy."""
    labels = [
        *(professions()[code].label for code in trades if code in professions()),
        *(specialties()[code].label for code in skills if code in specialties()),
        "" if kind is None else KIND_LABELS[kind],
    ]
    return distinct(labels), distinct(find_specialty_group(code) or "" for code in skills)


def specialties_at(person: StagedPerson, place: PracticePlace, trades: list[str]) -> list[str]:
    """Speciality codes exercised at a place, best known first.

    Those of the place's own rows, then the qualifications of the person in the same professions;
    when both are empty, those of the person's other rows (trap 26: a skill may be in the
    separate file only, or on one row of several). ``trades`` are the professions of the place.
    """
    here = [row.get("skill", "") for row in place.rows]
    here += [skill["code"] for skill in person.skills if _same_trade(skill, trades)]
    return distinct(here) or distinct(
        [row.get("skill", "") for row in person.rows if row.get("profession") in trades]
    )


def _same_trade(skill: Skill, trades: list[str]) -> bool:
    return skill.get("profession", "") in trades or not skill.get("profession")


def _professions(rows: Sequence[Activity]) -> list[str]:
    """Profession codes of the rows in the order of the table: a doctor before an osteopath."""
    codes = distinct([row.get("profession", "") for row in rows])
    return sorted(codes, key=_profession_rank) if len(codes) > 1 else codes


@cache
def _profession_rank(code: str) -> int:
    known = list(professions())
    return known.index(code) if code in known else len(known)


def _place(place: PracticePlace, structure: Structure | None) -> Record:
    phones = distinct([phone for row in place.rows for phone in row.get("phones", ())])
    if not phones and structure is not None:
        phones = list(structure.get("phones", ()))
    finess = _first(place.rows, "finess") or ("" if structure is None else structure["finess"])
    return {
        "place_key": place.key,
        **drop_empty_fields(
            idnst=place.idnst,
            idnsts=sorted(place.idnsts),
            finess=finess,
            siret=_first(place.rows, "siret"),
            place_name=_first(place.rows, "brand") or _first(place.rows, "place_name"),
            phones=phones,
        ),
    }


def _convention(
    person: StagedPerson,
    place: PracticePlace,
    skills: list[str],
    conventions: Conventions | None,
) -> Record:
    """Sector, tariff option and Carte Vitale, when the open file leaves no doubt (F080)."""
    if conventions is None:
        return {}
    convention = conventions.find_convention(place.rows, person.rows, skills)
    return {} if convention is None else {**convention}


def _settings(place: PracticePlace, centre: bool, offer: Record, own: OwnSources) -> Record:
    rpps = offer["rpps"]
    settings, absences = own.participation.get(rpps), own.absences.get(rpps)
    if settings is None and absences is None:
        return {}
    return {
        **professional_fields(settings, place.idnsts, centre, own.cpts),
        **absence_fields(absences_at_place(absences or (), place.idnsts), offer["timezone"]),
    }


def _other_sector(rows: Iterable[Activity]) -> str:
    """The activity sector of a place that is no health centre, whatever else is there too."""
    for row in rows:
        sector = row.get("activity_sector")
        if sector and sector != HEALTH_CENTRE_SECTOR:
            return sector
    return ""


def in_health_centre(place: PracticePlace, structure: Structure | None) -> bool:
    """True when every exercise at the place is of a health centre, by its sector or its FINESS.

    An own practice registered at the address of a centre is not one: its rows differ.
    """
    centre = _health_centre_finess(structure)
    return all(
        row.get("activity_sector") == HEALTH_CENTRE_SECTOR or row.get("finess") == centre
        for row in place.rows
    )


def _health_centre_finess(structure: Structure | None) -> str:
    """FINESS of the health centre that a structure is; ``""`` when it is none."""
    if structure is None:
        return ""
    kind = structure_kind(structure.get("category", ""))
    return structure["finess"] if kind is StructureKind.HEALTH_CENTRE else ""


def _sources(
    located: LocatedSubject[ProfessionalPlace], offer: Record, provenance: Provenance
) -> Record:
    _, place, site = located.subject
    register = provenance.mark(RPPS)
    point = provenance.point_mark(located.point_source)
    sources = {"identity": register, "place": register, "point": point}
    if "phones" in offer:
        own = any(row.get("phones") for row in place.rows)
        sources["phones"] = register if own or site is None else provenance.structure_mark(site)
    if "sector" in offer:
        sources["convention"] = provenance.mark(AMELI)
    if "participant" in offer:
        sources["participation"] = provenance.mark("participation")
    if has_absences(offer):
        sources["absences"] = provenance.mark("absences")
    return sources


def _first(rows: Iterable[Activity], key: _PersonKey) -> str:
    for row in rows:
        if value := row.get(key):
            return value
    return ""
