"""``python -m bench``: the commands behind ``make bench`` and ``make profile``."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import psutil
import typer
from elasticsearch import Elasticsearch
from rich.console import Console

from bench import dataset, machine, named_searches, profiling, report, run
from bench.dataset import DataSetError, Site, open_generated_set, open_indexed_set
from bench.processes import DidNotStartError, LoadProcess, Meter, sas_path, start_api
from bench.run import API, ELASTICSEARCH, OUR_SUGGEST, OURS, BenchOptions
from elastic.client import client_options, sync_client
from elastic.settings import read_elastic_settings
from simulation.scales import ScaleName

FAILED, MISSED = 2, 1
ADMIN_TIMEOUT_S = 60

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


def log_progress(line: str) -> None:
    """Progress, on standard error."""
    Console(stderr=True, highlight=False).print(f"bench: {line}", markup=False)


def elasticsearch_url() -> str:
    """The node that the settings name; ``BadParameter`` for one on another machine."""
    url = str(client_options(read_elastic_settings())["hosts"][0])
    host = urlsplit(url).hostname or ""
    if host not in LOCAL and not _is_loopback(host):
        raise typer.BadParameter("a load is put on this machine only: start a node with sas up")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the set of a run comes from: an index, else a directory, else it is made."""

    reuse: str | None = None
    directory: Path | None = None
    keep: bool = False


@contextmanager
def _open_site(
    client: Elasticsearch, order: BenchOptions, scratch: Path, origin: Origin
) -> Iterator[Site]:
    url = elasticsearch_url()
    if origin.reuse is not None:
        yield Site(client, url, origin.reuse, scratch)
        return
    with _open_new_set(client, url, order, scratch, origin) as prefix:
        if origin.keep:
            log_progress(f"kept: use it again with --reuse {prefix}")
        yield Site(client, url, prefix, scratch)


def _open_new_set(
    client: Elasticsearch, url: str, order: BenchOptions, scratch: Path, origin: Origin
) -> AbstractContextManager[str]:
    """The prefix under which a set is indexed anew."""
    scale, files = order.scale, origin.directory
    if files is not None:
        log_progress(f"indexing a set of scale {scale}")
        return open_indexed_set(client, url, scale, files, scratch, keep=origin.keep)
    log_progress(f"making and indexing a set, scale {scale}")
    return open_generated_set(client, url, scale, order.seed, scratch, keep=origin.keep)


@contextmanager
def _open_growth_site(site: Site, order: BenchOptions, growth: str | None) -> Iterator[Site | None]:
    """The small set beside which a national one is held; None where growth is not measured."""
    if growth is None and order.scale is not ScaleName.NATIONAL:
        yield None
        return
    small, origin = replace(order, scale=ScaleName.DEPARTMENT), Origin(reuse=growth)
    with _open_site(site.client, small, site.scratch, origin) as found:
        yield found


def _build_meter(client: Elasticsearch, api: int) -> Meter:
    """Of the API, and of Elasticsearch when its process can be seen from here."""
    nodes = client.nodes.info(metric="process")["nodes"].values()
    pids = [(API, api), *((ELASTICSEARCH, node["process"]["id"]) for node in nodes)]
    return Meter({name: pid for name, pid in pids if psutil.pid_exists(pid)})


def _describe_run(site: Site, order: BenchOptions) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": machine.commit(),
        "scale": order.scale.value,
        "seed": order.seed,
        "searches": order.searches,
        "rounds": order.rounds,
        "connections": order.connections,
        **dataset.count_offers_and_slots(site.client, site.prefix),
        "machine": machine.describe_machine(),
        "versions": machine.versions(site.client),
    }


