"""The worked examples of ``docs/api.md``: each command, the answer told, and a service to run them.

In an answer told, members may be left out of an object, and ``"..."`` stands for any value or, in a
list, for any number of them.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import pytest
from elasticsearch import Elasticsearch

from elastic.names import lrm_index
from geography.geocoder import Geocoder
from geography.settings import GeocoderSettings
from indexers.lrm import publish
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
    with pytest.MonkeyPatch.context() as start:
        start.setenv("SAS_ELASTICSEARCH_URL", es_url)
        start.setenv("SAS_INDEX_PREFIX", prefix)
        start.setenv("SAS_STATE_DIR", str(state))
        with served(frozen_app(Geocoder(GeocoderSettings(url="off")))) as url:
            yield url
    es.options(ignore_status=404).indices.delete(index=lrm_index(prefix))
