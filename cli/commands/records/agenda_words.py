"""Words of the commands ``agenda`` as values: days of the week, modes, places, occurrences."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mappings.agenda.formats import DAY_NAMES
from mappings.formats import Day
from records.agenda.edits import Scope, build_scope
from records.errors import RulesBroken

WEEK = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
MODES = {"cabinet": "AMB", "tele": "VR", "domicile": "HH"}

NONE_WORDS: Mapping[str, Any] = {"until": "aucun", "seats": 0}
"""What takes back a last day or seats."""

NOT_A_DAY = "{word} n'est pas un jour : écrivez {known}, séparés par des virgules, ou lun-ven."
NOT_A_MODE = "{word} n'est pas un mode : choisissez {known}."
NO_SUCH_DAY = "Cette date n'existe pas : écrivez AAAA-MM-JJ."


def parse_changes(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given, as exchanged; raises ``RulesBroken``."""
    given = {name: value for name, value in said.items() if value is not None}
    if "weekdays" in given:
        given["weekdays"] = [*_parse_weekdays(given["weekdays"])]
    if "consultation" in given:
        given["consultation"] = [*_parse_modes(given["consultation"])]
    for name, word in NONE_WORDS.items():
        if given.get(name) == word:
            given[name] = None
    return given


def parse_scope(on_day: str | None, since_day: str | None) -> Scope:
    """Which occurrences are meant; raises ``RulesBroken``."""
    return build_scope(_parse_day("on", on_day), _parse_day("since", since_day))


def _parse_day(field: str, word: str | None) -> date | None:
    if word is None:
        return None
    try:
        return TypeAdapter(Day).validate_python(word)
    except ValidationError as error:
        raise RulesBroken([(field, NO_SUCH_DAY)]) from error


def _parse_weekdays(text: str) -> Iterator[str]:
    for word in text.lower().split(","):
        first, separator, last = word.strip().partition("-")
        ranks = [_find_weekday(one) for one in (first, last if separator else first)]
        yield from DAY_NAMES[ranks[0] : ranks[1] + 1]


def _find_weekday(word: str) -> int:
    if word[:3] not in WEEK:
        known = ", ".join(WEEK)
        raise RulesBroken([("weekly", NOT_A_DAY.format(word=word or "« »", known=known))])
    return WEEK.index(word[:3])


def _parse_modes(text: str) -> Iterator[str]:
    for word in text.lower().replace("é", "e").split(","):
        if word.strip() not in MODES:
            told = NOT_A_MODE.format(word=word or "« »", known=", ".join(MODES))
            raise RulesBroken([("consultation", told)])
        yield MODES[word.strip()]
