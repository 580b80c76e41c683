"""How the RPPS file is written: headers, pipes, encodings, line breaks, cuts, memory."""

import gzip
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.sources.reading.headers import locate_columns, significant_words
from indexers.sources.rpps.activities import COLUMNS, Activity, read_activities
from mappings.text.cleaning import clean_value, needs_cleaning

FIXTURE = (
    Path(__file__).parents[2] / "fixtures/rpps/PS_LibreAcces_Personne_activite_202610080912.txt"
)
HEADER, PLAIN, QUOTED = FIXTURE.read_text().splitlines()[:3]


def read(path: Path, content: bytes) -> tuple[list[Activity], Quarantine]:
    path.write_bytes(content)
    quarantine = Quarantine("rpps")
    return list(read_activities(path, quarantine)), quarantine


def join_lines(*lines: str, end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


def with_columns(names: Sequence[str], line: str = PLAIN) -> bytes:
    """The line under another header: a column it does not know gets the value ``?``."""
    values = dict(zip(COLUMNS, line.split("|"), strict=False))
    return join_lines(
        "|".join(names) + "|", "|".join(values.get(name, "?") for name in names) + "|"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "activities.txt"


@pytest.fixture
def plain_activity(path: Path) -> Activity:
    return read(path, join_lines(HEADER, PLAIN))[0][0]


def test_the_trailing_pipe_is_no_column_and_may_be_absent(
    path: Path, plain_activity: Activity
) -> None:
    """Trap 2."""
    bare = join_lines(HEADER.removesuffix("|"), PLAIN.removesuffix("|"))
    rows, quarantine = read(path, bare)
    assert rows == [plain_activity]
    assert not quarantine.rejected
    assert read(path, join_lines(HEADER, PLAIN.removesuffix("|")))[0] == [plain_activity]


def test_columns_in_another_order_are_found_by_name(path: Path, plain_activity: Activity) -> None:
    """Trap 3."""
    rows, quarantine = read(path, with_columns(list(reversed(COLUMNS))))
    assert rows == [plain_activity]
    assert not quarantine.unknown


def test_an_added_column_is_counted_and_ignored(path: Path, plain_activity: Activity) -> None:
    """Trap 3."""
    names = [*COLUMNS[:10], "Code fonction", *COLUMNS[10:], "Nouveauté"]
    rows, quarantine = read(path, with_columns(names))
    assert rows == [plain_activity]
    assert quarantine.unknown == {"Code fonction": 1, "Nouveauté": 1}


@pytest.mark.parametrize(
    ("column", "former"),
    [
        ("Libellé civilité d'exercice", "Libellé civilité exercice"),
        ("Code postal (coord. structure)", "Code postal (coord. Structure)"),
        ("Code Département (structure)", "Code département (coord. structure)"),
        ("Code genre activité", "Code genre d'activité"),
        ("Code genre activité", "Code genre d’activité"),
        ("Nom d'exercice", "NOM D EXERCICE"),
        ("Prénom d'exercice", "  Prenom d'exercice "),
    ],
)
def test_renamed_columns_are_recognised(
    path: Path, plain_activity: Activity, column: str, former: str
) -> None:
    """Trap 3: names the header really had in former years."""
    content = with_columns(COLUMNS).decode().replace(column, former, 1).encode()
    rows, quarantine = read(path, content)
    assert rows == [plain_activity]
    assert not quarantine.unknown


def test_identifiant_pp_is_not_taken_for_the_type_of_identifier() -> None:
    """Trap 3: one name is part of the other."""
    header = ["Type d'identifiant PP", "Identifiant PP", "Identification nationale PP"]
    assert locate_columns(header, ["Identifiant PP"]) == {"Identifiant PP": 1}


def test_no_two_columns_share_their_significant_words() -> None:
    assert len({significant_words(name) for name in COLUMNS}) == len(COLUMNS)


def test_the_header_of_2021_stopped_at_52_columns(path: Path, plain_activity: Activity) -> None:
    rows, quarantine = read(path, with_columns(COLUMNS[:52]))
    assert rows == [{k: v for k, v in plain_activity.items() if k != "activity_kind"}]
    assert not quarantine.rejected


def test_another_file_is_refused_with_the_way_out(path: Path) -> None:
    with pytest.raises(LayoutError, match=r"PS_LibreAcces_Personne_activite_\*\.txt"):
        read(path, b"a|b|c|\n1|2|3|\n")
    with pytest.raises(LayoutError, match="empty"):
        read(path, b"")


def test_a_byte_order_mark_is_no_part_of_the_first_column(
    path: Path, plain_activity: Activity
) -> None:
    """Trap 4."""
    assert read(path, b"\xef\xbb\xbf" + join_lines(HEADER, PLAIN))[0] == [plain_activity]


def test_one_line_of_windows_1252_does_not_spoil_the_file(path: Path) -> None:
    """Trap 5."""
    accented = QUOTED.replace("Hervé", "Hervé l’Aîné").encode("cp1252")
    content = join_lines(HEADER) + accented + b"\n" + join_lines(QUOTED)
    rows, quarantine = read(path, content)
    assert [row["given"] for row in rows] == ["Hervé l’Aîné", "Hervé"]
    assert quarantine.warned == {Reason.NOT_UTF8: 1}
    assert not quarantine.rejected


def test_mixed_line_breaks_and_empty_lines(path: Path, plain_activity: Activity) -> None:
    """Trap 8."""
    content = f"{HEADER}\r\n{PLAIN}\n\r\n{PLAIN}\r\n\n".encode()
    rows, quarantine = read(path, content)
    assert rows == [plain_activity, {**plain_activity, "line": 4}]
    assert quarantine.read == 2


@pytest.mark.parametrize("kept", [30, 300, len(PLAIN) - 20])
def test_a_cut_last_line_is_set_aside(path: Path, plain_activity: Activity, kept: int) -> None:
    """Trap 8."""
    rows, quarantine = read(path, join_lines(HEADER, PLAIN) + PLAIN[:kept].encode())
    assert rows == [plain_activity]
    assert quarantine.rejected == {Reason.TRUNCATED_LINE: 1}


def test_a_line_cut_inside_its_last_field_is_set_aside(path: Path) -> None:
    """Trap 8: it has as many fields as the header, but not its last pipe."""
    _, quarantine = read(path, join_lines(HEADER) + PLAIN.removesuffix("|").encode())
    assert quarantine.rejected == {Reason.TRUNCATED_LINE: 1}


def test_a_complete_last_line_needs_no_line_break(path: Path, plain_activity: Activity) -> None:
    rows, quarantine = read(path, join_lines(HEADER) + PLAIN.encode())
    assert rows == [plain_activity]
    assert not quarantine.rejected


@pytest.mark.parametrize(
    "line",
    [
        PLAIN + "X|",
        PLAIN + "X",
        "a|b|",
        PLAIN.replace("|DR|", "|DR|||"),
        PLAIN.replace("|DR|", "|", 1),
    ],
)
def test_a_row_of_another_width_is_set_aside_and_the_next_is_read(
    path: Path, plain_activity: Activity, line: str
) -> None:
    """Trap 2."""
    rows, quarantine = read(path, join_lines(HEADER, line, PLAIN))
    assert rows == [{**plain_activity, "line": 3}]
    assert quarantine.rejected == {Reason.COLUMN_COUNT: 1}
    assert quarantine.ratio == 0.5


def test_a_gzip_file_is_read_as_it_is(path: Path, plain_activity: Activity) -> None:
    assert read(path, gzip.compress(join_lines(HEADER, PLAIN)))[0] == [plain_activity]


@pytest.mark.parametrize("damage", [lambda b: b[:-20], lambda b: b[:-8] + b"\0" * 8])
def test_a_gzip_file_that_was_cut_or_damaged_is_told(
    path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """Trap 9."""
    packed = gzip.compress(join_lines(HEADER, *[PLAIN] * 50))
    with pytest.raises(CutFileError, match="download it again"):
        read(path, damage(packed))


@given(
    st.lists(st.text(st.sampled_from("aé -.\\N|ULA/\t\xa0\u0092\u200b\ufffd\u0301"), max_size=4))
)
def test_a_line_judged_clean_is_clean(parts: list[str]) -> None:
    text = "|".join(parts)
    fields = text.split("|")
    if not needs_cleaning(text.encode(), text, fields):
        assert [clean_value(field) for field in fields] == fields


@pytest.mark.usefixtures("large_input")
def test_memory_does_not_grow_with_the_file(path: Path) -> None:
    """National files are 100 times this one: 8 MB must not need 4."""
    path.write_bytes(join_lines(HEADER, *[PLAIN] * 20_000))
    tracemalloc.start()
    count = sum(1 for _ in read_activities(path, Quarantine("rpps")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 4_000_000
