from pathlib import Path

import pytest

from geography.address import address_key
from indexers.sources.geocoding_cache import GeocodedHeaderError, read_geocoded
from mappings.records import Precision

HEADER = "line,postal_code,city,lat,lon,precision,score\n"


def write_geocoding_file(tmp_path: Path, rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "geocoded.csv"
    path.write_text(header + rows, "utf-8")
    return path


def test_an_answer_is_found_under_another_spelling_of_its_address(tmp_path: Path) -> None:
    path = write_geocoding_file(
        tmp_path, "12 bis rue des Lilas,21000,Dijon,47.32,5.04,housenumber,0.97\n"
    )
    found = read_geocoded(path)
    assert found[address_key("12 B R DES LILAS", "21000", "DIJON CEDEX")] == (
        47.32,
        5.04,
        Precision.HOUSENUMBER,
    )


def test_zero_is_a_coordinate(tmp_path: Path) -> None:
    path = write_geocoding_file(tmp_path, "1 rue du Méridien,14390,Cabourg,49.29,0.0,street,0.9\n")
    assert [point[1] for point in read_geocoded(path).values()] == [0.0]


@pytest.mark.parametrize(
    "row",
    [
        "1 rue A,21000,Dijon,,5.04,street,0.9",
        "1 rue A,21000,Dijon,nan,5.04,street,0.9",
        "1 rue A,21000,Dijon,147.3,5.04,street,0.9",
        "1 rue A,21000,Dijon,47.3,5.04,planet,0.9",
        "1 rue A,21000,Dijon,47.3,5.04,street,0.4",
        "1 rue A,21000,Dijon,47.3,5.04,municipality,0.6",
        "1 rue A,21000,Dijon,47.3",
    ],
)
def test_a_damaged_or_unlike_answer_is_left_out(tmp_path: Path, row: str) -> None:
    good = "2 rue B,21000,Dijon,47.3,5.0,street,0.6"
    assert len(read_geocoded(write_geocoding_file(tmp_path, f"{row}\n{good}\n"))) == 1


def test_a_file_of_another_kind_is_refused_with_the_header_to_write(tmp_path: Path) -> None:
    with pytest.raises(GeocodedHeaderError, match="line,postal_code,city,lat,lon"):
        read_geocoded(write_geocoding_file(tmp_path, "", header="a,b\n"))


def test_an_answer_serves_the_city_as_finess_writes_it(tmp_path: Path) -> None:
    path = write_geocoding_file(tmp_path, "4 rue Pasteur,48000,Mende,44.51,3.5,street,0.9\n")
    assert address_key("4 R PASTEUR", "48000", "48000 MENDE") in read_geocoded(path)
