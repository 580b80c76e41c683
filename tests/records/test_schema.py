"""Tables of the records: made, brought up to date, refused when a later program made them."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from records.columns import Base
from records.database import Database
from records.errors import SchemaOutdated, SchemaTooNew
from records.schema import SchemaState, read_schema_status, require_schema, upgrade_schema


def test_the_steps_make_the_tables_of_the_program(empty_database: Database) -> None:
    assert read_schema_status(empty_database).state is SchemaState.EMPTY
    after = upgrade_schema(empty_database)
    assert after.state is SchemaState.CURRENT
    assert after.revision == after.head
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        made = inspect(connection)
        for table in Base.metadata.sorted_tables:
            assert {check["name"] for check in made.get_check_constraints(table.name)} == {
                str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)
            }


def test_it_is_safe_to_run_again(database: Database) -> None:
    assert upgrade_schema(database).state is SchemaState.CURRENT


def test_a_later_schema_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (require_schema, upgrade_schema):
        with pytest.raises(SchemaTooNew, match="9999"):
            refused(database)


def test_a_new_sqlite_file_gets_its_tables_and_a_new_postgresql_waits_for_the_command(
    empty_database: Database,
) -> None:
    if empty_database.is_sqlite:
        require_schema(empty_database)
        assert read_schema_status(empty_database).state is SchemaState.CURRENT
    else:
        with pytest.raises(SchemaOutdated, match="sas records up"):
            require_schema(empty_database)
