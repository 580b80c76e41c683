"""``python -m bench.indexing``: a reindex stage by stage, beside a raw bulk of the same documents.

The raw bulk sends documents serialised before, from a file, in the batches and over as many
connections as ours: what the node alone would take. It is sent once before, uncounted, so that
both meet a node that is warm. docs/performance.md explains the figures.
"""

import tempfile
import time
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import orjson
import psutil
import typer
from elasticsearch import Elasticsearch

from bench import dataset, machine, report
from bench.__main__ import ADMIN_TIMEOUT_S, MISSED, elasticsearch_url, log_progress
from bench.processes import Meter, ResourceUsage
from bench.run import ELASTICSEARCH, BenchTarget
from elastic import lifecycle
from elastic.bulk import THREADS, Operation, batches
from elastic.client import sync_client, with_admin_timeout
from elastic.names import offers_index
from indexers.offers.directory import open_source_directory
from indexers.reindex import recipe
from indexers.runs.progress import ProgressListener
from records.database import open_database
from records.schema import upgrade_schema
from records.trail.trail import Trail

LOADER = "loader"
"""Our process, in what the meter measures; it has no children while it is measured."""
STARTING, READING, RAW = "Starting", "Reading the files", "Raw bulk"
WRITING = "Reading, joining and writing offers"
"""The stage of the recipe that is compared: ``indexers.reindex.recipe.fill``."""
MAX_S, MAX_MB = 240.0, 3 * 1024
"""Targets: what the data team waits for, and what its machine must hold."""
COLUMNS = ("stage", "seconds", "processor, ours", "processor, Elasticsearch", "documents a second")

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclass(slots=True)
class IndexingStage:
    """Cost of one stage: seconds, processor seconds, documents; peak memory in MB so far."""

    name: str
    seconds: float = 0.0
    documents: int = 0
    spent: ResourceUsage = field(default_factory=ResourceUsage)

    @property
    def per_s(self) -> float:
        """Documents a second; 0 for a stage without documents."""
        return self.documents / self.seconds if self.seconds else 0.0


class StageMeter(ProgressListener):
    """Measures each stage of a run from one name to the next; ``stages`` has those that ended."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self.stages: list[IndexingStage] = []
        self._meter, self._open = meter, ExitStack()
        self._start(STARTING)

    def show_stage(self, name: str) -> None:
        """The stage before ends, another begins."""
        self.end()
        log_progress(name)
        self._start(name)

    def show_count(self, done: int) -> None:
        """Documents written in the stage."""
        self._stage.documents = done

    def end(self) -> None:
        """The last stage ends."""
        self._open.close()
        self._stage.seconds = time.perf_counter() - self._since
        self.stages.append(self._stage)

    def _start(self, name: str) -> None:
        self._stage, self._since = IndexingStage(name), time.perf_counter()
        self._stage.spent = self._open.enter_context(self._meter.open_measurement())


def measure_reindex(
    client: Elasticsearch, directory: Path, prefix: str, scratch: Path, meter: Meter
) -> list[IndexingStage]:
    """A whole reindex of the directory, as ``sas reindex`` does it, but for its judge."""
    started, watch = datetime.now(UTC), StageMeter(meter)
    database = open_database(f"sqlite:///{scratch / 'records.sqlite'}")
    upgrade_schema(database)
    order = recipe.ReindexRequest(
        directory,
        read_set_instant(directory),
        scratch / "run",
        started,
        Trail(database, prefix),
        accept_drift=True,
    )
    recipe.reindex(client, order, watch)
    database.close()
    watch.end()
    return watch.stages


def read_set_instant(directory: Path) -> datetime:
    """The instant of a generated set, from its manifest; now for any other directory."""
    manifest = directory / "manifest.json"
    if not manifest.is_file():
        return datetime.now(UTC)
    return datetime.fromisoformat(orjson.loads(manifest.read_bytes())["now"])


def serialise_offers(directory: Path, scratch: Path) -> tuple[Path, list[tuple[int, int]]]:
    """Every offer as bulk bodies in one file; the bytes and documents of each, in order."""
    path, sizes = scratch / "bodies.ndjson", []
    with (
        open_source_directory(directory, read_set_instant(directory), None) as sources,
        path.open("wb") as bodies,
    ):
        for batch in batches(Operation.index(offer) for offer in sources.offers()):
            body = b"\n".join(operation.text for operation in batch) + b"\n"
            bodies.write(body)
            sizes.append((len(body), len(batch)))
    return path, sizes


def serialise_in_subprocess(directory: Path, scratch: Path) -> tuple[Path, list[tuple[int, int]]]:
    """``serialised`` in a process of its own: ours begins with nothing in memory or remembered."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(serialise_offers, directory, scratch).result()


def raw_bulk(
    client: Elasticsearch, prefix: str, path: Path, sizes: list[tuple[int, int]], meter: Meter
) -> IndexingStage:
    """The bodies sent to an index made as ours is, as many at a time; then it is deleted."""
    index, stage = offers_index(prefix, datetime.now(UTC)), IndexingStage(RAW)
    recipe.create_build_index(client, index)
    steady, waiting = with_admin_timeout(client), deque[Future[int]]()
    try:
        since = time.perf_counter()
        with (
            meter.open_measurement() as stage.spent,
            ThreadPoolExecutor(THREADS) as pool,
        ):
            for body in _bodies(path, sizes):
                waiting.append(pool.submit(_send_bulk, steady, str(index), body))
                if len(waiting) > THREADS:
                    stage.documents += waiting.popleft().result()
            stage.documents += sum(future.result() for future in waiting)
        stage.seconds = time.perf_counter() - since
    finally:
        lifecycle.delete_index(client, index)
    return stage


