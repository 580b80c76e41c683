"""Bulk writing against a real node: everything written or a failure that counts."""

from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic import bulk
from elastic.bulk import BulkRefusedError, Operation, batches, write_offers, write_operations
from elastic.errors import ElasticOverloaded
from mappings.records import Offer
from tests.conftest import CreateOffers


def offers(count: int, **fields: Any) -> Iterator[Offer]:
    for number in range(count):
        yield {
            "id": f"finess:{number:09d}",
            "kind": "structure",
            "title": "X",
            "names": ["X"],
            "fair_key": number,
            "timezone": "Europe/Paris",
            "department": "48",
            "sources": {},
            **fields,
        }


def test_batches_are_bounded_in_documents_and_in_bytes() -> None:
    counted = [len(b) for b in batches(Operation.index(one) for one in offers(2_500))]
    assert counted == [1_000, 1_000, 500]
    heavy = list(offers(3, title="x" * bulk.BATCH_BYTES))
    assert [len(b) for b in batches(map(Operation.index, heavy))] == [1, 1, 1]


def test_every_document_is_written_and_counted(
    es: Elasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers()
    progress: list[int] = []
    assert write_offers(es, alias, offers(2_345), progress.append) == 2_345
    es.indices.refresh(index=alias)
    assert es.count(index=alias)["count"] == 2_345
    assert progress[-1] == 2_345


def test_one_refused_document_fails_the_load_and_says_which_and_why(
    es: Elasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers()
    stream = [*offers(10), next(offers(1, colour="red")), next(offers(1, fair_key="many"))]
    with pytest.raises(BulkRefusedError) as failure:
        write_offers(es, alias, stream)
    assert failure.value.refused == 2
    assert failure.value.reasons == {
        "strict_dynamic_mapping_exception": 1,
        "document_parsing_exception": 1,
    }
    assert "finess:000000000" in str(failure.value)
    assert "red" not in str(failure.value)


def test_a_conflict_of_a_conditional_write_is_told_apart(
    es: Elasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers(offers(1))
    (offer,) = offers(1, title="Y")
    stale = Operation.index(offer, if_seq_no=99, if_primary_term=1)
    assert write_operations(es, alias, [stale], require_alias=True).conflicts == [
        "finess:000000000"
    ]


def test_deleting_what_is_not_there_is_no_failure(
    es: Elasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers(offers(1))
    operations = [Operation.delete("finess:000000000"), Operation.delete("finess:999999999")]
    assert write_operations(es, alias, operations, require_alias=True).done == 2


def test_writing_to_an_index_that_is_no_alias_fails_when_an_alias_is_required(
    es: Elasticsearch, index_prefix: str
) -> None:
    operations = map(Operation.index, offers(1))
    with pytest.raises(BulkRefusedError):
        write_operations(es, f"{index_prefix}-nothing", operations, require_alias=True)
    assert not es.indices.exists(index=f"{index_prefix}-nothing")


def test_documents_turned_away_for_load_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAUSES_S", (0, 0, 0))
    batch_sizes: list[int] = []

    def post(target: Any, batch: list[Operation]) -> list[dict[str, Any]]:
        batch_sizes.append(len(batch))
        shed = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
        done = {"status": 201}
        return [shed if len(batch_sizes) < 3 and n % 2 else done for n in range(len(batch))]

    monkeypatch.setattr(bulk, "_post", post)
    monkeypatch.setattr(bulk, "with_admin_timeout", lambda client: client)
    written = write_operations(object(), "x", map(Operation.index, offers(8)))  # type: ignore[arg-type]
    assert batch_sizes == [8, 4, 2]
    assert written.done == 8


def test_load_that_never_ends_is_told_as_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAUSES_S", (0, 0, 0))
    shed = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
    monkeypatch.setattr(bulk, "_post", lambda target, batch: [shed for _ in batch])
    monkeypatch.setattr(bulk, "with_admin_timeout", lambda client: client)
    with pytest.raises(ElasticOverloaded, match="2 documents were sent 4 times"):
        write_operations(object(), "x", map(Operation.index, offers(2)))  # type: ignore[arg-type]
