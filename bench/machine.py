"""On what a run was made: machine, versions, commit. No name of a host, no path."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from elasticsearch import Elasticsearch

PACKAGES = ("aiohttp", "elasticsearch", "fastapi", "orjson", "pydantic", "uvicorn", "uvloop")

CPU_INFO = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, Any]:
    """Processor, cores, memory, and how busy it was just before."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def versions(client: Elasticsearch) -> dict[str, str]:
    """Versions of what took part."""
    server = str(client.info()["version"]["number"])
    libraries = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "elasticsearch server": server, **libraries}


def commit() -> str:
    """The commit that was measured, with ``+`` when files differ from it; "" outside of git."""
    root = Path(__file__).parents[1]
    short = _git(root, "rev-parse", "--short", "HEAD")
    return short + ("+" if short and _git(root, "status", "--porcelain", "-uno") else "")


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", "-C", str(root), *words],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip()
