"""Commands of the topic ``node``: have an Elasticsearch, stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from cli.exit_codes import REFUSED
from cli.failures import describe_error
from cli.options import AsJson
from cli.output import message_console, print_json, print_line, report_failure
from elastic.errors import ElasticError
from elastic.node.cluster.cluster_config import MAX_NODES
from elastic.node.embedded import WAIT_S, stop_nodes
from elastic.node.state import runtime_dir
from elastic.settings import BadSetting, ElasticSettings, read_elastic_settings
from elastic.startup import RunningCluster, ensure_elasticsearch, ensure_installed_server


class NodeProgress:
    """Progress on the terminal, on standard error so that ``--json`` stays clean."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Elasticsearch", total=None)

    def say(self, line: str) -> None:
        """One line above the bar; the bar then waits for the next size."""
        self._progress.print(escape(line), soft_wrap=True)
        self._progress.reset(self._task, description="Working", total=None)

    def advance(self, what: str, done: int, total: int | None) -> None:
        """Move the bar."""
        self._progress.update(self._task, description=what, completed=done, total=total)


@contextmanager
def open_node_progress() -> Iterator[NodeProgress]:
    """A progress bar during the body."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        Elapsed(),
    )
    with Progress(*columns, console=message_console(), transient=True) as progress:
        yield NodeProgress(progress)


def load_settings_or_exit(as_json: bool) -> ElasticSettings:
    """The settings, or the end of the command with a sentence that names the wrong one."""
    try:
        return read_elastic_settings()
    except BadSetting as error:
        raise report_failure(str(error), REFUSED, as_json=as_json) from error


def up(
    *,
    nodes: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_NODES, help="Nodes of the cluster; as many as before, at first one."
        ),
    ] = None,
    secure: Annotated[
        bool, typer.Option("--secure", help="TLS, a password and keys, from now on.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            help="HTTP port of the first node, the others count on from it; 9200, or a free one.",
        ),
    ] = None,
    heap: Annotated[
        str | None,
        typer.Option(
            help="Java heap of each node, such as 512m; the default is 1g, of several 512m."
        ),
    ] = None,
    wait: Annotated[float, typer.Option(min=1, help="Seconds it may take to answer.")] = WAIT_S,
    only_prepare: Annotated[
        bool, typer.Option("--prepare", help="Install the server, start nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have an Elasticsearch running, with nothing to install by hand.

    Taken in this order: `SAS_ELASTICSEARCH_URL` (your cluster, nothing is started), the node we
    already run, `SAS_ELASTICSEARCH_HOME`, the official archive, the same server from Maven
    Central. The first start downloads it once; later ones take about 15 seconds. Safe to repeat.

    `sas up --nodes 3` makes a cluster that loses a node without losing a search; repeated, it
    starts the nodes that do not run.
    """
    chosen = load_settings_or_exit(as_json)
    try:
        with open_node_progress() as report:
            if only_prepare:
                return _show_prepared(ensure_installed_server(chosen, report), as_json)
            found = ensure_elasticsearch(
                chosen, nodes=nodes, secure=secure, port=port, heap=heap, wait_s=wait, report=report
            )
    except (ElasticError, OSError) as error:
        raise report_failure(describe_error(error), REFUSED, as_json=as_json) from error
    return _show_up(found, as_json)


def down(as_json: AsJson = False) -> None:
    """Stop the embedded nodes; their data stays. A cluster of yours is never touched."""
    stopped = stop_nodes(runtime_dir(load_settings_or_exit(as_json)))
    if as_json:
        pids = [state.pid for state in stopped]
        print_json({"stopped": bool(pids), "pid": pids[0] if pids else None, "pids": pids})
        return
    for state in stopped:
        print_line(f"Stopped Elasticsearch on {state.url} (process {state.pid}).")
    if not stopped:
        print_line("No embedded Elasticsearch of ours is running.")


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    for command in (up, down):
        app.command()(command)


def _show_prepared(origin: str, as_json: bool) -> None:
    if as_json:
        print_json({"origin": origin})
    else:
        print_line(f"Elasticsearch is ready to start ({origin}).")


def _show_up(found: RunningCluster, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
        return
    verb = "is already running" if found.already_running else "is up"
    print_line(f"Elasticsearch {found.version} {verb} on {found.url} ({found.origin}).")
