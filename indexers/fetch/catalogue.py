"""The published sources: address, expected files, licence."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from indexers.sources.published import ACTIVITIES, SKILLS

MB = 1_000_000
GB = 1_000 * MB


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One file of a source: its name, its least size in bytes, words of its first bytes."""

    pattern: str
    """Of the file in the directory, and of the member in an archive."""
    minimum: int
    marker: bytes


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """One address and the files that come from it.

    ``mirror`` is its name below a mirror. ``archive``: the files are members of a zip, of which
    those of ``ignored`` are left out and any other refused. ``largest`` bounds what is unpacked.
    """

    name: str
    address: str
    mirror: str
    files: tuple[ExpectedFile, ...]
    licence: str
    producer: str
    archive: bool = False
    ignored: tuple[str, ...] = ()
    largest: int = 4 * GB


_LICENCE = "Licence Ouverte 2.0"

SOURCES: Mapping[str, PublishedSource] = MappingProxyType(
    {
        "rpps": PublishedSource(
            "rpps",
            "https://service.annuaire.sante.fr/annuaire-sante-webservices/V300/services/extraction"
            "/PS_LibreAcces",
            "PS_LibreAcces.zip",
            (
                ExpectedFile(ACTIVITIES, 500 * MB, b"Identification nationale PP"),
                ExpectedFile(SKILLS, 25 * MB, b"Identification nationale PP"),
            ),
            _LICENCE,
            "Agence du Numérique en Santé",
            archive=True,
            ignored=("PS_LibreAcces_Dipl_AutExerc_*.txt",),
        ),
        "finess": PublishedSource(
            "finess",
            "https://www.data.gouv.fr/api/1/datasets/r/cd493959-fb03-41e5-9347-0edd14dfbc22",
            "finess-structures.json.gz",
            (ExpectedFile("finess-structures*.json*", 20 * MB, b'"schemaVersion"'),),
            _LICENCE,
            "Agence du Numérique en Santé",
        ),
        "ameli": PublishedSource(
            "ameli",
            "https://www.data.gouv.fr/api/1/datasets/r/432983b9-2e6f-473a-b35a-20403c300a5f",
            "liste-ps.csv",
            (ExpectedFile("liste-ps*.csv*", 80 * MB, b"ps_activite_nom"),),
            _LICENCE,
            "Caisse nationale de l'Assurance maladie",
        ),
    }
)
"""Sizes are those of half a file of 2026: less is a download that went wrong."""
