"""Answers of the invented country's editors, made small: one of each editor and flow."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mappings.instants import utc_text
from simulation.recipe import Options, generate_dataset
from simulation.scales import ScaleName
from tests.simulation.generated_set import FEW, NOW
from tests.slots.bundles import GuideExample, Json, with_total

SLOTS = 3
"""Slots kept of an answer."""


@lru_cache(maxsize=1)
def list_simulated_answers() -> list[tuple[GuideExample, tuple[Json, ...]]]:
    """How each is read, and its pages: one, or two that are linked."""
    found: dict[tuple[str, str], tuple[GuideExample, tuple[Json, ...]]] = {}
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        options = Options(scale=ScaleName.DEPARTMENT, seed=7, now=NOW, departments=FEW)
        generate_dataset(options, directory)
        for line in (directory / "fhir/requests.jsonl").read_bytes().splitlines():
            request = json.loads(line)
            page = json.loads((directory / "fhir" / request["files"][0]).read_bytes())
            example = GuideExample("", request["flow"], utc_text(NOW), tuple(request["asked"]))
            found.setdefault((request["editor"], request["flow"]), (example, tuple(split(page))))
    return list(found.values())


def split(page: Json) -> Iterator[Json]:
    """The first slots of a page and what they refer to; a page that had a next keeps one."""
    slots = [e for e in page.get("entry", []) if e["resource"]["resourceType"] == "Slot"][:SLOTS]
    whole = with_total({**page, "entry": [*slots, *find_referred(page, slots)]})
    if not any(link["relation"] == "next" for link in page["link"]):
        yield whole
        return
    address = {"relation": "self", "url": "?page=2"}
    yield {**whole, "entry": slots, "link": [{"relation": "next", "url": "?page=2"}]}
    yield {**whole, "entry": whole["entry"][len(slots) :], "link": [address]}


def find_referred(page: Json, entries: list[Json]) -> list[Json]:
    """The entries that others refer to, directly or through others."""
    kept: list[Json] = []
    written = json.dumps(entries)
    waiting = [e for e in page.get("entry", []) if e["resource"]["resourceType"] != "Slot"]
    while new := [e for e in waiting if name(e) in written]:
        kept += new
        waiting = [e for e in waiting if e not in new]
        written = json.dumps(new)
    return kept


def name(entry: Json) -> str:
    """The reference to an entry, as JSON."""
    return f'"{entry["resource"]["resourceType"]}/{entry["resource"]["id"]}"'
