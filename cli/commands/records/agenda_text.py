"""An agenda as the commands print it, for people and for programs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cli.output import print_json, print_line
from mappings.agenda.formats import AgendaFormat, AgendaSlotFormat
from mappings.formats import Absence
from mappings.text.french_counts import format_count
from records.agenda.clock_notes import list_clock_notes
from records.agenda.document import describe_agenda, is_hidden
from records.agenda.occurrences import Occurrence, Taken, list_occurrences
from records.agenda.wording import WEEKDAYS, describe_slot, to_local
from records.kinds import StoredRecord

MODES = {"AMB": "au cabinet", "VR": "à distance", "HH": "à domicile"}
HINT = "dure plus d'une heure pour un seul patient : --seats en fait une plage"


class AgendaMarks(NamedTuple):
    """What is known of an agenda beside its slots: seats taken, absences."""

    taken: Taken
    absences: list[Absence]


def print_agenda(
    stored: StoredRecord[AgendaFormat],
    marks: AgendaMarks,
    now: datetime,
    days: int,
    *,
    as_json: bool,
) -> None:
    """Print the slots of an agenda, and its occurrences of the days to come."""
    agenda = stored.value
    coming = list_occurrences(agenda.slots, now, now + timedelta(days=days), marks.taken)
    if as_json:
        print_json(describe_agenda(stored, coming, marks.absences))
        return
    print_line(f"Agenda de {agenda.rpps} · version {stored.version} · par {stored.updated_by}")
    for slot in agenda.slots:
        for line in describe_lines(slot, now):
            print_line(line)
    if not agenda.slots:
        print_line("  aucun créneau")
    if coming:
        print_line(f"Dates sur {format_count(days, 'jour')}, à l'heure du lieu :")
    for one in coming:
        away = ", absence" if is_hidden(one, marks.absences) else ""
        print_line(f"  {describe_occurrence(one)}{away}")


def describe_lines(slot: AgendaSlotFormat, now: datetime) -> Iterator[str]:
    """The lines of a slot: what it is, where, what is out of the ordinary."""
    seats = "un rendez-vous" if slot.seats is None else format_count(slot.seats, "patient")
    modes = ", ".join(MODES[mode] for mode in slot.consultation)
    yield f"  {slot.id}  {describe_slot(slot)} · {seats} · {modes} · lieu {slot.idnst}"
    if slot.is_weekly:
        end = f" jusqu'au {slot.until:%d/%m/%Y}" if slot.until else ""
        yield f"      à partir du {slot.day:%d/%m/%Y}{end}"
    if slot.exceptions:
        yield f"      sauf le {', '.join(f'{day:%d/%m/%Y}' for day in slot.exceptions)}"
    if _is_long_appointment(slot):
        yield f"      {HINT}"
    for note in list_clock_notes(slot, to_local(now, slot).date()):
        yield f"      le {note.day:%d/%m/%Y}, {note.text}"


def describe_occurrence(one: Occurrence) -> str:
    """``lundi 30/11/2026 08:00-12:00, 6 places``."""
    start, end = to_local(one.start, one.slot), to_local(one.end, one.slot)
    name = [*WEEKDAYS.values()][start.weekday()]
    seats = format_count(one.seats_left, "place")
    return f"{name} {start:%d/%m/%Y %H:%M}-{end:%H:%M}, {seats}"


def _is_long_appointment(slot: AgendaSlotFormat) -> bool:
    return slot.seats is None and slot.end[:2] + slot.end[3:] > _add_hour(slot.start)


def _add_hour(clock: str) -> str:
    return f"{int(clock[:2]) + 1:02}{clock[3:]}"
