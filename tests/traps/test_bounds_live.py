"""Values at their bounds reach a real Elasticsearch, and values beyond them never do."""

import orjson

from indexers.sources.columns import RPPS
from mappings import bounds
from mappings.bounds import CELL, Bound, TextBound
from tests.indexers.file_set import DOCTOR, MENDE, FileSet, rang
from tests.indexers.reindex_harness import ANNE, ReindexHarness
from tests.traps.own_rows import own_fields, values_beyond

WIDE = "😀"
"""Four bytes of UTF-8: the widest character."""


def widest_doctor(rpps: str) -> dict[str, str]:
    """A row whose words are as long as they may be, a commune that is found apart."""
    words = {name: WIDE * CELL.longest for name, bound in RPPS.items() if bound is CELL}
    healthy = {**DOCTOR, **MENDE, "Identifiant technique de la structure": f"R{rang(rpps)}"}
    ids = {"Identifiant PP": rpps, "Identification nationale PP": f"8{rpps}"}
    codes = {"Code savoir-faire": "é" * bounds.CODE.longest}
    town = {name: text for name, text in MENDE.items() if "commune" in name}
    return {**words, **healthy, **ids, **codes, **town, "Nom d'exercice": WIDE * CELL.longest}


def own_rows_at_bounds(files: FileSet) -> None:
    """A row of each own format for each text as long as it may be."""
    for field in own_fields():
        longest = field.schema.get("maxLength")
        if longest is None or field.schema.get("format") == "uri" or "members" in field.at:
            continue
        room = longest - len(field.healthy)
        wide = "x" if field.at[-1] == "id" else WIDE
        row = field.put(field.healthy + wide * room)
        with (files.directory / f"{field.name}.jsonl").open("ab") as lines:
            lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def test_text_bounds_fit_a_term() -> None:
    text = [bound for bound in vars(bounds).values() if isinstance(bound, TextBound)]
    assert len(text) > 5
    assert all(bound.bytes <= bounds.LONGEST_TERM for bound in text)
    named = [name for name, bound in vars(bounds).items() if isinstance(bound, Bound)]
    assert all(name.isupper() for name in named)


def test_offers_at_every_bound_are_indexed(reindex_harness: ReindexHarness) -> None:
    files = reindex_harness.files()
    files.activity(widest_doctor(ANNE))
    files.site("480000033", "620", WIDE * CELL.longest)
    own_rows_at_bounds(files)
    reindex_harness.reindex(files, accept_drift=True)
    offers = reindex_harness.offers()
    assert {offer["kind"] for offer in offers.values()} == {
        "professional",
        "structure",
        "sos_point",
        "cpts",
        "solution",
    }
    assert f"rpps:{ANNE}@4{rang(ANNE)}" in offers


def test_rows_beyond_their_bounds_never_reach_the_index(reindex_harness: ReindexHarness) -> None:
    files = reindex_harness.files()
    files.doctor(ANNE)
    expected = files.offers()
    for field in own_fields():
        with (files.directory / f"{field.name}.jsonl").open("ab") as lines:
            for value in values_beyond(field):
                row = field.put(value)
                lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    report = reindex_harness.reindex(files, accept_drift=True)
    assert reindex_harness.offers().keys() == expected.keys()
    assert report.as_json()["quarantine"]["absences"]["rejected"]["invalid_record"] > 10