def _bodies(path: Path, sizes: list[tuple[int, int]]) -> Iterator[bytes]:
    with path.open("rb") as bodies:
        for size, _ in sizes:
            yield bodies.read(size)


def _send_bulk(client: Elasticsearch, index: str, body: bytes) -> int:
    """Documents accepted of one body."""
    answer = client.perform_request(
        "POST",
        f"/{index}/_bulk",
        params={"filter_path": "errors,items.*.status"},
        headers={"content-type": "application/x-ndjson", "accept": "application/json"},
        body=body,
    )
    if answer.body["errors"]:
        raise dataset.DataSetError("the raw bulk had documents refused")
    return len(answer.body["items"])


def raw_bulk_ratio(stages: list[IndexingStage], raw: IndexingStage) -> float:
    """Time to join and write, to that of the raw bulk: a figure without a target.

    A quicker node raises it although nobody waits longer.
    """
    writing = next(stage for stage in stages if stage.name == WRITING)
    return writing.seconds / raw.seconds


def targets(stages: list[IndexingStage]) -> list[BenchTarget]:
    """The targets of the stages."""
    peak = max(stage.spent.peak_mb.get(LOADER, 0.0) for stage in stages)
    return [
        BenchTarget("from files to live, s", sum(stage.seconds for stage in stages), MAX_S, "s"),
        BenchTarget("resident memory, ours, MB", peak, MAX_MB, "MB"),
    ]


def rows(stages: list[IndexingStage]) -> list[tuple[str, ...]]:
    """A row a stage."""
    return [
        (
            stage.name,
            f"{stage.seconds:.1f}",
            *(f"{stage.spent.cpu_s.get(name, 0.0):.1f}" for name in (LOADER, ELASTICSEARCH)),
            f"{stage.per_s:,.0f}" if stage.documents else "",
        )
        for stage in stages
    ]


@app.command()
def indexing(
    *,
    directory: Annotated[Path, typer.Option("--from", help="Directory of files to index.")],
    prefix: Annotated[
        str | None, typer.Option(help="Where the index stays live; default: deleted.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where results are written.")] = report.RESULTS,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 when a target is missed.")
    ] = False,
) -> None:
    """Measure a reindex by stage, beside a raw bulk of the same documents."""
    used = prefix or f"bench-indexing-{uuid.uuid4().hex[:8]}"
    with (
        tempfile.TemporaryDirectory(prefix="sas-bench-") as folder,
        sync_client(elasticsearch_url(), request_timeout=ADMIN_TIMEOUT_S) as client,
    ):
        scratch = Path(folder)
        about, seen = _describe_environment(client), build_indexing_meter(client)
        try:
            log_progress("serialising the documents, then writing them raw to warm the node")
            bodies = serialise_in_subprocess(directory, scratch)
            raw_bulk(client, f"{used}-raw", *bodies, seen)
            stages = measure_reindex(client, directory, used, scratch, seen)
            about |= {"scale": "indexing", **dataset.count_offers_and_slots(client, used)}
            log_progress("writing the same documents raw")
            raw = raw_bulk(client, f"{used}-raw", *bodies, seen)
        finally:
            if prefix is None:
                dataset.delete_all(client, used)
    _write_report(stages, raw, about, out)
    if strict and not all(target.is_met for target in targets(stages)):
        raise typer.Exit(MISSED)


def _write_report(
    stages: list[IndexingStage], raw: IndexingStage, about: dict[str, Any], out: Path
) -> None:
    held = targets(stages)
    table = rows([*stages, raw])
    verdicts = [
        (one.name, f"{one.value:.2f}", f"≤ {one.limit:g}", "met" if one.is_met else "missed")
        for one in held
    ]
    ratio = raw_bulk_ratio(stages, raw)
    verdicts.append(("joined and written, to a raw bulk", f"{ratio:.2f}", "", "figure"))
    report.print_table(table, f"{about['offers']:,} offers, {about['slots']:,} slots", COLUMNS)
    report.print_table(verdicts, "targets", ("", "measured", "target", " "))
    page = f"{report.markdown(table, COLUMNS)}\n\n" + report.markdown(
        verdicts, ("", "measured", "target", " ")
    )
    found = {
        "stages": [asdict(stage) for stage in [*stages, raw]],
        "targets": [{**asdict(target), "met": target.is_met} for target in held],
        "raw_bulk_ratio": ratio,
    }
    name = f"indexing-{about['offers']}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    log_progress(f"written: {report.write(out, name, about, found, page).name}")


def _describe_environment(client: Elasticsearch) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": machine.commit(),
        "machine": machine.describe_machine(),
        "versions": machine.versions(client),
    }


def build_indexing_meter(client: Elasticsearch) -> Meter:
    """Of this process, and of Elasticsearch when its process can be seen from here."""
    nodes = client.nodes.info(metric="process")["nodes"].values()
    named = [(LOADER, psutil.Process().pid)]
    named += [(ELASTICSEARCH, int(node["process"]["id"])) for node in nodes]
    return Meter({name: pid for name, pid in named if psutil.pid_exists(pid)})


if __name__ == "__main__":
    app()
