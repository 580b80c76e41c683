"""Changes of the records: from the commit to the first search that shows them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bench.records.people import Person
from mappings.agenda.formats import AgendaSlotFormat
from mappings.formats import Absence, ParticipationFormat
from mappings.instants import utc_text
from records.absences import change_absence
from records.access import OPERATOR
from records.agenda.changes import change_agenda
from records.agenda.edits import add_slot
from records.database import Database
from records.professional_settings import change_professional_settings
from records.settings_rules import SoftwareAnswers

ASKED_EVERY_S = 0.1
GIVEN_UP_S = 30.0
AT_ONCE = 2
"""People who wait for their change at the same time."""
HOUR = "09:00"

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one person, and how a search shows it."""

    kind: str
    person: Person
    make: Callable[[Database, datetime], object]
    shows: Callable[[Page], bool]


def build_setting(person: Person) -> Change:
    """He takes part."""
    said = ParticipationFormat(rpps=person.rpps, participation=True, via=1)
    answers = SoftwareAnswers(has_software=True, hours_available=True)

    def make(database: Database, now: datetime) -> object:
        return change_professional_settings(
            database, OPERATOR, said, answers, version=None, now=now
        )

    return Change("setting", person, make, lambda page: has_card(page, person, takes_part))


def build_absence(person: Person) -> Change:
    """He is absent without an end."""
    said = Absence.model_validate({"rpps": person.rpps, "always": True})

    def make(database: Database, now: datetime) -> object:
        return change_absence(database, OPERATOR, said, version=None, now=now)

    return Change("absence", person, make, lambda page: not has_card(page, person))


def build_agenda_slot(person: Person) -> Change:
    """He opens two hours tomorrow morning."""
    day = datetime.now(ZoneInfo(person.timezone)).date() + timedelta(days=1)
    slot = AgendaSlotFormat.model_validate(
        {
            "id": "",
            "idnst": person.idnst,
            "timezone": person.timezone,
            "day": day.isoformat(),
            "start": HOUR,
            "end": "11:00",
            "seats": 4,
        }
    )
    start = datetime.fromisoformat(f"{day}T{HOUR}").replace(tzinfo=ZoneInfo(person.timezone))
    text, places = utc_text(start.astimezone(UTC)), {person.idnst: person.timezone}

    def make(database: Database, now: datetime) -> object:
        return change_agenda(
            database, OPERATOR, person.rpps, add_slot(slot), places, version=None, now=now
        )

    return Change("agenda slot", person, make, lambda page: has_card(page, person, starts_at(text)))


BUILDERS = (build_setting, build_absence, build_agenda_slot)


def has_card(page: Page, person: Person, fits: Callable[[Page], bool] = lambda card: True) -> bool:
    """True when a card of the person fits; the search is by his RPPS."""
    return any(fits(card) for card in page["results"])


def takes_part(card: Page) -> bool:
    """True for a card of somebody who takes part."""
    return bool(card.get("participation", {}).get("sas"))


def starts_at(instant: str) -> Callable[[Page], bool]:
    """Holds for a card with a slot that starts then."""
    return lambda card: any(
        slot["start"] == instant
        for day in card.get("availability", {}).get("days", ())
        for slot in day["slots"]
    )


def measure_changes(database: Database, url: str, people: list[Person]) -> dict[str, list[float]]:
    """Milliseconds until each change shows, by its kind; one that never does takes 30 seconds."""
    changes = [BUILDERS[at % len(BUILDERS)](person) for at, person in enumerate(people)]
    found: dict[str, list[float]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool, httpx.Client(base_url=url, timeout=15) as api:
        for change, took in zip(
            changes, pool.map(lambda one: await_change(database, api, one), changes), strict=True
        ):
            found.setdefault(change.kind, []).append(took)
    return found


def await_change(database: Database, api: httpx.Client, change: Change) -> float:
    """Make a change, search until it shows; the milliseconds between."""
    change.make(database, datetime.now(UTC))
    began = time.perf_counter()
    body = {"what": change.person.rpps, "department": "75", "mode": "all", "facets": False}
    while time.perf_counter() - began < GIVEN_UP_S:
        page = api.post("/v1/search", json=body)
        if page.status_code == httpx.codes.OK and change.shows(page.json()):
            break
        time.sleep(ASKED_EVERY_S)
    return (time.perf_counter() - began) * 1000
