"""Markdown pages of the repository: their links, headings and the files they name."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SOURCE_FILE = re.compile(r"(?:[\w.-]+/)+[\w.*-]*\.(?:py|toml|csv|json|jsonl|md|css|xml|yml|txt)")
"""A path with a folder and the extension of a file that the repository may hold."""


@cache
def list_pages() -> tuple[Path, ...]:
    """README.md and every page under docs/."""
    return (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


@cache
def list_tracked_files() -> frozenset[str]:
    """Paths of all files of the repository, those not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(line for line in listed.stdout.splitlines() if (ROOT / line).is_file())


def page_name(page: Path) -> str:
    """The path of a page from the root of the repository."""
    return str(page.relative_to(ROOT))


def strip_fences(text: str) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", text)


def heading_anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    titles = (re.sub(r"[^\w\s-]", "", title.lower()) for title in HEADING.findall(text))
    return {re.sub(r"\s", "-", title.strip()) for title in titles}


def find_links(text: str) -> Iterator[tuple[str, str]]:
    """Path and anchor of each link to another page of the repository."""
    for url in LINK.findall(strip_fences(text)):
        if "://" not in url and not url.startswith("mailto:"):
            path, _, anchor = url.partition("#")
            yield path, anchor


def find_named_files(text: str) -> Iterator[str]:
    """The paths of files of the repository that a page names in backticks."""
    for words in INLINE.findall(strip_fences(text)):
        path = words.partition("::")[0].strip()
        if SOURCE_FILE.fullmatch(path) and not path.startswith(("/", "~", "fhir/")):
            yield path
