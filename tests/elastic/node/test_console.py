"""The line that says why, out of what a node prints. Lines as Elasticsearch 9.4.3 prints them."""

import pytest

from elastic.node.console import LONGEST, find_refused_port, last_meaningful_line

STARTED = "[2026-11-23T11:27:44,778][INFO ][o.e.n.Node ] [embedded] started {embedded}"
MILD = "[2026-11-23T11:56:04,822][WARN ][o.e.x.i.InternalService] [embedded] Get stats failed"
UNKNOWN = (
    "java.lang.IllegalArgumentException: unknown setting [ingest.geoip.downloader.enabled] please"
    " check that any required plugins are installed"
)
BOUND = "org.elasticsearch.http.BindHttpException: Failed to bind to 127.0.0.1:42339"
SUPPRESSED = "\tSuppressed: java.lang.RuntimeException: Rethrowing promise failure cause"
DIED = "ERROR: Elasticsearch died while starting up, with exit code 1"
FRAME = "\tat org.elasticsearch.server@9.4.3/org.elasticsearch.bootstrap.Elasticsearch.main(E:1)"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{STARTED}\n{UNKNOWN}\n{FRAME}\n\t... 12 more\n{DIED}\n", UNKNOWN),
        (f"{STARTED}\n\n", STARTED),
        (f"Error: could not create heap\n{STARTED}\n", "Error: could not create heap"),
        (f"{MILD}\n{STARTED}\n", STARTED),
        (f"{UNKNOWN}\n{SUPPRESSED}\n", UNKNOWN),
        ("", "nothing was printed"),
    ],
)
def test_the_telling_line_is_found(text: str, line: str) -> None:
    assert last_meaningful_line(text) == line


def test_a_port_that_was_lost_is_read() -> None:
    assert find_refused_port(f"{STARTED}\n{BOUND}\nCaused by: java.net.BindException\n") == 42339
    assert find_refused_port(UNKNOWN) is None


def test_a_long_line_is_cut() -> None:
    assert len(last_meaningful_line("ERROR " + "x" * 9000)) == LONGEST
