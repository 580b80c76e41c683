"""The convention sheets of the simulated editors, which ``sas editors`` reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from simulation.editors.certificates import CertificateAuthority, CertificateFiles, SubjectName
from simulation.editors.server import Books
from simulation.editors.slot_book import SlotBook

PLATFORM = SubjectName("plateforme.sas.example", "318751275100020")
SERVER = SubjectName("rdv.editeurs.example", "318751275100099")
SHEETS_FILE = "editors.json"


@dataclass(frozen=True, slots=True)
class MarketCertificates:
    """The certificates of a simulated market, of its server and of the platform."""

    folder: Path
    server: CertificateFiles
    platform: CertificateFiles
    authority: Path


def issue_certificates(folder: Path, now: datetime) -> MarketCertificates:
    """Certificates valid from ``now`` (aware) on; raises ``OSError``."""
    authority = CertificateAuthority(folder, now)
    server, platform = authority.issue("server", SERVER), authority.issue("platform", PLATFORM)
    return MarketCertificates(folder, server, platform, authority.file)


def write_sheets(market: MarketCertificates, books: Books, port: int) -> Path:
    """One sheet for each editor of ``books``, in one file; raises ``OSError``."""
    lines = [
        {
            "name": name,
            "base_url": f"https://localhost:{port}/{name}",
            **_describe_flows(flows),
            "certificate": market.platform.certificate.name,
            "key": market.platform.key.name,
            "authority": market.authority.name,
            "common_name": SERVER.common_name,
            "organizational_unit": SERVER.organizational_unit,
        }
        for name, flows in books.items()
    ]
    sheets = market.folder / SHEETS_FILE
    sheets.write_bytes(orjson.dumps(lines, option=orjson.OPT_INDENT_2))
    return sheets


def _describe_flows(flows: Mapping[str, SlotBook]) -> dict[str, Any]:
    professional = next(_list_professional(flows), "R01")
    return {"flow": professional, "sos": "SOS1" in flows}


def _list_professional(flows: Mapping[str, SlotBook]) -> Iterator[str]:
    return (flow for flow in flows if flow != "SOS1")
