"""The worked examples of ``docs/reference/api.md``: commands, answers, and a service to run them.

In a documented answer, members may be left out of an object, and ``"..."`` means any value or, in
a list, any number of them.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import pytest

from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from records.trail import audit
from records.trail.audit import Event
from records.trail.last_loads import SourceLoad, record_loads
from records.trail.trail import Trail
from slots.loading.last_imports import record_imports
from tests.api.conftest import build_frozen_app, load_entries, open_api_server
from tests.records.fresh import open_fresh_records

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
BLOCK = re.compile(
    r"^```sh\n(?P<command>.*?)^```\n+```(?P<kind>\w+)\n(?P<answer>.*?)^```", re.M | re.S
)
BASE = "http://127.0.0.1:8000"
LEFT_OUT = "..."


@dataclass
class CurlRequest:
    """What a command asks."""

    method: str
    url: httpx.URL
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def send_to(self, base: str) -> httpx.Response:
        """The answer of a service at another address."""
        target = httpx.URL(base)
        url = self.url.copy_with(host=target.host, port=target.port)
        return httpx.request(self.method, url, headers=self.headers, content=self.body, timeout=20)


@dataclass
class WorkedExample:
    """One command of the document, and the answer told."""

    request: CurlRequest
    kind: str
    answer: str


@cache
def examples() -> tuple[WorkedExample, ...]:
    """Every command of the document that an answer follows."""
    found = BLOCK.finditer(DOCUMENT.read_text("utf-8"))
    return tuple(WorkedExample(parse_curl(m["command"]), m["kind"], m["answer"]) for m in found)


def find_example(method: str, template: str) -> WorkedExample | None:
    """The first example of a route given by the template of its path."""
    found = (e for e in examples() if e.request.method == method)
    return next(
        (e for e in found if path_parameters(template, e.request.url.path) is not None), None
    )


def path_parameters(template: str, path: str) -> dict[str, str] | None:
    """The parameters of a path, None when it is of another template."""
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
    return None if found is None else found.groupdict()


def parse_curl(command: str) -> CurlRequest:
    """The request of a curl command; fails on an option it does not know."""
    words = shlex.split(command.replace("\\\n", ""))
    assert words.pop(0) == "curl", command
    asked, data = CurlRequest("GET", httpx.URL(BASE)), []
    while words:
        word = words.pop(0)
        if word == "-X":
            asked.method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            asked.headers[name] = value
        elif word in ("-d", "--data-urlencode"):
            data.append(words.pop(0))
        elif word not in ("-s", "-sG"):
            assert word.startswith(BASE), f"an option that no test knows: {word}"
            asked.url = httpx.URL(word)
    return _add_to_query(asked, data) if " -sG " in command else _add_to_body(asked, data)


def _add_to_query(request: CurlRequest, data: list[str]) -> CurlRequest:
    pairs: list[tuple[str, str | int | float | bool | None]] = [
        (name, value) for name, _, value in (text.partition("=") for text in data)
    ]
    request.url = request.url.copy_merge_params(httpx.QueryParams(pairs))
    return request


def _add_to_body(request: CurlRequest, data: list[str]) -> CurlRequest:
    if data:
        request.method = "POST" if request.method == "GET" else request.method
        request.body = "&".join(data).encode()
        request.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return request


def find_differences(documented: Any, real: Any, where: str = "$") -> Iterator[str]:
    """Where an answer told is no part of the real one."""
    if documented == LEFT_OUT:
        return
    if isinstance(documented, dict) and isinstance(real, dict):
        for name, value in documented.items():
            if name in real:
                yield from find_differences(value, real[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is not in the answer"
    elif isinstance(documented, list) and isinstance(real, list):
        yield from _list_differences(documented, real, where)
    elif documented != real or isinstance(documented, bool) != isinstance(real, bool):
        yield f"{where} is told as {documented!r} and answered as {real!r}"


def _list_differences(documented: list[Any], real: list[Any], where: str) -> Iterator[str]:
    """Elements told before the first ``"..."`` are the first ones, and all when there is none."""
    first = list(takewhile(lambda value: value != LEFT_OUT, documented))
    if len(first) == len(documented) != len(real) or len(real) < len(first):
        yield f"{where} holds {len(real)} elements"
    for place, (value, found) in enumerate(zip(first, real, strict=False)):
        yield from find_differences(value, found, f"{where}[{place}]")


@contextmanager
def open_dozen_service(es_url: str, prefix: str, state: Path) -> Iterator[str]:
    """The URL of a real server of the dozen offers and of the LRM registry, without geocoder."""
    database = open_fresh_records(state)
    load_entries(database)
    record_example_loads(Trail(database, prefix))
    database.close()
    with pytest.MonkeyPatch.context() as start:
        start.setenv("SAS_ELASTICSEARCH_URL", es_url)
        start.setenv("SAS_INDEX_PREFIX", prefix)
        start.setenv("SAS_STATE_DIR", str(state))
        with open_api_server(build_frozen_app(Geocoder(GeocoderSettings(url="off")))) as url:
            yield url


def record_example_loads(trail: Trail) -> None:
    """Record what the night before the examples brought."""
    night = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
    sites, people = ("finess-structures.json", date(2026, 11, 2)), ("rpps.txt", date(2026, 11, 20))
    loads = [
        SourceLoad("finess", *sites, 102_400, 9, "", night),
        SourceLoad("rpps", *people, 2_300_000, 9, "", night),
    ]
    record_loads(trail, loads)
    record_imports(trail, {"editor-a": 3}, datetime(2026, 11, 23, 8, tzinfo=UTC))
    details = {"total": 13, "seconds": 412.5, "aside": {"finess": 12, "rpps": 0}}
    audit.record_event(trail, Event.REINDEX_COMPLETED, "offers", now=night, details=details)
