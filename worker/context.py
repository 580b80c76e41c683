"""What a worker works with."""

from dataclasses import dataclass

from elasticsearch import Elasticsearch

from records.database import Database


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """The records, the index they are projected into, and the name of this worker."""

    database: Database
    client: Elasticsearch
    alias: str
    name: str
