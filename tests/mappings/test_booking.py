"""Booking links carry one origin parameter and nothing else of theirs changes."""

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.booking import MAX_URL, with_origin


@pytest.mark.proves("C35")
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://rdv.fr/a", "https://rdv.fr/a?origin=sas"),
        ("https://rdv.fr/a?", "https://rdv.fr/a?origin=sas"),
        ("https://rdv.fr/a?b=1", "https://rdv.fr/a?b=1&origin=sas"),
        ("https://rdv.fr/a?b=1#top", "https://rdv.fr/a?b=1&origin=sas#top"),
        ("https://rdv.fr/a#top", "https://rdv.fr/a?origin=sas#top"),
        ("https://rdv.fr/a?origin=x&b=%2F+c", "https://rdv.fr/a?b=%2F+c&origin=sas"),
        ("https://rdv.fr/a?Origin=x&origin=y", "https://rdv.fr/a?origin=sas"),
        ("http://rdv.fr/a b?c=d e", "http://rdv.fr/a%20b?c=d%20e&origin=sas"),
        ("HTTPS://rdv.fr/é", "https://rdv.fr/%C3%A9?origin=sas"),
        ("https://rdv.fr/#/slot?id=1", "https://rdv.fr/?origin=sas#/slot?id=1"),
        ("  https://rdv.fr/a\n", "https://rdv.fr/a?origin=sas"),
    ],
)
def test_one_origin_in_the_query_before_the_fragment(url: str, expected: str) -> None:
    assert with_origin(url, "sas") == expected


@pytest.mark.proves("E24")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "ftp://rdv.fr/a",
        "rdv.fr/a",
        "//rdv.fr/a",
        "https://",
        "https://:80/",
        "appeler le secretariat",
        "https://[rdv.fr/a",
        "java\nscript:alert(1)",
        "https://rdv.fr/" + "a" * MAX_URL,
    ],
)
def test_what_is_not_a_web_link_is_not_served(url: str) -> None:
    assert with_origin(url, "sas") is None


def test_the_origin_is_encoded() -> None:
    assert with_origin("https://rdv.fr/a", "s&s=1") == "https://rdv.fr/a?origin=s%26s%3D1"


@given(st.text(max_size=40), st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5))))
def test_never_more_than_one_origin(path: str, pairs: list[tuple[str, str]]) -> None:
    url = f"https://rdv.fr/{path}?" + "&".join(f"{key}={value}" for key, value in pairs)
    link = with_origin(url, "sas-preprod")
    if link is not None:
        names = [key.lower() for key, _ in parse_qsl(urlsplit(link).query, True)]
        assert names.count("origin") == 1
        assert with_origin(link, "sas-preprod") == link


@given(st.text(st.characters(exclude_characters="?#", exclude_categories=("C", "Z")), max_size=30))
def test_a_path_is_encoded_as_by_the_standard_library(path: str) -> None:
    """What needs no encoding is let through unread: the result is the same."""
    expected = quote(f"/a{path}", safe="%/?:@!$&'()*+,;=~[]")
    assert with_origin(f"https://rdv.fr/a{path}", "sas") == f"https://rdv.fr{expected}?origin=sas"
