"""Invented people as rows of the RPPS extracts, columns in the order of the readers."""

from indexers.sources.rpps.activities import COLUMNS
from indexers.sources.rpps.skills import COLUMNS as SKILL_COLUMNS
from mappings import codes
from simulation.people.people import GeneratedActivity, GeneratedPerson
from simulation.people.professions import (
    SECTOR_LABELS,
    SKILL_TYPES,
    profession_label,
    specialty_label,
)
from simulation.places.places import GeneratedPlace

CATEGORY_LABELS = {"C": "Civil", "M": "Militaire", "E": "Etudiant"}
MODE_LABELS = {"S": "Salarié", "L": "Libéral, indépendant, artisan, commerçant"}
CIVILITIES = {"M": ("M", "Monsieur"), "F": ("MME", "Madame")}
PHONE_FORMATS = ("{}", "{}", "{}", "+33{intl}", "{sp}", "{dot}")
"""Ways a phone is written in the extract; plain digits are the most frequent."""
ADDRESS = " (coord. structure)"

_POSITION = {name: position for position, name in enumerate(COLUMNS)}


def activity_row(person: GeneratedPerson, activity: GeneratedActivity | None) -> list[str]:
    """One line of ``Personne_activite``; without activity the structure is empty."""
    values = _person_values(person)
    if activity is not None:
        values |= _activity_values(activity) | _structure_values(activity.place)
        values |= _address_values(activity.place)
        values["Téléphone" + ADDRESS] = _format_phone(activity.phone)
    row = [""] * len(COLUMNS)
    for name, value in values.items():
        row[_POSITION[name]] = value
    return row


def skill_rows(person: GeneratedPerson) -> list[list[str]]:
    """The lines of ``SavoirFaire``: the speciality, then those that only this file holds."""
    owned = [("S", person.specialty)] if person.specialty else []
    identity = _person_values(person)
    return [_skill_row(identity, kind, code) for kind, code in [*owned, *person.skills]]


def _skill_row(identity: dict[str, str], kind: str, code: str) -> list[str]:
    values = identity | {
        "Code type savoir-faire": kind,
        "Libellé type savoir-faire": SKILL_TYPES[kind],
        "Code savoir-faire": code,
        "Libellé savoir-faire": codes.specialties()[code].label,
    }
    return [values[name] for name in SKILL_COLUMNS]


def _person_values(person: GeneratedPerson) -> dict[str, str]:
    code, label = CIVILITIES[person.name.gender]
    doctor = person.trade.profession in ("10", "40")
    values = {
        "Type d'identifiant PP": "8",
        "Identifiant PP": person.rpps,
        "Identification nationale PP": "8" + person.rpps,
        "Code civilité d'exercice": "DR" if doctor else "",
        "Libellé civilité d'exercice": "Docteur" if doctor else "",
        "Code civilité": code,
        "Libellé civilité": label,
        "Nom d'exercice": person.name.family,
        "Prénom d'exercice": person.name.given,
        "Code profession": person.trade.profession,
        "Libellé profession": profession_label(person.trade.profession),
        "Code catégorie professionnelle": person.category,
        "Libellé catégorie professionnelle": CATEGORY_LABELS[person.category],
    }
    if person.specialty:
        values |= {
            "Code type savoir-faire": "S",
            "Libellé type savoir-faire": SKILL_TYPES["S"],
            "Code savoir-faire": person.specialty,
            "Libellé savoir-faire": specialty_label(person.specialty),
        }
    return values


def _activity_values(activity: GeneratedActivity) -> dict[str, str]:
    return {
        "Code mode exercice": activity.mode,
        "Libellé mode exercice": MODE_LABELS[activity.mode],
        "Code secteur d'activité": activity.sector,
        "Libellé secteur d'activité": SECTOR_LABELS[activity.sector],
        "Code genre activité": "GENR01",
        "Libellé genre activité": "Activité standard de soin ou de pharmacien",
    }


def _structure_values(place: GeneratedPlace) -> dict[str, str]:
    """Column 24 has a letter prefix, column 47 a digit prefix; FINESS first, then SIRET."""
    letter = {"1": "F", "3": "C", "4": "R"}[place.idnst[0]]
    return {
        "Numéro SIRET site": place.siret,
        "Numéro SIREN site": place.siret[:9],
        "Numéro FINESS site": place.finess,
        "Numéro FINESS établissement juridique": place.legal_finess,
        "Identifiant technique de la structure": letter + place.idnst[1:],
        "Ancien identifiant de la structure": place.idnst,
        "Raison sociale site": place.name,
    }


def _address_values(place: GeneratedPlace) -> dict[str, str]:
    department = place.department
    return {
        "Numéro Voie" + ADDRESS: place.number_text,
        "Indice répétition voie" + ADDRESS: place.repetition,
        "Code type de voie" + ADDRESS: place.street.code,
        "Libellé type de voie" + ADDRESS: place.street.label,
        "Libellé Voie" + ADDRESS: place.street.name,
        "Bureau cedex" + ADDRESS: f"{place.postal_code} {place.city.upper()}",
        "Code postal" + ADDRESS: place.postal_code,
        "Code commune" + ADDRESS: place.insee,
        "Libellé commune" + ADDRESS: place.city,
        "Code pays" + ADDRESS: "99000",
        "Libellé pays" + ADDRESS: "France",
        "Code Département (structure)": department,
    }


def _format_phone(number: str) -> str:
    """The number in one of the ways of the extract, chosen by its own digits."""
    if not number:
        return ""
    pairs = [number[i : i + 2] for i in range(0, len(number), 2)]
    form = PHONE_FORMATS[int(number[-1]) % len(PHONE_FORMATS)]
    return form.format(number, intl=number[1:], sp=" ".join(pairs), dot=".".join(pairs))
