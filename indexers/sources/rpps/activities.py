"""RPPS activities: who practises where, one row a person, exercise and structure.

Source: public extract of the Annuaire Santé, docs/reference/sources/rpps.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.columns import RPPS
from indexers.sources.phones import merge_phone_fields, plain_number, read_phones
from indexers.sources.reading import repairs
from indexers.sources.reading.pipes import PipeFile, PipeFormat, open_pipes
from indexers.sources.rpps.address import ADDRESS_COLUMNS, read_address
from indexers.sources.rpps.identity import (
    PERSON_COLUMNS,
    PersonIdentifier,
    read_gender,
    read_idnst,
    read_person,
)
from indexers.sources.rpps.listing import (
    activity_exclusion_reason,
    personal_part,
    row_exclusion_reason,
)
from indexers.sources.rpps.prefilter import UnlistedRowReader
from indexers.sources.rpps.record import Activity, ActivityAddress

__all__ = [
    "COLUMNS",
    "Activity",
    "ActivityAddress",
    "activity_exclusion_reason",
    "read_activities",
    "read_listed",
    "source_date",
]

COLUMNS = tuple(RPPS)
"""Header of the published file, in order."""

PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "civility": "Code civilité d'exercice",
        "family": "Nom d'exercice",
        "given": "Prénom d'exercice",
        "profession": "Code profession",
        "category": "Code catégorie professionnelle",
        "skill_type": "Code type savoir-faire",
        "skill": "Code savoir-faire",
        "mode": "Code mode exercice",
        "siret": "Numéro SIRET site",
        "finess": "Numéro FINESS site",
        "legal_finess": "Numéro FINESS établissement juridique",
        "structure_id": "Identifiant technique de la structure",
        "place_name": "Raison sociale site",
        "brand": "Enseigne commerciale site",
        "email": "Adresse e-mail (coord. structure)",
        "department": "Code Département (structure)",
        "authority": "Autorité d'enregistrement",
        "activity_sector": "Code secteur d'activité",
        "role": "Code rôle",
        "activity_kind": "Code genre activité",
    }
)
"""Keys of an activity that carry one column."""

_REQUIRED = (
    "Identification nationale PP",
    "Nom d'exercice",
    "Code profession",
    "Code catégorie professionnelle",
    "Code savoir-faire",
    "Identifiant technique de la structure",
    "Libellé Voie (coord. structure)",
    "Code postal (coord. structure)",
    "Libellé commune (coord. structure)",
    "Téléphone (coord. structure)",
    "Code secteur d'activité",
)
"""Columns without which every row would be read, and every offer be wrong or missing."""
FORMAT = PipeFormat("RPPS activity", "PS_LibreAcces_Personne_activite_*.txt", RPPS, _REQUIRED)
_PHONES = ("Téléphone (coord. structure)", "Téléphone 2 (coord. structure)")
_FORMER_ID = "Ancien identifiant de la structure"
_GENERAL_CIVILITY = "Code civilité"

_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("siret", repairs.siret),
    ("finess", repairs.finess),
    ("legal_finess", repairs.finess),
)
_STAMP = re.compile(r"_(\d{4})(\d{2})(\d{2})\d{4}\.")

_Pick = Callable[[list[str]], tuple[str, ...]]


class _Layout(NamedTuple):
    """The positions of the columns of this very file."""

    plain: tuple[tuple[str, int], ...]
    person: _Pick
    address: _Pick
    phones: _Pick
    former_id: int
    general_civility: int
    unlisted: UnlistedRowReader


def read_activities(path: Path, quarantine: Quarantine) -> Iterator[Activity]:
    """Every healthy row of the activity file, streamed; damaged rows go to ``quarantine``.

    Nothing is filtered: ``row_exclusion_reason`` decides which rows the SAS lists. Raises
    ``LayoutError`` when the file is not an activity file.
    """
    file = open_pipes(path, FORMAT, quarantine)
    layout = _layout(file)
    for line, fields in file.rows:
        person = read_person(*layout.person(fields))
        if isinstance(person, Reason):
            quarantine.reject(line, person, "|".join(fields))
        else:
            yield _activity(line, person, fields, layout, quarantine)


def read_listed(path: Path, quarantine: Quarantine) -> Iterator[Activity]:
    """The same rows; one that the SAS does not list is reduced to the fields of its person.

    Reduced rows are counted by reason in ``quarantine``.
    """
    file = open_pipes(path, FORMAT, quarantine)
    layout = _layout(file)
    for line, fields in file.rows:
        person = read_person(*layout.person(fields))
        if isinstance(person, Reason):
            quarantine.reject(line, person, "|".join(fields))
        elif (own := layout.unlisted.read_personal_fields(line, person, fields)) is not None:
            quarantine.skip(Reason.SECTOR_NOT_SHOWN)
            yield own
        else:
            yield _keep_listed_fields(
                _activity(line, person, fields, layout, quarantine), quarantine
            )


def _keep_listed_fields(row: Activity, quarantine: Quarantine) -> Activity:
    """A listed row whole; of another, counted by its reason, the fields of its person."""
    reason = row_exclusion_reason(row)
    if reason is None:
        return row
    quarantine.skip(reason)
    return personal_part(row)


def source_date(path: Path) -> date | None:
    """The day of the file, from its name ``..._AAAAMMJJhhmm.txt``; None when it has none."""
    stamp = _STAMP.search(path.name)
    if stamp is None:
        return None
    try:
        return date(*map(int, stamp.groups()))
    except ValueError:
        return None


def _layout(file: PipeFile) -> _Layout:
    places = file.places
    return _Layout(
        plain=tuple(
            (key, file.located[name]) for key, name in PLAIN.items() if name in file.located
        ),
        person=_picker(places, PERSON_COLUMNS),
        address=_picker(places, ADDRESS_COLUMNS),
        phones=_picker(places, _PHONES),
        former_id=places[_FORMER_ID],
        general_civility=places[_GENERAL_CIVILITY],
        unlisted=UnlistedRowReader(places),
    )


def _picker(places: Mapping[str, int], names: tuple[str, ...]) -> _Pick:
    return itemgetter(*(places[name] for name in names))


def _activity(
    line: int, person: PersonIdentifier, fields: list[str], layout: _Layout, quarantine: Quarantine
) -> Activity:
    record: dict[str, Any] = {key: text for key, at in layout.plain if (text := fields[at])}
    record["line"] = line
    record["idnps"], register, record[register], key_holds = person
    if not key_holds:
        quarantine.warn(line, Reason.KEY_CHECK_FAILED, person.idnps)
    activity = cast("Activity", record)
    _repair(activity, quarantine)
    _set_structure(activity, fields[layout.former_id])
    address = read_address(layout.address(fields))
    if address:
        activity["address"] = address
    _set_contact(activity, layout.phones(fields), quarantine)
    _set_civility(activity, fields[layout.general_civility])
    return activity


def _set_civility(activity: Activity, general: str) -> None:
    """The civility of practice, else the general one; the gender by whichever tells it."""
    if gender := read_gender(general, activity.get("civility", "")):
        activity["gender"] = gender
    if "civility" not in activity and general:
        activity["civility"] = general


def _repair(activity: Activity, quarantine: Quarantine) -> None:
    """Identifiers with their lost zeros, without those beyond repair (traps 14 and 23)."""
    record = cast("dict[str, Any]", activity)
    for key, repair in _REPAIRS:
        if key in record and (repaired := repair(record[key])) != record[key]:
            _replace(record, key, repaired, quarantine)
    if "finess" in record and record["finess"] == record.get("legal_finess"):
        quarantine.warn(record["line"], Reason.LEGAL_FINESS_AS_SITE, record["finess"])


def _replace(record: dict[str, Any], key: str, repaired: str, quarantine: Quarantine) -> None:
    if repaired:
        record[key] = repaired
    else:
        quarantine.warn(record["line"], Reason.IDENTIFIER_DROPPED, f"{key} {record.pop(key)}")


def _set_structure(activity: Activity, former_id: str) -> None:
    idnst = read_idnst(
        former_id,
        activity.get("structure_id", ""),
        activity.get("finess", ""),
        activity.get("siret", ""),
    )
    if idnst:
        activity["idnst"] = idnst
    text = activity.get("department")
    if text is not None and (code := repairs.department(text)) != text:
        if code:
            activity["department"] = code
        else:
            del activity["department"]


def _set_contact(activity: Activity, texts: tuple[str, ...], quarantine: Quarantine) -> None:
    """Phones of both columns; an e-mail found there counts when the row has no other."""
    first, second = texts
    if not second and (not first or (number := plain_number(first))):
        if first:
            activity["phones"] = [number]
        return
    department = activity.get("department", "")
    found = merge_phone_fields(tuple(read_phones(text, department) for text in texts))
    if found.numbers:
        activity["phones"] = list(found.numbers)
    if found.emails and "email" not in activity:
        activity["email"] = found.emails[0]
    for text in found.refused:
        quarantine.warn(activity["line"], Reason.PHONE_DROPPED, text)
