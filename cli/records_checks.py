"""Checks of ``sas doctor`` on the records: the database, its schema, what waits in the outbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cli.records import open_records
from elastic.checks import Check, CheckLevel
from records.database import Database, open_reading
from records.errors import RecordsUnavailable
from records.outbox import OutboxCounts, count_messages, find_oldest_due
from records.schema import SchemaState, SchemaStatus, read_schema_status
from records.settings import BadDatabaseUrl

STUCK = timedelta(minutes=2)
"""A worker carries a message out within two seconds."""

SCHEMA_REMEDIES = {
    SchemaState.EMPTY: "Make the tables: `sas records up`.",
    SchemaState.OUTDATED: "Bring the tables to this program's schema: `sas records up`.",
    SchemaState.TOO_NEW: "Run the newer program, or restore a backup made before it.",
}


def check_records(now: datetime) -> list[Check]:
    """The findings on the configured records; only the first when the others need it."""
    try:
        with open_records(checked=False) as database:
            status = read_schema_status(database)
            schema = check_schema(database, status)
            usable = status.state is SchemaState.CURRENT
            return [schema, *(check_outbox(database, now) if usable else ())]
    except (RecordsUnavailable, BadDatabaseUrl, OSError) as error:
        return [Check("Records", CheckLevel.BLOCK, "the database cannot be used", str(error))]


def check_schema(database: Database, status: SchemaStatus) -> Check:
    """Whether the tables are those of this program; a new SQLite file gets them by itself."""
    where = f"{database.display_name}, schema {status.revision or 'none'}"
    remedy = SCHEMA_REMEDIES.get(status.state)
    if remedy is None or (status.state is SchemaState.EMPTY and database.is_sqlite):
        return Check("Records", CheckLevel.OK, where)
    return Check("Records", CheckLevel.BLOCK, f"{where}, {status.head} is needed", remedy)


def check_outbox(database: Database, now: datetime) -> Iterator[Check]:
    """Whether changes reach the searches."""
    with open_reading(database) as session:
        counts, oldest = count_messages(session), find_oldest_due(session)
    yield check_waiting(counts, None if oldest is None else now - oldest)
    if counts.dead:
        remedy = "`sas outbox` has the last error of each; `sas outbox --again` tries them again."
        yield Check("Dead letters", CheckLevel.WARN, f"{counts.dead:,} messages gave up", remedy)


def check_waiting(counts: OutboxCounts, waited: timedelta | None) -> Check:
    """Whether the oldest message waits longer than a worker lets it."""
    name, finding = "Outbox", f"{counts.waiting:,} messages wait"
    if waited is None or waited <= STUCK:
        return Check(name, CheckLevel.OK, finding)
    late = f"{finding}, one for {waited.total_seconds() / 60:,.0f} minutes"
    remedy = "Start a worker: `sas worker`, or `sas serve --worker`; `sas outbox` shows failures."
    return Check(name, CheckLevel.WARN, late, remedy)
