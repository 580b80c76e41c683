"""A whole country's settings and agendas into the records, and what one change projects then."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from typing import Any

import orjson

from bench.dataset import Site
from bench.processes import sas_path
from bench.records.people import Person
from bench.records.projection import toggle_participation
from mappings.identifiers import is_luhn_valid
from records.database import Database
from worker.context import WorkerContext
from worker.run import drain_outbox

SETTINGS, AGENDAS, RULES = 21_000, 9_000, 5
LIMIT_S = 600
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat")


def generate_rpps() -> Iterator[str]:
    """Valid RPPS, as many as are wanted."""
    for body, key in product(range(10_500_000, 10_999_999), range(10)):
        if is_luhn_valid(f"{body:08}00{key}"):
            yield f"{body:08}00{key}"


def write_files(folder: Path) -> dict[str, Path]:
    """The files of the settings and of the agendas, by kind."""
    rpps = list(islice(generate_rpps(), SETTINGS))
    files = {kind: folder / f"{kind}.jsonl" for kind in ("participation", "agendas")}
    files["participation"].write_bytes(b"\n".join(map(build_settings_line, rpps)))
    files["agendas"].write_bytes(b"\n".join(map(build_agenda_line, rpps[:AGENDAS])))
    return files


def build_settings_line(rpps: str) -> bytes:
    """Settings of somebody who takes part."""
    return orjson.dumps({"rpps": rpps, "participation": True, "via": 1})


def build_agenda_line(rpps: str) -> bytes:
    """An agenda of weekly rules, one each day."""
    first = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    slots = [
        {
            "idnst": f"4{rpps}001",
            "timezone": "Europe/Paris",
            "day": first,
            "weekdays": [day],
            "start": "09:00",
            "end": "12:00",
            "seats": 6,
        }
        for day in DAYS[:RULES]
    ]
    return orjson.dumps({"rpps": rpps, "slots": slots})


def measure_import(files: dict[str, Path], environment: dict[str, str]) -> dict[str, float]:
    """Seconds of ``sas records import`` by kind, the start of the command included."""
    found = {}
    for kind, file in files.items():
        began = time.perf_counter()
        command = [sas_path(), "records", "import", kind, str(file), "--json"]
        subprocess.run(  # noqa: S603 - our own command
            command, env=environment, check=True, capture_output=True, timeout=LIMIT_S
        )
        found[kind] = time.perf_counter() - began
    return found


def measure_first_round(site: Site, database: Database) -> dict[str, float]:
    """Messages and seconds of a new worker after a first reindex that imported the set's files."""
    began = time.perf_counter()
    context = WorkerContext(database, site.client, site.alias, "bench")
    return {"messages": drain_outbox(context, utc_now), "s": time.perf_counter() - began}


@dataclass(frozen=True, slots=True)
class ProjectedChange:
    """What one change cost after everything else: messages, and documents written."""

    idle_messages: int
    messages: int
    documents: int
    offers: int


def measure_one_change(site: Site, database: Database, person: Person) -> ProjectedChange:
    """Drain what is left, change one person, drain again."""
    context = WorkerContext(database, site.client, site.alias, "bench")
    drain_outbox(context, utc_now)
    idle = drain_outbox(context, utc_now)
    before = count_written(site)
    toggle_participation(database, person)
    messages = drain_outbox(context, utc_now)
    offers = site.client.count(index=site.alias, query={"term": {"rpps": person.rpps}})["count"]
    return ProjectedChange(idle, messages, count_written(site) - before, offers)


def count_written(site: Site) -> int:
    """Documents written to the index so far."""
    stats: dict[str, Any] = site.client.indices.stats(index=site.alias, metric="indexing").body
    return int(stats["_all"]["total"]["indexing"]["index_total"])


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)
