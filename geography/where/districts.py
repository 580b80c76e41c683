"""Municipal districts of Paris, Lyon and Marseille in every wording.

``Paris 15e``, ``Paris XV``, ``Lyon, 3ème``, ``15e arrondissement de Paris``, ``6e arrondissement``.
"""

import re

from geography.gazetteer import Commune, Gazetteer
from mappings.analysis import fold

_ROMAN = r"x{1,2}|x?(?:ix|iv|v?i{1,3}|v)"
_NUMBER = rf"(?P<number>0?\d{{1,2}}|{_ROMAN})"
_RANK = r" ?(?:er|ere|e|eme|ieme|nd|nde|ème|d)?"
_WORD = r" ?(?:arrondissements?|arrdt|arrt|arr|ardt)"
_CITY = r"(?P<city>paris|lyon|marseille)"
_FORMS = (
    re.compile(
        rf"(?P<before>.*?)\b{_CITY} (?:cedex )?(?:dans )?(?:le )?{_NUMBER}{_RANK}(?:{_WORD})?"
    ),
    re.compile(rf"(?P<before>.*?)\b{_NUMBER}{_RANK}(?:{_WORD}) (?:de |a )?{_CITY}"),
    re.compile(rf"(?P<before>)(?:dans )?(?:le )?{_NUMBER}{_RANK} (?:de |a )?{_CITY}"),
    re.compile(rf"(?P<before>.*?)\b{_NUMBER}{_RANK}{_WORD}"),
)
"""City and number, number and city, number alone with the word: what stands before is a street."""

_VALUES = {"x": 10, "v": 5, "i": 1}

CITY_ORDER = ("paris", "lyon", "marseille")
"""A number alone means the district of the largest city that has it, unless the caller's has."""


def find_districts(gazetteer: Gazetteer, text: str) -> tuple[list[Commune], bool]:
    """The districts that the end of a text names, and whether nothing stands before.

    Several without a city: ``6e arrondissement`` is one in each of the three.
    """
    folded = fold(text)
    found = next((f for form in _FORMS if (f := form.fullmatch(folded))), None)
    if found is None:
        return [], False
    groups = found.groupdict()
    cities = [groups["city"]] if groups.get("city") else CITY_ORDER
    number = _read_number(groups["number"])
    named = [c for city in cities for c in gazetteer.by_name(f"{city} {number}") if c.parent]
    return named, not groups["before"].strip()


def _read_number(text: str) -> int:
    if text.isdigit():
        return int(text)
    values = [_VALUES[letter] for letter in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)