@app.command()
def bench(
    *,
    scale: Annotated[ScaleName, typer.Option(help="Size of the set.")] = ScaleName.DEPARTMENT,
    seed: Annotated[int, typer.Option(help="Another set, other searches.")] = 1,
    searches: Annotated[int, typer.Option(min=1, max=2000)] = 300,
    rounds: Annotated[int, typer.Option(min=1, max=10)] = 3,
    rate: Annotated[
        list[float] | None, typer.Option(min=0.1, help="Searches a second; may be repeated.")
    ] = None,
    open_seconds: Annotated[float, typer.Option(min=0.5, max=60)] = 8.0,
    connections: Annotated[int, typer.Option(min=1, max=64)] = 16,
    reuse: Annotated[
        str | None, typer.Option(help="Prefix of a set already indexed; none is made.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where results are written.")] = report.RESULTS,
    directory: Annotated[
        Path | None,
        typer.Option("--from", exists=True, file_okay=False, help="A set to index; none is made."),
    ] = None,
    growth: Annotated[
        str | None, typer.Option(help="Prefix of a small set, beside which this one has grown.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the index at the end.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 when a target is missed.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Instead: where the time of our process goes.")
    ] = False,
) -> None:
    """Measure our API beside Elasticsearch itself, on the same searches (docs/performance.md)."""
    order = BenchOptions(
        scale=scale,
        seed=seed,
        searches=searches,
        suggestions=min(200, searches),
        named_points=min(100, searches),
        rounds=rounds,
        connections=connections,
        rates=tuple(rate) if rate else BenchOptions().rates,
        open_seconds=open_seconds,
    )
    try:
        with (
            tempfile.TemporaryDirectory(prefix="sas-bench-") as folder,
            sync_client(elasticsearch_url(), request_timeout=ADMIN_TIMEOUT_S) as client,
            _open_site(client, order, Path(folder), Origin(reuse, directory, keep)) as site,
        ):
            met = (
                _profile(site, order, out)
                if profile
                else _measure_with_growth(site, order, out, growth)
            )
    except (DataSetError, DidNotStartError) as error:
        log_progress(str(error))
        raise typer.Exit(FAILED) from error
    if strict and not met:
        raise typer.Exit(MISSED)


def _measure_with_growth(site: Site, order: BenchOptions, out: Path, growth: str | None) -> bool:
    with _open_growth_site(site, order, growth) as small:
        return _measure_and_report(site, order, out, small)


def _measure_and_report(site: Site, order: BenchOptions, out: Path, small: Site | None) -> bool:
    """The table of measures; whether every target is met."""
    about, command = _describe_run(site, order), [sas_path(), "serve", "--no-worker", "--port", "0"]
    with start_api(command, site.environment(), site.log) as (api, pid), LoadProcess() as load:
        log_progress("recording what each search sends to Elasticsearch, and warming up")
        run.prepare(order, site, api, load)
        found = run.measures(order, site, load, _build_meter(site.client, pid), log_progress)
        found |= _measure_named_searches(site, order, load, small)
    rows = report.rows(found)
    report.print_table(rows, f"{about['scale']}, {about['offers']:,} offers; p50 / p95 / p99")
    _write(out, about["scale"], about, report.as_json(found), report.markdown(rows))
    return all(target.is_met for target in run.targets(found))


def _measure_named_searches(
    site: Site, order: BenchOptions, load: LoadProcess, small: Site | None
) -> run.Measures:
    """The searches with a name; growth where there is a small set to compare with."""
    log_progress("the named searches, each from a point of its own")
    found: run.Measures = {"named": named_searches.measure_took(order, site, load)}
    if small is None:
        return found
    log_progress("the same searches in a small set and in this one")
    held = [
        dataset.count_offers_and_slots(one.client, one.prefix)["offers"] for one in (small, site)
    ]
    grown = named_searches.measure_growth(order, small, site, load)
    return {**found, run.GROWTH: {**grown, "times": held[1] / held[0]}}


def _profile(site: Site, order: BenchOptions, out: Path) -> bool:
    """Where the processor time of the API goes, for searches and for suggestions."""
    about, page, found = _describe_run(site, order), [], {}
    for plan in (OURS, OUR_SUGGEST):
        stacks = site.scratch / f"{plan}.json"
        command = profiling.build_sampler_command(stacks)
        with start_api(command, site.environment(), site.log) as (api, pid), LoadProcess() as load:
            log_progress(f"sampling {plan}")
            run.prepare(order, site, api, load)
            measured = profiling.profile_plan(
                order, pid, load, _build_meter(site.client, pid), plan
            )
        lines = profiling.read_profile(stacks)
        found[plan] = {**measured, "lines": lines}
        page.append(_profile_page(measured, lines))
    _write(out, f"profile-{about['scale']}", about, found, "\n\n".join(page))
    return True


def _write(out: Path, name: str, about: dict[str, Any], found: dict[str, Any], page: str) -> None:
    stamped = f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    path = report.write(out, stamped, about, found, page)
    log_progress(f"written: {path.name} and .json in {path.parent.name}/")


def _profile_page(measured: dict[str, Any], lines: dict[str, list[Any]]) -> str:
    """Prints the tables of one plan; the same in Markdown."""
    stages = ", ".join(f"{name} {ms:.2f}" for name, ms in measured["stages_p50_ms"].items())
    head = f"{measured['plan']}: {measured['cpu_ms']:.2f} ms of processor each"
    page = [f"## {head}", *([f"Stages, p50 in ms: {stages}."] if stages else [])]
    for title, told_lines in lines.items():
        rows = report.profile_rows(told_lines)
        columns = (title, *report.PROFILE_COLUMNS[1:])
        report.print_table(rows, head, columns)
        page.append(report.markdown(rows, columns))
    return "\n\n".join(page)


if __name__ == "__main__":
    app()
