"""The reference pages that are written from the code, by their path."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.documents.access_page import access_page
from tests.documents.bounds_page import bounds_page
from tests.documents.cli_page import cli_page
from tests.documents.documents import ROOT
from tests.documents.index_fields_page import index_fields_page
from tests.documents.indicators_page import indicators_page
from tests.documents.problems_page import problems_page
from tests.documents.settings_page import settings_page

REFERENCE = ROOT / "docs" / "reference"

GENERATED: Mapping[Path, Callable[[], str]] = MappingProxyType(
    {
        REFERENCE / "access.md": access_page,
        REFERENCE / "bounds.md": bounds_page,
        REFERENCE / "cli.md": cli_page,
        REFERENCE / "index-fields.md": index_fields_page,
        REFERENCE / "indicators.md": indicators_page,
        REFERENCE / "problems.md": problems_page,
        REFERENCE / "settings.md": settings_page,
    }
)


def write_documents() -> None:
    """Write every generated page."""
    for path, build in GENERATED.items():
        path.write_text(build(), "utf-8")


if __name__ == "__main__":
    write_documents()
