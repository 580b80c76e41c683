"""The simulated editors of the tests: the guide's own examples, served over real mutual TLS."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import uvicorn

from editors.editor import Editor
from simulation.editors.server import EditorServer, build_server
from simulation.editors.sheets import SERVER, MarketCertificates, issue_certificates
from simulation.editors.slot_book import read_slot_books
from tests.slots.bundles import CPTS, FHIR, PS, SOS, GuideExample
from tests.suite.waiting import wait_for

ALPHA, BETA = "alpha", "beta"
EXAMPLES: dict[str, tuple[GuideExample, ...]] = {ALPHA: (PS, SOS), BETA: (CPTS,)}


@dataclass(frozen=True)
class SimulatedEditors:
    """A server of editors, its certificates, and the sheet of each editor."""

    app: EditorServer
    market: MarketCertificates
    port: int

    def sheet(self, name: str = ALPHA, **changed: Any) -> Editor:
        """What the convention of an editor says, ``changed`` in some of its lines."""
        lines = {
            "name": name,
            "base_url": f"https://localhost:{self.port}/{name}",
            "flow": "R04" if name == BETA else "R01",
            "sos": name == ALPHA,
            "certificate": self.market.platform.certificate,
            "key": self.market.platform.key,
            "authority": self.market.authority,
            "common_name": SERVER.common_name,
            "organizational_unit": SERVER.organizational_unit,
        }
        return Editor(**{**lines, **changed})


def write_examples(folder: Path) -> Path:
    """The guide's examples as the answers of a generated set."""
    requests = []
    for editor, examples in EXAMPLES.items():
        for example in examples:
            target = folder / "fhir" / editor / example.file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(FHIR / example.file, target)
            asked = list(example.requested_ids)
            files = [f"{editor}/{example.file}"]
            requests.append(
                {"editor": editor, "flow": example.flow, "asked": asked, "files": files}
            )
    lines = b"\n".join(map(orjson.dumps, requests))
    (folder / "fhir" / "requests.jsonl").write_bytes(lines)
    return folder


@contextmanager
def serve_editors(folder: Path, **tls: Any) -> Iterator[SimulatedEditors]:
    """The editors of the examples during the body; ``tls`` as ``uvicorn.Config`` names it."""
    market = issue_certificates(folder / "certificates", datetime.now(UTC))
    app = EditorServer(read_slot_books(write_examples(folder)))
    server = build_server(app, market.server, market.authority, **tls)
    with socket.create_server(("127.0.0.1", 0)) as door, run_server(server, door):
        yield SimulatedEditors(app, market, door.getsockname()[1])


@contextmanager
def run_server(server: uvicorn.Server, door: socket.socket) -> Iterator[None]:
    """The server in a thread of its own during the body."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()
