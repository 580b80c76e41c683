"""``python -m bench.records``: figures of the records on a set of its own (docs/performance.md)."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import plans, scenario
from bench.__main__ import ADMIN_TIMEOUT_S, elasticsearch_url, log_progress
from bench.dataset import Site, open_generated_set, open_indexed_set
from bench.latency import figures
from bench.machine import describe_machine
from bench.processes import LoadProcess, sas_path, start_api
from bench.records.changes import measure_changes
from bench.records.imports import (
    measure_first_round,
    measure_import,
    measure_one_change,
    write_files,
)
from bench.records.people import draw_people
from bench.records.projection import PLAN, OpenLoad, measure_projection, run_load
from bench.records.spread import measure_spread
from bench.run import SEARCH
from cli.records import open_records
from elastic.client import sync_client
from records.database import Database
from simulation.scales import ScaleName

CHANGING = 50
"""People whose settings change again and again beside searches."""
SEARCHES = 200
PARTS = ("imports", "changes", "projection", "spread")

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclass(frozen=True, slots=True)
class RecordsBench:
    """A set, its records, how much is changed and searched, and the seed of what is drawn."""

    site: Site
    database: Database
    changes: int
    rate: float
    seed: int


@app.command()
def bench(
    *,
    directory: Annotated[
        Path | None,
        typer.Option("--from", exists=True, file_okay=False, help="A set to index; none is made."),
    ] = None,
    scale: Annotated[ScaleName, typer.Option(help="Size of the set.")] = ScaleName.DEPARTMENT,
    postgres: Annotated[
        str | None, typer.Option(help="URL of an empty PostgreSQL; SQLite without.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(PARTS)}.")] = None,
    changes: Annotated[int, typer.Option(min=1, help="Changes that are waited for.")] = 200,
    rate: Annotated[float, typer.Option(min=0.1, help="Searches a second beside them.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Other people, other searches.")] = 1,
) -> None:
    """Measure changes under load, imports and the spread of first cards."""
    log_progress(f"{describe_machine()}, {'PostgreSQL' if postgres else 'SQLite'}")
    with (
        tempfile.TemporaryDirectory(prefix="sas-bench-") as folder,
        sync_client(elasticsearch_url(), request_timeout=ADMIN_TIMEOUT_S) as client,
    ):
        scratch, url = Path(folder), elasticsearch_url()
        if postgres:
            os.environ["SAS_DATABASE_URL"] = postgres
            subprocess.run([sas_path(), "records", "up"], check=True)  # noqa: S603 - our own
        opened = (
            open_indexed_set(client, url, scale, directory, scratch, keep=False)
            if directory
            else open_generated_set(client, url, scale, seed, scratch, keep=False)
        )
        with opened as prefix:
            site = Site(client, url, prefix, scratch)
            with open_site_records(site) as database:
                for part in only or PARTS:
                    RUN[part](RecordsBench(site, database, changes, rate, seed))


@contextmanager
def open_site_records(site: Site) -> Iterator[Database]:
    """The records that the commands of the run use."""
    os.environ.update(site.environment())
    with open_records() as database:
        yield database


def run_imports(run: RecordsBench) -> None:
    """A whole country into the records, then one change."""
    show("a new worker", measure_first_round(run.site, run.database))
    folder = run.site.scratch / "imports"
    folder.mkdir()
    files = write_files(folder)
    took = measure_import(files, {**os.environ, **run.site.environment()})
    show("import", {**{kind: round(s, 1) for kind, s in took.items()}, "s": sum(took.values())})
    (person,) = draw_people(run.site, run.database, 1, run.seed + 7)
    show("one change", asdict(measure_one_change(run.site, run.database, person)))


def run_changes(run: RecordsBench) -> None:
    """Changes under searches."""
    with open_load(run) as (url, load):
        over = threading.Event()
        beside = threading.Thread(target=load_until, args=(load, run.rate, over))
        beside.start()
        try:
            found = measure_changes(
                run.database, url, draw_people(run.site, run.database, run.changes, run.seed)
            )
        finally:
            over.set()
            beside.join()
    every = [ms for kind in found.values() for ms in kind]
    for kind, latencies in {**found, "all": every}.items():
        show(f"change to search, {kind}, ms", asdict(figures(latencies)))


def load_until(load: LoadProcess, rate: float, over: threading.Event) -> None:
    """Searches until the changes are done, five seconds at a time."""
    while not over.is_set():
        run_load(load, OpenLoad(rate=rate, seconds=5), 1)


def run_projection(run: RecordsBench) -> None:
    """Searches, quiet and beside changes."""
    with open_load(run) as (_, load):
        people = draw_people(run.site, run.database, CHANGING, run.seed + 11)
        found = measure_projection(run.database, load, people, OpenLoad(rate=run.rate))
    for name, latencies in found.items():
        show(f"searches, {name}, ms", asdict(latencies))


def run_spread(run: RecordsBench) -> None:
    """First cards of the callers of a commune."""
    command = [sas_path(), "serve", "--no-worker", "--port", "0"]
    with start_api(command, run.site.environment(), run.site.log) as (url, _):
        found = measure_spread(run.site, run.database, url, run.seed)
    for one in found:
        show("first cards", asdict(one))
    good = sum(one.distinct >= 5 for one in found)  # noqa: PLR2004 - the target
    show("places with five first cards", {"places": good, "of": len(found)})


RUN = {
    "imports": run_imports,
    "changes": run_changes,
    "projection": run_projection,
    "spread": run_spread,
}


@contextmanager
def open_load(run: RecordsBench) -> Iterator[tuple[str, LoadProcess]]:
    """The API with its worker, and a generator that holds warm searches."""
    command = [sas_path(), "serve", "--port", "0"]
    site = run.site
    with start_api(command, site.environment(), site.log) as (url, _), LoadProcess() as load:
        drawn = scenario.sample_offers(site.client, site.alias, run.seed)
        searches = scenario.searches(drawn, SEARCHES, run.seed)
        load.keep(PLAN, plans.build_api_plan(url, SEARCH, searches))
        load.order("closed", [PLAN], connections=4, times=1, seed=run.seed)
        yield url, load


def show(name: str, values: dict[str, Any]) -> None:
    """One figure, on standard output."""
    print(name, {key: round(v, 2) if isinstance(v, float) else v for key, v in values.items()})


if __name__ == "__main__":
    app()
