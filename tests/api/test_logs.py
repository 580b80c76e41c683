"""What the service writes while it works: nothing a patient could be known by (F123, W42)."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PLANTED = ("Kerguestenen", "Quevarrec", "Lanvollon", "44.5187")
REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"

FAILING_APP = """
import logging

from api.app import app

logging.basicConfig(level=logging.DEBUG)

@app.get("/boom")
async def boom(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"no place for {text}") from error
"""


@contextmanager
def service(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """A process started as an operator would, access log left on, all loggers at DEBUG."""
    (folder / "failing_app.py").write_text(FAILING_APP, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = ["-m", "uvicorn", "failing_app:app", "--port", str(port), "--log-level", "debug"]
    written = folder / "written.log"
    root = str(Path(__file__).parents[2])
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
            yield _ready(f"http://127.0.0.1:{port}"), written
        finally:
            process.terminate()
            process.wait(timeout=20)


def _ready(url: str) -> str:
    for _ in range(300):
        try:
            httpx.get(f"{url}/livez")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise AssertionError("the service did not start")


@pytest.mark.proves("F123", "W42")
def test_nothing_that_was_asked_reaches_what_the_process_writes(
    tmp_path: Path, es_url: str, dozen_prefix: str
) -> None:
    environment = {
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": dozen_prefix,
        "SAS_GEOCODER_URL": _closed_port(),
    }
    with service(tmp_path, environment) as (url, written):
        _ask_everything(url)
        httpx.get(f"{url}/livez", headers={"X-Request-Id": REQUEST_ID})
        _plant_everywhere(url)
        figures = httpx.get(f"{url}/metrics").text
    assert 'route="/v1/search"' in figures
    text = written.read_text("utf-8", "replace") + figures
    assert [word for word in PLANTED if word.lower() in text.lower()] == []
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"method", "route", "status", "ms", "request_id"} <= set(requests[0])
    assert {"/v1/search", "/v1/offers/{offer_id}", "/boom"} <= {r["route"] for r in requests}
    assert REQUEST_ID in {line["request_id"] for line in requests}
    failure = next(line for line in lines if line["event"] == "failure")
    assert failure["error"] == "ValueError"
    assert any("failing_app.py" in frame for frame in failure["frames"])


def _ask_everything(url: str) -> None:
    address, doctor = "12 rue Kerguestenen 56270 Ploemeur", "Dr Quevarrec"
    asked = {"what": "Lanvollon", "where": address, "treating_doctor": doctor}
    httpx.get(f"{url}/v1/search", params=asked, timeout=20)
    httpx.post(f"{url}/v1/search", json=asked, timeout=20)
    httpx.post(f"{url}/v1/search", json={"what": "MG", "where": "rue Kerguestenen"}, timeout=20)
    httpx.post(f"{url}/v1/search", json={**asked, "size": "Lanvollon"})
    httpx.get(f"{url}/v1/search", params={"what": "MG", "lat": "44.5187", "lon": "3.5"})
    httpx.post(f"{url}/v1/search", content=address.encode())
    httpx.get(f"{url}/v1/offers/Quevarrec")
    httpx.get(f"{url}/Kerguestenen", params=asked)
    failed = httpx.get(f"{url}/boom", params={"text": address})
    assert failed.status_code == 500
    assert "Kerguestenen" not in failed.text


def _plant_everywhere(url: str) -> None:
    """The planted words in each path, parameter, body, header and method of every route."""
    word, doctor = PLANTED[0], PLANTED[1]
    names = ("Authorization", "X-API-Key", "X-SAS-Role", "User-Agent", "Referer", "Cookie")
    headers = {**dict.fromkeys(names, word), "X-Request-Id": f"{word}, 12"}
    for path, methods in httpx.get(f"{url}/v1/openapi.json").json()["paths"].items():
        asked = f"{url}{path.replace('{', '').replace('}', '')}/{word}"
        for method in methods:
            for target in (asked, asked.removesuffix(f"/{word}")):
                told = {"params": {word: doctor, "what": word}, "json": {doctor: word}}
                httpx.request(method, target, headers=headers, timeout=20, **told)
    httpx.request(word.upper(), f"{url}/v1/search", params={"what": word})


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}/geocodage"
