"""Links lead to pages and headings that exist; files named in backticks exist."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.documents.documents import (
    find_links,
    find_named_files,
    heading_anchors,
    list_pages,
    list_tracked_files,
    page_name,
)


@pytest.mark.parametrize("page", list_pages(), ids=page_name)
def test_links_lead_to_a_page_and_a_heading(page: Path) -> None:
    text = page.read_text("utf-8")
    broken = []
    for path, anchor in find_links(text):
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            broken.append(path)
        elif anchor and anchor not in heading_anchors(target.read_text("utf-8")):
            broken.append(f"{path}#{anchor}")
    assert broken == []


@pytest.mark.parametrize("page", list_pages(), ids=page_name)
def test_files_named_in_a_page_exist(page: Path) -> None:
    tracked = list_tracked_files()
    missing = [
        name
        for name in find_named_files(page.read_text("utf-8"))
        if name not in tracked and not any(fnmatch(known, name) for known in tracked)
    ]
    assert missing == []


def test_no_folder_of_documents_is_crowded() -> None:
    folders: dict[Path, int] = {}
    for page in list_pages():
        folders[page.parent] = folders.get(page.parent, 0) + 1
    assert [page_name(folder) for folder, pages in folders.items() if pages > 20] == []
