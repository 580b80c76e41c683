"""Addresses: a structure's, or one that practices share."""

import random
from dataclasses import dataclass
from functools import cache

from simulation.draws import WeightedChoice, build_weighted
from simulation.people.names import draw_surname
from simulation.people.numbers import Numbers, draw_phone
from simulation.places.streets import LIEU_DIT, UNNUMBERED_SHARE, Street, draw_street
from simulation.places.territory import WHOLE_CITIES, GeneratedTown
from simulation.scales import JOIN_SHARE

REPETITIONS = (("", 0.92), ("B", 0.05), ("T", 0.02), ("A", 0.01))
COMPANY_SHARE = 0.08
"""Share of private practices that are companies and so have a SIRET."""
STREET_SIGN_SHARE, ONE_NAME_SIGN_SHARE = 0.5, 0.3
"""Share of those companies called by their street, and by one name; the others have two."""
WHOLE_CITY_SHARE = 0.6
"""Share of Paris, Lyon and Marseille addresses carrying the code of the whole city."""
REPETITION_LABELS = {"": "", "A": "A", "B": "bis", "T": "ter"}


@cache
def _repetitions() -> WeightedChoice[str]:
    return build_weighted(REPETITIONS)


@dataclass(slots=True)
class GeneratedPlace:
    """One address; ``idnst`` names the practice or structure there, prefix included.

    ``number`` is 0 where there is none. ``lat`` and ``lon`` are where it really is, which only
    some files hold.
    """

    town: GeneratedTown
    number: int
    repetition: str
    street: Street
    postal_code: str
    lat: float
    lon: float
    phone: str
    idnst: str = ""
    finess: str = ""
    siret: str = ""
    sector: str = "SA07"
    name: str = ""
    legal_finess: str = ""
    people: int = 0
    whole_city: bool = False
    located: bool = False
    """Whether a written file holds its point, or deliberately leaves it unknown."""

    @property
    def line(self) -> str:
        """``12 bis rue des Lilas``; ``lieu dit Kerangall`` without a number."""
        words = (self.number_text, REPETITION_LABELS[self.repetition], self.street.label.lower())
        return " ".join([*filter(None, words), self.street.name])

    @property
    def number_text(self) -> str:
        """The number in its street, empty without one."""
        return str(self.number) if self.number else ""

    @property
    def insee(self) -> str:
        """The code the address carries: that of the whole city for some arrondissements."""
        commune = self.town.commune
        return commune.parent if self.whole_city and commune.parent else commune.insee

    @property
    def city(self) -> str:
        """The label the address carries."""
        return WHOLE_CITIES.get(self.insee, self.town.commune.name)

    @property
    def department(self) -> str:
        """The department of its commune."""
        return self.town.commune.department


def draw_place(rng: random.Random, town: GeneratedTown) -> GeneratedPlace:
    """A new address of a town, with no one there yet."""
    lat, lon = town.point(rng)
    commune = town.commune
    street = draw_street(rng, commune)
    number = 1 + int(119 * rng.random() ** 1.5)
    if street.code == LIEU_DIT and rng.random() < UNNUMBERED_SHARE:
        number = 0
    return GeneratedPlace(
        town=town,
        number=number,
        repetition=_repetitions().draw(rng) if number else "",
        street=street,
        postal_code=rng.choice(commune.postcodes) if commune.postcodes else "",
        lat=lat,
        lon=lon,
        phone=draw_phone(rng, commune.department),
        whole_city=commune.parent in WHOLE_CITIES and rng.random() < WHOLE_CITY_SHARE,
    )


def _draw_signboard(rng: random.Random, place: GeneratedPlace) -> str:
    """What a company of practitioners is called: by its street, or by names of people, who need
    not be those who practise there."""
    first, second = (draw_surname(rng, place.department) for _ in range(2))
    kind = rng.random()
    if kind < STREET_SIGN_SHARE:
        return f"SELARL CABINET {place.street.name.upper()}"
    if kind < STREET_SIGN_SHARE + ONE_NAME_SIGN_SHARE:
        return f"CABINET {first}"
    return f"SCM {first} {second}"


class Practices:
    """The private addresses of a department, shared as they fill."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._by_commune: dict[str, list[GeneratedPlace]] = {}
        self._ranks: dict[str, int] = {}

    def take_seat(self, rng: random.Random, town: GeneratedTown, rpps: str) -> GeneratedPlace:
        """A seat at an address of the town for ``rpps``, at a new one a third of the time.

        A practice is named by its founder's RPPS-rang, which colleagues reuse, or by the SIRET
        of its company.
        """
        known = self._by_commune.setdefault(town.commune.insee, [])
        if known and rng.random() < JOIN_SHARE:
            place = known[int(len(known) * rng.random())]
            place.sector = "SA09" if place.siret else "SA08"
            return place
        place = self._create_practice(rng, town, rpps)
        known.append(place)
        return place

    def _create_practice(
        self, rng: random.Random, town: GeneratedTown, rpps: str
    ) -> GeneratedPlace:
        place = draw_place(rng, town)
        if rng.random() < COMPANY_SHARE:
            place.siret = self._numbers.siret()
            place.idnst = "3" + place.siret
            place.sector = "SA09"
            place.name = _draw_signboard(rng, place)
            return place
        rank = self._ranks[rpps] = self._ranks.get(rpps, 0) + 1
        place.idnst = f"4{rpps}{rank:03d}"
        return place
