"""Every use case, tried by one person of each role on his own object and on that of another."""

import json
from pathlib import Path

import pytest

from records.database import Database
from tests.records.access.attempts import ATTEMPTS, attempt
from tests.records.access.people import PEOPLE
from tests.records.access.table import ROLES, SIDES, AccessRow, find_use_cases, read_table

OPENAPI = Path(__file__).parents[2] / "api" / "openapi.json"


def test_every_use_case_is_in_the_table_and_is_tried() -> None:
    assert find_use_cases() == {row.use_case for row in read_table()}
    assert set(ATTEMPTS) == {row.name for row in read_table()}
    assert set(PEOPLE) == set(ROLES)


@pytest.mark.proves("F125", "W37", "W38", "W39")
@pytest.mark.parametrize("row", read_table(), ids=lambda row: row.name)
def test_nobody_reaches_more_than_the_table_says(database: Database, row: AccessRow) -> None:
    found = {
        (role, side): attempt(ATTEMPTS[row.name], database, PEOPLE[role], side)
        for role in ROLES
        for side in SIDES
    }
    assert found == {(role, side): row.is_reached(role, side) for role, side in found}


WITHOUT_RECORDS = ("/livez", "/readyz", "/metrics", "/v1/cpts", "/v1/lrm/search", "/v1/me")
SEARCHES = ("/v1/offers/", "/v1/search", "/v1/places", "/v1/suggest", "/v1/sources")
OPEN_PATHS = (*WITHOUT_RECORDS, *SEARCHES, "/v1/territories")
"""Paths that show nothing of the records that is somebody's."""


def test_every_route_of_the_records_is_in_the_table() -> None:
    document = json.loads(OPENAPI.read_text("utf-8"))
    served = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if not path.startswith(OPEN_PATHS)
    }
    assert served == {row.route for row in read_table() if row.route}
