"""Small sources, and a fetch of them from a server of our own."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexers.fetch.catalogue import SOURCES
from indexers.fetch.fetcher import FetchRequest, FetchResult, fetch_sources
from indexers.fetch.settings import FetchSettings
from tests.fetch.unreliable_server import UnreliableServer

NOW = datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
AMELI_PATH, RPPS_PATH, FINESS_PATH = (
    f"/{SOURCES[name].mirror}" for name in ("ameli", "rpps", "finess")
)
ACTIVITIES, SKILLS = (
    f"PS_LibreAcces_{kind}_202611230830.txt" for kind in ("Personne_activite", "SavoirFaire")
)
CATALOGUE = tuple(
    replace(
        source,
        files=tuple(replace(one, minimum=1_000) for one in source.files),
        largest=3_000_000,
    )
    for source in SOURCES.values()
)
"""The sources as they are, but small."""


def ameli(rows: int = 20_000) -> bytes:
    head = b'\xef\xbb\xbf"ps_activite_nom";"ps_activite_prenom"\r\n'
    return head + b"".join(b'"NOM%06d";"ANNE"\r\n' % number for number in range(rows))


def register(rows: int = 500) -> bytes:
    head = b"Type d'identifiant PP|Identifiant PP|Identification nationale PP|\n"
    return head + b"8|10100000016|810100000016|\n" * rows


def archive(**members: bytes) -> bytes:
    contents = {
        ACTIVITIES: register(),
        SKILLS: register(),
        "PS_LibreAcces_Dipl_AutExerc_202611230830.txt": b"x",
        **members,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            if content:
                file.writestr(name, content)
    return packed.getvalue()


def order(server: UnreliableServer, directory: Path, *only: str, **changes: Any) -> FetchRequest:
    patience = {"timeout_s": 2.0, "attempts": 3, "pause_s": 0.0, **changes.pop("patience", {})}
    settings = FetchSettings(base_url=server.url, **patience)
    return FetchRequest(
        directory, NOW, settings, only or ("ameli",), catalogue=CATALOGUE, **changes
    )


def fetch_once(
    server: UnreliableServer, directory: Path, *only: str, **changes: Any
) -> FetchResult:
    (outcome,) = fetch_sources(order(server, directory, *only, **changes), lambda *_: None)
    return outcome


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.name != ".sas-fetch.lock")
