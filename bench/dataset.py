"""The data set of a run: generated into a scratch folder, or of a directory that holds one; indexed
under a prefix of its own."""

import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from elasticsearch import Elasticsearch

from bench.processes import sas_path
from elastic.names import offers_alias
from simulation.scales import ScaleName

COMMAND_TIMEOUTS_S = {ScaleName.DEPARTMENT: 300, ScaleName.NATIONAL: 3600, ScaleName.STRESS: 7200}
"""Seconds that each of the two commands may take."""


class DataSetError(RuntimeError):
    """The data set could not be made."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run happens: the node, the prefix of its index, a folder that will be deleted."""

    client: Elasticsearch
    url: str
    prefix: str
    scratch: Path

    @property
    def alias(self) -> str:
        """The offers of the run."""
        return offers_alias(self.prefix)

    @property
    def log(self) -> Path:
        """Where the API of the run writes its lines."""
        return self.scratch / "api.log"

    def environment(self) -> dict[str, str]:
        """Environment of commands that work on the index of the run, and on no other."""
        return environment(self.url, self.prefix, self.scratch)


def environment(url: str, prefix: str, state: Path) -> dict[str, str]:
    """The variables of a node, a prefix and a folder of runs."""
    return {
        "SAS_ELASTICSEARCH_URL": url,
        "SAS_INDEX_PREFIX": prefix,
        "SAS_STATE_DIR": str(state),
        "SAS_AUTH": "dev",
    }


@contextmanager
def open_generated_set(
    client: Elasticsearch, url: str, scale: ScaleName, seed: int, scratch: Path, *, keep: bool
) -> Iterator[str]:
    """The prefix under which a new set is searchable; its indices are deleted unless kept."""
    files, limit = scratch / f"set-{scale.value}", COMMAND_TIMEOUTS_S[scale]
    words = ("generate", "--out", files, "--scale", scale, "--seed", seed)
    _run(*words, env=environment(url, "", scratch), s=limit)
    with open_indexed_set(client, url, scale, files, scratch, keep=keep) as prefix:
        yield prefix


@contextmanager
def open_indexed_set(
    client: Elasticsearch, url: str, scale: ScaleName, files: Path, scratch: Path, *, keep: bool
) -> Iterator[str]:
    """The same of a directory that already holds a set, which is only read.

    One state serves the sets of a run: what each declares comes in beside the other.
    """
    prefix = f"bench-{scale.value}-{uuid.uuid4().hex[:8]}"
    try:
        env = environment(url, prefix, scratch)
        _run("reindex", "--from", files, "--import", env=env, s=COMMAND_TIMEOUTS_S[scale])
        yield prefix
    finally:
        if not keep:
            delete_all(client, prefix)


def _run(*words: object, env: Mapping[str, str], s: float) -> None:
    command = [sas_path(), *map(str, words), "--json"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, env={**os.environ, **env}, capture_output=True, text=True, timeout=s, check=False
    )
    if done.returncode:
        raise DataSetError(f"sas {words[0]} failed: {done.stdout[-500:]}{done.stderr[-500:]}")


def delete_all(client: Elasticsearch, prefix: str) -> None:
    """Delete every index of the run, by its full name."""
    for name in client.indices.get(
        index=f"{prefix}-*", expand_wildcards="all", features=["aliases"]
    ):
        client.indices.delete(index=name)


def count_offers_and_slots(client: Elasticsearch, prefix: str) -> dict[str, int]:
    """Offers and slots of the set."""
    slots = {"nested": {"path": "slots"}}
    found = client.search(
        index=offers_alias(prefix), size=0, track_total_hits=True, aggs={"s": slots}
    )
    return {
        "offers": found["hits"]["total"]["value"],
        "slots": found["aggregations"]["s"]["doc_count"],
    }
