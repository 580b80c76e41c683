"""Loads in a test: a base of files, sources to apply to it, and what they say."""

from datetime import UTC, datetime
from typing import Any

import orjson

from indexers.loads.source_load import LoadRequest, dry_run_load, load_source
from tests.indexers.file_set import CENTRE, CPTS, FLORAC, MSP, SOS_SIRET, FileSet, rang
from tests.indexers.reindex_harness import ReindexHarness

ANNE, BRUNO = "10100000016", "10100000024"
AT_ANNE, AT_BRUNO = f"rpps:{ANNE}@4{rang(ANNE)}", f"rpps:{BRUNO}@4{rang(BRUNO)}"
DAY = {"start": "2026-11-23", "end": "2026-11-23"}
LOCATION = f"4{rang(ANNE)}"

OWN = {"rpps": ANNE, "participation": True, "via": 1}
THROUGH_CPTS = {
    "rpps": ANNE,
    "participation": True,
    "via": 2,
    "finess": CPTS,
    "locations": [LOCATION],
}
THROUGH_MSP = {"rpps": BRUNO, "participation": True, "via": 3, "finess": MSP}
OPT_OUT = {"rpps": BRUNO, "participation": False, "editor_disabled": True}
CENTRE_IN = {
    "finess": CENTRE,
    "participation": True,
    "hours_available": True,
    "practitioner_count": 2,
}
SOS_IN = {"siret": SOS_SIRET, "participation": True, "hours_available": True}
EXTRAS = {
    "finess": MSP,
    "hours": {"mon": [["08:00", "12:00"]]},
    "maternity_level": "1",
    "emergency": True,
    "additional_info": "Sonner",
}
CARD = {"finess": CPTS, "name": "CPTS Lozère", "communes": ["48095"], "phones": ["0466000002"]}
SOLUTION = {
    "key": "visio",
    "editor": "acme",
    "name": "Acme",
    "link": "https://acme.example",
    "departments": ["48"],
}
WHOLE_SOLUTION = {
    **SOLUTION,
    "professions": ["10"],
    "specialties": ["SM54"],
    "communes": ["48095", "14074"],
    "circle": {"lat": 44.5, "lon": 3.5, "km": 12.5},
    "consultation": ["VR", "HH"],
    "phone": "0466000009",
    "description": "Le <b>soir</b>",
}


def base(harness: ReindexHarness, name: str = "in") -> FileSet:
    """Two doctors, an MSP, a health centre, an SOS association."""
    files = harness.files(name).doctor(ANNE).doctor(BRUNO, FLORAC)
    return files.site(MSP, "603", "MSP").site(CENTRE, "124", "CENTRE DE SANTE").sos()


def apply_load(
    harness: ReindexHarness, source: str, *lines: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    path = harness.files("loads").directory / f"{source}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    run = path.parent / "run"
    order = LoadRequest(source, path, datetime.now(UTC), run, harness.trail, **changes)
    return load_source(harness.es, order)


def dry_run_lines(harness: ReindexHarness, source: str, *lines: dict[str, Any]) -> dict[str, Any]:
    path = harness.files("rehearsed").directory / f"{source}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    now = datetime.now(UTC)
    return dry_run_load(
        harness.es, LoadRequest(source, path, now, path.parent / "run", harness.trail)
    )
