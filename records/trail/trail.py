"""Where the trail of a service is: a value that everything which rewrites its index carries."""

from dataclasses import dataclass

from records.database import Database


@dataclass(frozen=True, slots=True)
class Trail:
    """The records, and the prefix of the indices that the trail is about."""

    database: Database
    prefix: str = ""
