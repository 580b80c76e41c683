"""Whether the pages of an answer are the whole answer: a part of it would erase slots.

FHIR R4, Bundle: a link of relation ``next`` names the next page of a searchset, ``total`` counts
the matches of all pages. The guide counts the Slots of a search of Schedules, though their search
mode is ``include`` (fhir-exchange 1.3).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from urllib.parse import parse_qsl, urljoin, urlsplit

from mappings.bounds import JSON_DIGITS
from slots.fhir.answer import AnswerRefusedError, page_entries
from slots.fhir.elements import Json, child, objects, text

REASON = "answer_incomplete"
MATCH = "match"
SLOT = "Slot"
BROKEN = "broken"

PageAddress = tuple[str, tuple[tuple[str, str], ...]]
"""Path and sorted parameters of a page: a proxy changes scheme and host, a server the order."""


def require_whole(pages: Sequence[Json]) -> None:
    """Raise ``AnswerRefusedError`` when a page says that another follows which is not there, or
    when ``total`` is above the matches that came."""
    _require_next_pages(pages)
    total, came = max(map(_total, pages), default=0), _count_matches(pages)
    if total > came:
        raise AnswerRefusedError(
            f"The answer is incomplete: its total is {total} and {came} came. Give all its pages, "
            "or ask for fewer ids; total counts the matches alone.",
            REASON,
        )


def _count_matches(pages: Sequence[Json]) -> int:
    """Slots or entries of mode match, whichever are more, and those too broken to be known (E41).

    An entry given on two pages came once; one written twice on a page is counted twice there.
    """
    came: dict[tuple[str, object], int] = {}
    for page in pages:
        for name, times in Counter(chain.from_iterable(map(_names, page_entries([page])))).items():
            came[name] = max(times, came.get(name, 0))
    sums: Counter[str] = Counter()
    for (kind, _), times in came.items():
        sums[kind] += times
    return max(sums[SLOT], sums[MATCH]) + sums[BROKEN]


def _names(entry: object) -> Iterator[tuple[str, object]]:
    """What an entry counts as, with its key."""
    resource = child(entry, "resource") if isinstance(entry, dict) else {}
    kind = text(resource.get("resourceType"))
    if not isinstance(entry, dict) or not kind:
        yield BROKEN, id(entry)
        return
    key = _entry_key(entry, resource)
    if kind == SLOT:
        yield SLOT, key
    if text(child(entry, "search").get("mode")).lower() == MATCH:
        yield MATCH, key


def _require_next_pages(pages: Sequence[Json]) -> None:
    """Every ``next`` is the ``self`` of a page given, or the following page has no other name.

    Some servers write the address of the search, or nothing, as ``self`` of every page.
    """
    known = {address for page in pages if (address := _address(page, "self")) is not None}
    for rank, page in enumerate(pages):
        if not _has_next(page) or _address(page, "next") in known:
            continue
        if rank + 1 == len(pages) or not _may_follow(page, pages[rank + 1]):
            raise AnswerRefusedError(
                "The answer is incomplete: a page says that another follows, which is not among "
                "the files. Give all the pages of the answer, in order.",
                REASON,
            )


def _may_follow(page: Json, following: Json) -> bool:
    """True when the address of the following page does not say which it is.

    One that leads on to the same page is this page given twice.
    """
    if _has_next(following) and _address(following, "next") == _address(page, "next"):
        return False
    return _address(following, "self") in (None, _address(page, "self"))


def _has_next(page: Json) -> bool:
    return any(True for _ in _links(page, "next"))


def _address(page: Json, relation: str) -> PageAddress | None:
    """The address of a link; a relative one is read from the page's own."""
    url = next(_links(page, relation), "")
    try:
        parts = urlsplit(urljoin(next(_links(page, "self"), ""), url))
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    return (parts.path.rstrip("/"), tuple(sorted(pairs))) if url else None


def _links(page: Json, relation: str) -> Iterator[str]:
    """The URLs of a relation, ``""`` for a link without one."""
    for link in objects(page.get("link")):
        if text(link.get("relation")).lower() == relation:
            yield text(link.get("url"))


def _total(page: Json) -> int:
    """Bundle.total, 0 when it is absent or no count."""
    written = text(page.get("total"))
    is_count = len(written) <= JSON_DIGITS and written.isascii() and written.isdigit()
    return int(written) if is_count else 0


def _entry_key(entry: Json, resource: Json) -> tuple[str, ...]:
    """Key of an entry; Slot.id is none by itself (E28)."""
    reference = text(child(resource, "schedule").get("reference"))
    names = (text(resource.get(name)) for name in ("resourceType", "id", "start", "end"))
    return (text(entry.get("fullUrl")), reference, *names)
