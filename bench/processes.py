"""The processes of a run: the API as in production, the load generator, and what they cost."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
import psutil

from bench.exchange import Plan

STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 10
SAMPLED_EVERY_S = 0.1


class DidNotStartError(RuntimeError):
    """A process of ours ended or kept silent instead of starting."""


def sas_path() -> str:
    """The console script beside this interpreter."""
    return str(Path(sys.executable).with_name("sas"))


@contextmanager
def start_api(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[tuple[str, int]]:
    """(base URL, process id) of an API started by ``command``, which prints its address.

    It is stopped by its process id at the end, as Ctrl+C would.
    """
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=errors
        )
        try:
            yield _address(process), process.pid
        finally:
            _stop_process(process, signal.SIGINT)


def _address(process: "subprocess.Popen[bytes]") -> str:
    """The address in the first line printed, ``API: http://127.0.0.1:8000/docs``."""
    silence = threading.Timer(STARTS_WITHIN_S, process.kill)
    silence.start()
    try:
        line = _stream(process.stdout).readline().decode()
    finally:
        silence.cancel()
    words = [word for word in line.split() if word.startswith("http://127.0.0.1:")]
    if not words:
        raise DidNotStartError("the API did not start: read its log with --keep")
    return words[0].removesuffix("/docs")


class LoadProcess:
    """The load generator; orders are answered one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> "LoadProcess":
        return self

    def __exit__(self, *_: object) -> None:
        _stream(self._process.stdin).close()
        _stop_process(self._process, signal.SIGTERM)

    def keep(self, name: str, plan: Plan) -> None:
        """Hand over a plan under a name."""
        exchanges = [[call.as_dict() for call in exchange] for exchange in plan]
        self.order("keep", [name], exchanges=exchanges)

    def order(self, do: str, plans: list[str], **options: Any) -> dict[str, Any]:
        """Have an order done; its answer."""
        line = orjson.dumps({"do": do, "plans": plans, **options})
        orders, answers = _stream(self._process.stdin), _stream(self._process.stdout)
        orders.write(line + b"\n")
        orders.flush()
        answer = answers.readline()
        if not answer:
            raise DidNotStartError("the load generator ended before its answer")
        read: dict[str, Any] = orjson.loads(answer)
        return read


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the stream was not piped")
    return stream


def _stop_process(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(slots=True)
class ResourceUsage:
    """Processor seconds and highest resident memory (MB) by process, during one measure."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)


class Meter:
    """Reads what named processes of this machine spend."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}

    @contextmanager
    def open_measurement(self) -> Iterator[ResourceUsage]:
        """Resources that the processes spend during the body, complete when it ends."""
        spent, over = ResourceUsage(), threading.Event()
        before = self._cpu_s()
        watcher = threading.Thread(target=self._track_memory, args=(spent.peak_mb, over))
        watcher.start()
        try:
            yield spent
        finally:
            over.set()
            watcher.join()
            spent.cpu_s |= {name: s - before[name] for name, s in self._cpu_s().items()}

    def _cpu_s(self) -> dict[str, float]:
        times = {name: process.cpu_times() for name, process in self._processes.items()}
        return {name: used.user + used.system for name, used in times.items()}

    def _track_memory(self, peak_mb: dict[str, float], over: threading.Event) -> None:
        while True:
            for name, process in self._processes.items():
                resident = process.memory_info().rss / 2**20
                peak_mb[name] = max(peak_mb.get(name, 0.0), resident)
            if over.wait(SAMPLED_EVERY_S):
                return
