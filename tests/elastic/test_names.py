"""Names of indices can be read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elastic.names import (
    IndexName,
    NotAnIndexName,
    locks_index,
    offers_alias,
    offers_index,
)
from mappings.offers import SCHEMA_VERSION

NAMES = st.builds(
    IndexName,
    st.from_regex(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?)?", fullmatch=True),
    st.from_regex(r"[a-z]+", fullmatch=True),
    schema=st.integers(1, 10**6),
    stamp=st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        timezones=st.just(UTC),
    ),
)


@given(NAMES)
def test_a_name_is_read_back_as_it_was_built(name: IndexName) -> None:
    assert IndexName.parse(str(name)) == name


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        assert str(IndexName.parse(text)) == text
    except NotAnIndexName:
        assert text not in {str(name) for name in (offers_index("", datetime.now(UTC)),)}


@given(st.lists(NAMES.map(lambda name: name.stamp), min_size=2, max_size=5))
def test_names_sort_as_their_builds(stamps: list[datetime]) -> None:
    names = [str(offers_index("p", stamp)) for stamp in stamps]
    assert sorted(names) == [str(offers_index("p", stamp)) for stamp in sorted(stamps)]


def test_a_name_reads_well() -> None:
    paris = datetime(2026, 11, 4, 15, 20, 7, 42, tzinfo=timezone(timedelta(hours=1)))
    name = offers_index("preprod", paris)
    assert str(name) == f"preprod-offers-v{SCHEMA_VERSION}-20261104-142007-000042"
    assert name.alias == offers_alias("preprod") == "preprod-offers"


def test_no_prefix_no_dash() -> None:
    assert (offers_alias(), locks_index()) == ("offers", "sas-locks")


@pytest.mark.parametrize(
    "text",
    [
        "offers",
        "offers-v1",
        "offers-v0-20261104-142007-000042",
        "offers-v1-20261304-142007-000042",
        "Offers-v1-20261104-142007-000042",
        "-offers-v1-20261104-142007-000042",
    ],
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(NotAnIndexName):
        IndexName.parse(text)
