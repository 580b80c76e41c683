"""Links lead to pages and headings that exist; files named in backticks exist."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from tests.documents.documents import (
    find_links,
    find_named_files,
    heading_anchors,
    list_pages,
    list_tracked_files,
    page_name,
)


def list_broken_links(page: Path) -> Iterator[str]:
    for path, anchor in find_links(page.read_text("utf-8")):
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{page_name(page)}: {path}"
        elif anchor and anchor not in heading_anchors(target.read_text("utf-8")):
            yield f"{page_name(page)}: {path}#{anchor}"


def test_links_lead_to_a_page_and_a_heading() -> None:
    assert [broken for page in list_pages() for broken in list_broken_links(page)] == []


def test_files_named_in_a_page_exist() -> None:
    tracked = list_tracked_files()
    missing = [
        (page_name(page), name)
        for page in list_pages()
        for name in find_named_files(page.read_text("utf-8"))
        if name not in tracked and not any(fnmatch(known, name) for known in tracked)
    ]
    assert missing == []


def test_no_folder_of_documents_is_crowded() -> None:
    folders: dict[Path, int] = {}
    for page in list_pages():
        folders[page.parent] = folders.get(page.parent, 0) + 1
    assert [page_name(folder) for folder, pages in folders.items() if pages > 20] == []
