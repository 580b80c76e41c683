"""Faults of our own formats, of the SAS agenda, of the list of answers, of the geocoded cache."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from indexers.quality.reasons import Reason
from simulation.defects.kinds import Defect, Treatment
from simulation.files import json_line

Json = dict[str, Any]

BAD_REQUEST, BAD_AGENDA_ROW = "bad_request", "bad_agenda_row"
"""Codes counted by the readers of the slots."""


def _with(**values: object) -> Callable[[Json, random.Random], Json]:
    return lambda line, _: {**line, **values}


def _without(*names: str) -> Callable[[Json, random.Random], Json | None]:
    def remove_fields(line: Json, _: random.Random) -> Json | None:
        if any(name not in line for name in names):
            return None
        return {key: value for key, value in line.items() if key not in names}

    return remove_fields


def _cut(line: Json, _: random.Random) -> bytes:
    return json_line(line)[:-8] + b"\n"


def _twice(line: Json, _: random.Random) -> Json:
    """The same key on two lines: the later one wins, the healthy one before it is set aside."""
    return line


def _invalid(name: str, damage: Callable[[Json, random.Random], Any]) -> Defect:
    return Defect(name, "-", Treatment.REJECTED, damage, Reason.INVALID_RECORD)


def _four_ranges(line: Json, _: random.Random) -> Json:
    day = {"start": "2030-01-01", "end": "2030-01-02"}
    return {**line, "ranges": [day] * 4}


def _end_first(line: Json, _: random.Random) -> Json:
    return {**line, "ranges": [{"start": "2030-01-02", "end": "2030-01-01"}]}


_EVERY = (_invalid("unknown_field", _with(couleur="bleu")), _invalid("cut_line", _cut))
_TWICE = Defect("key_twice", "20", Treatment.REJECTED, _twice, Reason.RECORD_SUPERSEDED, offset=-1)


def _without_commune(line: Json, rng: random.Random) -> Json:
    """Another CPTS without communes."""
    return {**line, "finess": f"{line['finess'][:2]}8{rng.randrange(10**6):06d}", "communes": []}


OWN: Mapping[str, tuple[Defect, ...]] = {
    "cpts": (
        _TWICE,
        _invalid("bad_finess", _with(finess="12AB")),
        Defect("no_commune", "35", Treatment.CLEANED, _without_commune),
        *_EVERY,
    ),
    "sos": (_TWICE, _invalid("no_point", _with(points=[])), *_EVERY),
    "solutions": (
        _TWICE,
        _invalid("no_territory", _with(departments=[], communes=[], circle=None)),
        _invalid("bad_link", _with(link="javascript:alert(1)")),
        *_EVERY,
    ),
    "participation": (
        _TWICE,
        _invalid("no_via", _with(participation=True, via=None)),
        _invalid("unknown_via", _with(via=9)),
        *_EVERY,
    ),
    "structures": (
        _TWICE,
        _invalid("no_hours", _with(participation=True, hours_available=False)),
        _invalid("two_keys", _with(finess="480000001", siret="99999999900019")),
        *_EVERY,
    ),
    "absences": (
        _TWICE,
        _invalid("four_ranges", _four_ranges),
        _invalid("end_first", _end_first),
        *_EVERY,
    ),
    "lrm": (_invalid("no_origin", _without("origin")), *_EVERY),
}
"""Faults of each of our formats, planted as lines of their own after a healthy one; a key twice
must come first, right after the line it repeats."""


def _bad_slot(name: str, trap: str, damage: Callable[[Json, random.Random], Any]) -> Defect:
    return Defect(name, trap, Treatment.REJECTED, damage, BAD_AGENDA_ROW)


AGENDA = (
    _bad_slot("no_start", "58", _without("start")),
    _bad_slot("zero_length", "58", lambda line, _: {**line, "end": line["start"]}),
    _bad_slot("no_offset", "58", lambda line, _: {**line, "start": line["start"][:-1]}),
    _bad_slot("unknown_type", "-", _with(types=["PRIVATE"])),
    _bad_slot("seats_as_text", "-", _with(seats_max="trois")),
    _bad_slot("cut_line", "8", _cut),
)


REQUESTS = (
    Defect("unknown_flow", "-", Treatment.REJECTED, _with(flow="R99", files=[]), BAD_REQUEST),
)


def _replace_field(position: int, value: str) -> Callable[..., tuple[Any, ...]]:
    return lambda row, _: (*row[:position], value, *row[position + 1 :])


GEOCODED = (
    Defect("not_a_number", "48", Treatment.REJECTED, _replace_field(3, "NaN"), "left_out"),
    Defect("unknown_precision", "-", Treatment.REJECTED, _replace_field(5, "galaxy"), "left_out"),
    Defect("unlike", "55", Treatment.REJECTED, _replace_field(6, "0.31"), "left_out"),
)
