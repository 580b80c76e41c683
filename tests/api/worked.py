"""The worked examples of ``docs/api.md``: each command, the answer told, and a service to run them.

In an answer told, members may be left out of an object, and ``"..."`` stands for any value or, in a
list, for any number of them.
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
from elasticsearch import Elasticsearch

from elastic.names import audit_index, loads_index, lrm_index
from elastic.service import audit
from elastic.service.audit import Event
from elastic.service.last_loads import SourceLoad, record_loads
from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from indexers.loads.lrm_registry import publish
from slots.loading.last_imports import record_imports
from tests.api.conftest import ENTRIES, frozen_app, served

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(
    r"^```sh\n(?P<command>.*?)^```\n+```(?P<kind>\w+)\n(?P<answer>.*?)^```", re.M | re.S
)
BASE = "http://127.0.0.1:8000"
LEFT_OUT = "..."


@dataclass
class Request:
    """What a command asks."""

    method: str
    url: httpx.URL
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def sent_to(self, base: str) -> httpx.Response:
        """The answer of a service at another address."""
        target = httpx.URL(base)
        url = self.url.copy_with(host=target.host, port=target.port)
        return httpx.request(self.method, url, headers=self.headers, content=self.body, timeout=20)


@dataclass
class Example:
    """One command of the document, and the answer told."""

    asked: Request
    kind: str
    answer: str


@cache
def examples() -> tuple[Example, ...]:
    """Every command of the document that an answer follows."""
    found = BLOCK.finditer(DOCUMENT.read_text("utf-8"))
    return tuple(Example(read(m["command"]), m["kind"], m["answer"]) for m in found)


def example_of(method: str, template: str) -> Example | None:
    """The first example of a route given by the template of its path."""
    found = (e for e in examples() if e.asked.method == method)
    return next((e for e in found if path_parameters(template, e.asked.url.path) is not None), None)


def path_parameters(template: str, path: str) -> dict[str, str] | None:
    """The parameters of a path, None when it is of another template."""
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
    return None if found is None else found.groupdict()


def read(command: str) -> Request:
    """The request of a curl command; fails on an option it does not know."""
    words = shlex.split(command.replace("\\\n", ""))
    assert words.pop(0) == "curl", command
    asked, data = Request("GET", httpx.URL(BASE)), []
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            asked.headers[name] = value
        elif word in ("-d", "--data-urlencode"):
            data.append(words.pop(0))
        elif word not in ("-s", "-sG"):
            assert word.startswith(BASE), f"an option that no test knows: {word}"
            asked.url = httpx.URL(word)
    return _in_the_query(asked, data) if " -sG " in command else _in_the_body(asked, data)


def _in_the_query(asked: Request, data: list[str]) -> Request:
    pairs = [(name, value) for name, _, value in (text.partition("=") for text in data)]
    asked.url = asked.url.copy_merge_params(httpx.QueryParams(pairs))
    return asked


def _in_the_body(asked: Request, data: list[str]) -> Request:
    if data:
        asked.method, asked.body = "POST", "&".join(data).encode()
        asked.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return asked


def differences(told: Any, real: Any, where: str = "$") -> Iterator[str]:
    """Where an answer told is no part of the real one."""
    if told == LEFT_OUT:
        return
    if isinstance(told, dict) and isinstance(real, dict):
        for name, value in told.items():
            if name in real:
                yield from differences(value, real[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is not in the answer"
    elif isinstance(told, list) and isinstance(real, list):
        yield from _list_differences(told, real, where)
    elif told != real or isinstance(told, bool) != isinstance(real, bool):
        yield f"{where} is told as {told!r} and answered as {real!r}"


def _list_differences(told: list[Any], real: list[Any], where: str) -> Iterator[str]:
    """Elements told before the first ``"..."`` are the first ones, and all when there is none."""
    first = list(takewhile(lambda value: value != LEFT_OUT, told))
    if len(first) == len(told) != len(real) or len(real) < len(first):
        yield f"{where} holds {len(real)} elements"
    for place, (value, found) in enumerate(zip(first, real, strict=False)):
        yield from differences(value, found, f"{where}[{place}]")


@contextmanager
def dozen_service(es: Elasticsearch, es_url: str, prefix: str, state: Path) -> Iterator[str]:
    """The URL of a real server of the dozen offers and of the LRM registry, without geocoder."""
    publish(es, prefix, ENTRIES, datetime.now(UTC))
    loaded(es, prefix)
    with pytest.MonkeyPatch.context() as start:
        start.setenv("SAS_ELASTICSEARCH_URL", es_url)
        start.setenv("SAS_INDEX_PREFIX", prefix)
        start.setenv("SAS_STATE_DIR", str(state))
        with served(frozen_app(Geocoder(GeocoderSettings(url="off")))) as url:
            yield url
    for name in (lrm_index(prefix), loads_index(prefix), audit_index(prefix)):
        es.options(ignore_status=404).indices.delete(index=name)


def loaded(es: Elasticsearch, prefix: str) -> None:
    """Record what the night before the examples brought."""
    night = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
    sites, people = ("finess-structures.json", date(2026, 11, 2)), ("rpps.txt", date(2026, 11, 20))
    loads = [
        SourceLoad("finess", *sites, 102_400, 9, "", night),
        SourceLoad("rpps", *people, 2_300_000, 9, "", night),
    ]
    record_loads(es, prefix, loads)
    record_imports(es, prefix, {"editor-a": 3}, datetime(2026, 11, 23, 8, tzinfo=UTC))
    details = {"total": 13, "seconds": 412.5, "aside": {"finess": 12, "rpps": 0}}
    audit.record(es, Event.REINDEX_COMPLETED, "offers", now=night, prefix=prefix, details=details)
