"""A place that only an editor knows is the same offer after a load and after a reindex."""

from typing import Any

import pytest

from tests.indexers.file_set import CPTS, SOS_SIRET, FileSet, rang
from tests.indexers.loads.load_harness import (
    ANNE,
    CARD,
    DAY,
    LOCATION,
    OWN,
    SOS_IN,
    THROUGH_CPTS,
    apply_load,
    base,
)
from tests.indexers.reindex_harness import ReindexHarness

SECOND = f"4{rang(ANNE, 2)}"
"""A practice of Anne that no register has."""
AT_SECOND, AT_POINT = f"rpps:{ANNE}@{SECOND}", f"sos:{SOS_SIRET}:PFG-9"
POINT = {
    "id": "PFG-1",
    "name": "Garde de Mende",
    "address": {"line": "1 avenue Foch", "postal_code": "48000", "city": "Mende"},
}

BEFORE: dict[str, dict[str, Any]] = {
    "participation": {**OWN, "additional_info": "Avant"},
    "absences": {"rpps": ANNE, "ranges": [DAY]},
    "structures": {**SOS_IN, "additional_info": "Avant"},
    "cpts": CARD,
    "sos": {"siret": SOS_SIRET, "name": "SOS Médecins Lozère", "points": [POINT]},
}
CHANGES: dict[str, list[dict[str, Any]]] = {
    "participation": [
        {**OWN, "additional_info": "Sonner deux fois"},
        {**THROUGH_CPTS, "locations": [LOCATION, SECOND], "editor_disabled": True},
        {"rpps": ANNE, "participation": False, "reorientation": True},
    ],
    "absences": [
        {"rpps": ANNE, "idnst": SECOND, "ranges": [DAY]},
        {"rpps": ANNE, "idnst": LOCATION, "always": True},
    ],
    "structures": [{**SOS_IN, "participation": False, "additional_info": "Après"}],
    "cpts": [{**CARD, "name": "CPTS Mende", "phones": []}],
    "sos": [
        {"siret": SOS_SIRET, "name": "SOS 48", "points": [{**POINT, "phone": "0466000003"}]},
    ],
}
CASES = [(source, rank) for source, lines in CHANGES.items() for rank in range(len(lines))]


def add_editor_slots(files: FileSet) -> FileSet:
    """A slot at a practice, and one at a point, that only their slots know."""
    times = {"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T10:20:00Z", "types": ["PUBLIC"]}
    place = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}
    person = {"practitioner": {"idnps": f"8{ANNE}"}}
    practice = {"structure": {"idnst": SECOND, "kind": "RPPS_RANG"}, "place": place}
    files.line("agenda", slot="1", **times, **person, **practice)
    point = {"sos": {"siret": f"3{SOS_SIRET}"}, "place": {**place, "identifiers": ["PFG-9"]}}
    return files.line("agenda", slot="2", **times, **point)


def build_files(harness: ReindexHarness, name: str, sources: dict[str, dict[str, Any]]) -> FileSet:
    """The base with a line of each source."""
    files = base(harness, name)
    (files.directory / "sos.jsonl").unlink()
    for source, line in sources.items():
        files.line(source, **line)
    return add_editor_slots(files)


@pytest.mark.parametrize(("source", "rank"), CASES)
def test_a_load_gives_it_what_a_reindex_would(
    reindex_harness: ReindexHarness, source: str, rank: int
) -> None:
    before = {**BEFORE, "participation": THROUGH_CPTS} if source == "cpts" else BEFORE
    change = CHANGES[source][rank]
    reindex_harness.reindex(build_files(reindex_harness, "before", before))
    assert {AT_SECOND, AT_POINT} <= reindex_harness.offers().keys()
    apply_load(reindex_harness, source, change)
    loaded = reindex_harness.offers()
    reindex_harness.reindex(build_files(reindex_harness, "after", {**before, source: change}))
    assert reindex_harness.offers() == loaded


def test_an_import_gives_it_the_information_for_regulators(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(build_files(reindex_harness, "in", BEFORE))
    offers = reindex_harness.offers()
    assert offers[AT_SECOND]["additional_info"] == "Avant"
    assert offers[AT_POINT]["additional_info"] == "Avant"
    assert CPTS not in offers[AT_SECOND].get("cpts", [])
