"""Changes of an agenda, each a pure function: of all occurrences, of one, of one and those after.

An occurrence that differs is a day left out of its rule and a slot of its own; those that follow
are the rule ended the day before, and a new one.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from mappings.agenda.days import DAY, find_span, has_day, has_occurrence
from mappings.agenda.formats import AgendaFormat, AgendaSlotFormat
from records.errors import RulesBroken

Edit = Callable[[AgendaFormat, datetime], AgendaFormat]
"""An agenda and the current instant give the agenda after the change; raises ``RulesBroken``."""

KEPT_DAYS = 31
"""Days after which a slot that is over is forgotten, at the next change of its agenda."""
ID_LENGTH = 16

NO_SUCH_SLOT = "Aucun créneau {id} dans cet agenda : relisez-le."
NOT_THAT_DAY = "Ce créneau n'a pas lieu le {day:%d/%m/%Y} : relisez l'agenda pour ses dates."
OVER = "Le créneau du {day:%d/%m/%Y} est passé : choisissez une date à venir."
ONE_SCOPE = "Choisissez une occurrence seule, ou celle-là et les suivantes, pas les deux."
ONCE = "Ce créneau n'a lieu qu'une fois : ne donnez pas de date."


@dataclass(frozen=True, slots=True)
class Scope:
    """Which occurrences of a slot: all, that of ``day`` alone, or that one and the following."""

    day: date | None = None
    is_following: bool = False


ALL = Scope()


def build_scope(on: date | None, since: date | None) -> Scope:
    """The occurrences meant: one day alone, one and the following, all; raises ``RulesBroken``."""
    if on is not None and since is not None:
        raise RulesBroken([("on", ONE_SCOPE)])
    if on is not None:
        return Scope(on)
    return ALL if since is None else Scope(since, is_following=True)


def add_slot(slot: AgendaSlotFormat) -> Edit:
    """The agenda with a slot more, under an id of its own."""
    return lambda agenda, now: _with_slots(agenda, [*agenda.slots, slot])


def change_slot(slot_id: str, changes: Mapping[str, Any], scope: Scope = ALL) -> Edit:
    """The agenda with fields of a slot replaced, on some of its days; raises ``ValidationError``
    for a value that nothing can mean."""

    def edit(agenda: AgendaFormat, now: datetime) -> AgendaFormat:
        slot = _find_slot(agenda, slot_id)
        _check_scope(slot, scope, now)
        kept = _leave_out(slot, scope)
        return _replace(agenda, slot, [*kept, _derive_part(slot, changes, scope, bool(kept))])

    return edit


def remove_slot(slot_id: str, scope: Scope = ALL) -> Edit:
    """The agenda without a slot, on some of its days."""

    def edit(agenda: AgendaFormat, now: datetime) -> AgendaFormat:
        slot = _find_slot(agenda, slot_id)
        _check_scope(slot, scope, now)
        return _replace(agenda, slot, _leave_out(slot, scope))

    return edit


def forget_ended(agenda: AgendaFormat, now: datetime) -> AgendaFormat:
    """The agenda without the slots that have been over for ``KEPT_DAYS``."""
    oldest = now.date() - timedelta(days=KEPT_DAYS)
    kept = [slot for slot in agenda.slots if slot.last_day is None or slot.last_day >= oldest]
    return agenda if len(kept) == len(agenda.slots) else _with_slots(agenda, kept)


def name_slots(agenda: AgendaFormat) -> AgendaFormat:
    """The agenda, each slot with an id: the same content gets the same one, in every database."""
    used = {slot.id for slot in agenda.slots if slot.id}
    named = []
    for slot in agenda.slots:
        slot_id = slot.id or _derive_id(agenda.rpps, slot, used)
        used.add(slot_id)
        named.append(slot.model_copy(update={"id": slot_id}))
    return agenda.model_copy(update={"slots": named})


def _derive_id(rpps: str, slot: AgendaSlotFormat, used: Iterable[str]) -> str:
    content = slot.model_dump_json(include={"idnst", "day", "weekdays", "start"})
    for rank in count():
        digest = hashlib.sha256(f"{rpps}|{content}|{rank}".encode()).hexdigest()[:ID_LENGTH]
        if digest not in used:
            return digest
    raise AssertionError


def _with_slots(agenda: AgendaFormat, slots: list[AgendaSlotFormat]) -> AgendaFormat:
    return name_slots(agenda.model_copy(update={"slots": slots}))


def _replace(
    agenda: AgendaFormat, slot: AgendaSlotFormat, parts: list[AgendaSlotFormat]
) -> AgendaFormat:
    others = [one for one in agenda.slots if one.id != slot.id]
    return _with_slots(agenda, [*others, *parts])


def _find_slot(agenda: AgendaFormat, slot_id: str) -> AgendaSlotFormat:
    for slot in agenda.slots:
        if slot.id == slot_id:
            return slot
    raise RulesBroken([("slot", NO_SUCH_SLOT.format(id=slot_id))])


def _check_scope(slot: AgendaSlotFormat, scope: Scope, now: datetime) -> None:
    if scope.day is None:
        return
    if not slot.is_weekly:
        raise RulesBroken([("day", ONCE)])
    span = find_span(slot, scope.day) if has_day(slot, scope.day) else None
    if span is None:
        raise RulesBroken([("day", NOT_THAT_DAY.format(day=scope.day))])
    if span[0] < now:
        raise RulesBroken([("day", OVER.format(day=scope.day))])


def _leave_out(slot: AgendaSlotFormat, scope: Scope) -> list[AgendaSlotFormat]:
    """What is left of a slot without some of its days; nothing when none is left."""
    if scope.day is None:
        return []
    if not scope.is_following:
        update: dict[str, Any] = {"exceptions": sorted({*slot.exceptions, scope.day})}
    elif scope.day <= slot.day:
        return []
    else:
        last = scope.day - DAY
        update = {"until": last, "exceptions": [day for day in slot.exceptions if day <= last]}
    left = slot.model_copy(update=update)
    return [left] if has_occurrence(left) else []


def _derive_part(
    slot: AgendaSlotFormat, changes: Mapping[str, Any], scope: Scope, is_new: bool
) -> AgendaSlotFormat:
    values = slot.model_dump()
    if scope.day is not None:
        values["day"] = scope.day
        values["exceptions"] = [day for day in slot.exceptions if day > scope.day]
        if not scope.is_following:
            values |= {"weekdays": [], "until": None, "exceptions": []}
    if is_new:
        values["id"] = ""
    return AgendaSlotFormat.model_validate({**values, **changes})
