"""The Ameli file of invented people: who practises where under which convention, and no number.

As in the published file a row has no identifier, names are in capitals without accents, and
homonyms of one town are distinguished by their address, when it is one.
"""

import random
import unicodedata
from dataclasses import dataclass, field

from indexers.sources.ameli.names import distinctive_words, family_words
from mappings.codes import SAS_ACTIVITY_SECTORS, cnam_specialties, with_group
from simulation.draws import WeightedChoice, build_weighted
from simulation.people.names import Name
from simulation.people.people import GeneratedActivity, GeneratedPerson
from simulation.people.professions import GENERAL_PRACTICE
from simulation.tally import DatasetTally

COLUMNS = (
    *("ps_activite_nom", "ps_activite_prenom", "ps_activite_civilite"),
    *("ps_activite_raison_sociale", "specialite_code", "specialite_libelle"),
    *("type_ps_code", "type_ps_libelle", "coordonnees_voie", "coordonnees_complement"),
    *("coordonnees_lieu_dit", "coordonnees_code_postal", "coordonnees_ville"),
    *("coordonnees_num_tel", "secteur_conventionnel_code", "secteur_conventionnel_libelle"),
    *("nature_exercice_code", "nature_exercice_libelle"),
    *("option_tarifaire_code", "option_tarifaire_libelle", "ps_activite_sesam_vitale"),
)
"""Header of the file, in the order written here; readers find columns by name."""

DOCTOR = "10"
LISTED_SHARE = 0.97
"""Share of practices of private exercise that the file lists."""
OPTAM_SHARE = 0.5
"""Share of doctors of sector 2 that chose the option."""
VITALE_SHARE = 0.93
MAIDEN_SHARE = 0.5
"""Share of women with two surnames who are listed under one of them."""
MOVED_SECTOR_SHARE = 0.01
"""Share of second places under another convention than the first."""
VAGUE_LINE = "CENTRE MEDICAL"

SECTOR_LABELS = {
    "1": "Secteur 1",
    "3": "Secteur 2",
    "2": "Secteur 1 avec droit permanent à dépassement",
    "0": "Non conventionné",
    "4": "Conventionné",
}
_GENERAL = build_weighted([("1", 0.945), ("3", 0.045), ("0", 0.01)])
_SPECIALIST = build_weighted([("1", 0.46), ("3", 0.53), ("2", 0.002), ("0", 0.008)])
_OTHER = build_weighted([("4", 0.995), ("0", 0.005)])
_KINDS = {"10": ("1", "Médecins"), "40": ("5", "Chirurgiens-dentistes")}
_AUXILIARIES = ("2", "Auxiliaires médicaux et sages-femmes")
_CIVILITIES = {"M": "Monsieur", "F": "Madame"}


@dataclass(slots=True)
class HomonymPairs:
    """Pairs of general practitioners of one town given one name, a few a department.

    The first pair differs by its addresses; a row of the second has none, and so identifies
    nothing of either doctor but through the other's address.
    """

    pairs: int = 2
    vague: set[str] = field(default_factory=set)
    _first: dict[tuple[str, str], tuple[GeneratedPerson, str]] = field(default_factory=dict)
    _pair_count: int = 0

    def assign_homonym(
        self, person: GeneratedPerson, listed: list[GeneratedActivity], tally: DatasetTally
    ) -> None:
        """Give ``person`` the name of one met before in the same town, as long as pairs lack."""
        if (
            person.trade is not GENERAL_PRACTICE
            or len(listed) != 1
            or self._pair_count >= self.pairs
        ):
            return
        place = listed[0].place
        town = (place.town.commune.insee, place.postal_code)
        other, line = self._first.setdefault(town, (person, place.line))
        if other is person or line == place.line:
            return
        del self._first[town]
        person.name = Name(other.name.family, other.name.given, other.name.gender)
        self._pair_count += 1
        case = "homonyms_of_a_town" if self._pair_count % 2 else "homonyms_without_address"
        for one in (other, person):
            tally.count_case(case, one.rpps)
        if self._pair_count % 2 == 0:
            self.vague.add(person.rpps)


def find_listed_places(person: GeneratedPerson) -> list[GeneratedActivity]:
    """The places of private exercise of somebody whose trade the Assurance maladie knows."""
    known = {one.profession for one in cnam_specialties().values()}
    if person.category != "C" or person.trade.profession not in known:
        return []
    return [a for a in person.activities if a.mode == "L" and a.sector in SAS_ACTIVITY_SECTORS]


def contract_rows(
    rng: random.Random,
    person: GeneratedPerson,
    listed: list[GeneratedActivity],
    tally: DatasetTally,
    vague: bool,
) -> list[list[str]]:
    """The rows of a person, one a place listed."""
    sector = _shares(person).draw(rng)
    optam = sector == "3" and rng.random() < OPTAM_SHARE
    vitale = "O" if rng.random() < VITALE_SHARE else "N"
    family = _family(rng, person.name)
    found = []
    for rank, activity in enumerate(listed):
        if rank and person.trade.doctor and rng.random() < MOVED_SECTOR_SHARE:
            sector = "3" if sector == "1" else "1"
            tally.count_case("two_sectors", person.rpps)
        if rng.random() < LISTED_SHARE:
            values = _values(person, activity, sector) | {
                "ps_activite_nom": family,
                "option_tarifaire_code": "3" if optam else "",
                "option_tarifaire_libelle": "OPTAM" if optam else "",
                "ps_activite_sesam_vitale": vitale,
            }
            if vague:
                values["coordonnees_voie"] = VAGUE_LINE
            found.append([values.get(column, "") for column in COLUMNS])
    return found


def _values(person: GeneratedPerson, activity: GeneratedActivity, sector: str) -> dict[str, str]:
    place, code = activity.place, cnam_code(person)
    kind, kind_label = _KINDS.get(person.trade.profession, _AUXILIARIES)
    return {
        "ps_activite_prenom": capitals(person.name.given),
        "ps_activite_civilite": _CIVILITIES[person.name.gender],
        "specialite_code": code,
        "type_ps_code": kind,
        "type_ps_libelle": kind_label,
        "coordonnees_voie": capitals(place.line),
        "coordonnees_code_postal": place.postal_code,
        "coordonnees_ville": capitals(place.city),
        "coordonnees_num_tel": activity.phone,
        "secteur_conventionnel_code": sector,
        "secteur_conventionnel_libelle": SECTOR_LABELS[sector],
        "nature_exercice_code": "1",
        "nature_exercice_libelle": "Libéral intégral",
    }


def cnam_code(person: GeneratedPerson) -> str:
    """The Assurance maladie's code of a trade; that of any speciality for one it has none for."""
    codes = set(with_group(person.specialty)) if person.specialty else set()
    known = cnam_specialties().items()
    of_trade = [(code, one) for code, one in known if one.profession == person.trade.profession]
    named = (code for code, one in of_trade if codes & set(one.specialties))
    unnamed = (code for code, one in of_trade if not one.specialties)
    return next(named, None) or next(unnamed)


def capitals(text: str) -> str:
    """``Hélène`` gives ``HELENE``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.upper()


def _family(rng: random.Random, name: Name) -> str:
    words = capitals(name.family)
    several = (
        name.gender == "F" and " " in words and len(distinctive_words(family_words(words))) > 1
    )
    return words.rpartition(" ")[0] if several and rng.random() < MAIDEN_SHARE else words


def _shares(person: GeneratedPerson) -> WeightedChoice[str]:
    if person.trade.profession != DOCTOR:
        return _OTHER
    return _GENERAL if person.trade is GENERAL_PRACTICE else _SPECIALIST
