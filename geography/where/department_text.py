"""The department a text names: ``48``, ``Lozère``, ``dans le 93``, ``département du Nord``."""

import re
from functools import cache

from geography.departments import departments, load_corrected_departments
from geography.gazetteer import Gazetteer
from mappings.analysis import fold

TOWN_OVER_DEPARTMENT = 10_000
"""Inhabitants from which a town wins over the department of its name: Paris, Vienne, Mayenne."""

_CODE = re.compile(r"\d{2,3}|2[ab]")
_SPELLED_CODE = re.compile(r"le (\d) (\d)")
"""``le 9-3``, as it is said."""

_AROUND = re.compile(r"(?:dans|en|sur|vers|tout) ")
_TIES = re.compile(r"(?:(?:de|d|dans|en|a) )?(?:(?:le|la|les|l) )?")
"""Between a commune and its department: ``Saint-Denis de la Réunion``."""
_ARTICLE = re.compile(r"(?:le|la|les|l) ")
_DEPARTMENT = re.compile(r"(?:departement|dept|dpt) (?:de la |de l |du |des |de |d )?")


def match_department(gazetteer: Gazetteer, text: str) -> str | None:
    """The code of the department a whole text names.

    A town of the same name wins (Paris, Vienne), unless an article or the word "département" is
    there: ``la Vienne``, ``en Mayenne``.
    """
    words = fold(text)
    name = _strip_words(words)
    found = _find_code(name.zfill(2)) or _department_names().get(name)
    if found is None or name != words or name[:1].isdigit():
        return found
    towns = gazetteer.by_name(text)
    return None if towns and towns[0].population >= TOWN_OVER_DEPARTMENT else found


def find_department_code(text: str) -> str | None:
    """The code of a department written after a commune: ``Réunion``, ``93``, ``en Lozère``."""
    name = fold(text)
    if name not in _department_names():
        name = _TIES.sub("", name, count=1)
    return name.upper() if _CODE.fullmatch(name) else _department_names().get(name)


def _strip_words(words: str) -> str:
    """The name or code of a department alone, of folded words."""
    words = _AROUND.sub("", words, count=1) if _AROUND.match(words) else words
    spelled = _SPELLED_CODE.fullmatch(words)
    if spelled:
        return "".join(spelled.groups())
    for lead in (_ARTICLE, _DEPARTMENT):
        found = lead.match(words)
        if found and words not in _department_names():
            words = words[found.end() :]
    return words


def _find_code(name: str) -> str | None:
    code = name.upper()
    return code if code in load_corrected_departments() else None


@cache
def _department_names() -> dict[str, str]:
    names = {fold(d.name): d.code for d in departments().values()}
    return {re.sub(r"^(la|le|les) ", "", name): code for name, code in names.items()} | names
