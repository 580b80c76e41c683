"""Entry of Alembic: runs the steps on the connection that ``records.schema`` gives."""

from alembic import context

from records import idempotency as _idempotency  # noqa: F401 (fills the metadata)
from records import tables as _tables  # noqa: F401 (fills the metadata)
from records.accounts import tables as _accounts  # noqa: F401 (fills the metadata)
from records.agenda import tables as _agenda_tables  # noqa: F401
from records.columns import Base
from records.indicators import tables as _events  # noqa: F401 (fills the metadata)
from records.keys import tables as _keys  # noqa: F401 (fills the metadata)
from records.orientations import tables as _orientations  # noqa: F401 (fills the metadata)
from records.registry import tables as _registry  # noqa: F401 (fills the metadata)
from records.trail import tables as _trail  # noqa: F401 (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
