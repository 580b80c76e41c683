"""What the service writes while it works: nothing a patient could be known by (F123, W42)."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.worked_examples import examples
from tests.suite.waiting import PATIENCE_S, wait_for_liveness

SENTINEL_WORDS = ("Kerguestenen", "Quevarrec", "Lanvollon", "44.5187")
ADDRESS = "12 rue Kerguestenen 56270 Ploemeur"
REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"

FAILING_APP = """
import logging

from api.app import create_app

logging.basicConfig(level=logging.DEBUG)

app = create_app()

@app.get("/boom")
async def boom(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"no place for {text}") from error
"""


@contextmanager
def open_service_process(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """A process started as an operator would, access log left on, all loggers at DEBUG."""
    (folder / "failing_app.py").write_text(FAILING_APP, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = ["-m", "uvicorn", "failing_app:app", "--port", str(port), "--log-level", "debug"]
    written = folder / "written.log"
    root = str(Path(__file__).parents[3])
    path = os.pathsep.join([str(folder), root])
    with written.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, "PYTHONPATH": path, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        try:
            yield wait_for_liveness(f"http://127.0.0.1:{port}"), written
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


@pytest.mark.proves("F123", "W42")
def test_nothing_that_was_asked_reaches_what_the_process_writes(
    tmp_path: Path, es_url: str, dozen_prefix: str, registry: str, dead_port: int
) -> None:
    environment = {
        "SAS_STATE_DIR": str(tmp_path),
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": dozen_prefix,
        "SAS_GEOCODER_URL": f"http://127.0.0.1:{dead_port}/geocodage",
    }
    with open_service_process(tmp_path, environment) as (url, written):
        _request_everything(url)
        httpx.get(f"{url}/livez", headers={"X-Request-Id": REQUEST_ID})
        leaks = _find_leaking_requests(url)
        documented = httpx.get(f"{url}/v1/openapi.json").json()["paths"]
        figures = httpx.get(f"{url}/metrics").text
    assert leaks == []
    routes = set(re.findall(r'route="([^"]+)"', figures))
    assert {*documented, "(unknown)"} <= routes
    text = written.read_text("utf-8", "replace") + figures
    assert [word for word in SENTINEL_WORDS if word.lower() in text.lower()] == []
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"method", "route", "status", "ms", "request_id"} <= set(requests[0])
    assert {"/v1/search", "/v1/offers/{offer_id}", "/boom"} <= {r["route"] for r in requests}
    assert REQUEST_ID in {line["request_id"] for line in requests}
    failure = next(line for line in lines if line["event"] == "failure")
    assert failure["error"] == "ValueError"
    assert any("failing_app.py" in frame for frame in failure["frames"])


def _request_everything(url: str) -> None:
    asked = {"what": "Lanvollon", "where": ADDRESS, "treating_doctor": "Dr Quevarrec"}
    httpx.get(f"{url}/v1/search", params=asked, timeout=20)
    httpx.post(f"{url}/v1/search", json=asked, timeout=20)
    httpx.post(f"{url}/v1/search", json={"what": "MG", "where": "rue Kerguestenen"}, timeout=20)
    httpx.post(f"{url}/v1/search", json={**asked, "size": "Lanvollon"})
    httpx.get(f"{url}/v1/search", params={"what": "MG", "lat": "44.5187", "lon": "3.5"})
    httpx.post(f"{url}/v1/search", content=ADDRESS.encode())
    httpx.get(f"{url}/v1/offers/Quevarrec")
    httpx.get(f"{url}/Kerguestenen", params=asked)
    failed = httpx.get(f"{url}/boom", params={"text": ADDRESS})
    assert failed.status_code == 500
    assert "Kerguestenen" not in failed.text


def _find_leaking_requests(url: str) -> list[str]:
    """The planted words in each path, parameter, body, header and method of every route.

    Returns the requests whose refusal or whose headers give one of them back.
    """
    names = ("Authorization", "X-API-Key", "User-Agent", "Referer", "Cookie", "If-None-Match")
    hostile = {**dict.fromkeys(names, ADDRESS), "X-Request-Id": ADDRESS}
    leaks = []
    with httpx.Client(base_url=url, timeout=20) as client:
        for method, target, result in _sentinel_requests(client.get("/v1/openapi.json").json()):
            for headers in (hostile, {**hostile, "X-SAS-Role": ADDRESS}):
                answer = client.request(method, target, headers=headers, **result)
                told_back = str(answer.headers) + (answer.text if answer.is_error else "")
                if any(word in told_back for word in SENTINEL_WORDS):
                    leaks.append(f"{method} {target} {answer.status_code}")
    return leaks


SHEETS = {"/v1/account-imports"}
"""Routes that take no JSON: their misuse above has planted words enough."""


def _sentinel_requests(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, target and content: each route misused, then its example with one text replaced."""
    for path, methods in document["paths"].items():
        misused = re.sub(r"\{\w+\}", SENTINEL_WORDS[0], path)
        for method in (*methods, SENTINEL_WORDS[0].upper()):
            for target in (misused, f"{misused}/{SENTINEL_WORDS[0]}"):
                yield method, target, {"params": {ADDRESS: SENTINEL_WORDS[1], "what": ADDRESS}}
                yield method, target, {"json": {ADDRESS: SENTINEL_WORDS[1], "what": ADDRESS}}
                yield method, target, {"content": ADDRESS}
    for example in examples():
        asked = example.request
        if asked.body is not None and asked.url.path not in SHEETS:
            for planted in _replace_each_text(json.loads(asked.body)):
                yield asked.method, asked.url.path, {"json": planted}
        for planted in _replace_each_text(dict(asked.url.params)):
            yield asked.method, asked.url.path, {"params": planted}


def _replace_each_text(sound: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in {**sound, "treating_doctor": "", "streetname": "", "city": ""}.items():
        if isinstance(value, str):
            yield {**sound, name: ADDRESS}
