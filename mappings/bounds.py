"""The bounds of what files, editors and settings may hold: the one place of every limit.

Readers, the models of ``mappings.formats`` and their JSON Schemas, the mapping of the index and
the reasons of the quarantine take their limits from here. A value beyond its bound sets its row
aside, never its file. Text is bounded in characters, and in bytes of UTF-8 where it becomes an
identifier of Elasticsearch.

Named bounds: ``CODE``, ``IDENTIFIER``, ``NAME``, ``CELL``, ``FREE_TEXT``, ``PHONE``, ``URL``
(text); ``SEATS``, ``PRACTITIONERS``, ``LATITUDE``, ``LONGITUDE``, ``RADIUS_KM`` (numbers);
``DAYS`` and ``INSTANTS`` (1900 to 2100); ``FEW``, ``SOME``, ``MANY``, ``SLOTS_OF_A_PLACE``,
``COMMUNES`` (items of a list); ``LONGEST_LINE``, ``LARGEST_FILE``, ``LARGEST_PAGE``,
``LARGEST_ANSWER``, ``ANSWER_ENTRIES``, ``ANSWER_VALUES``, ``SLOT_LENGTH``,
``LARGEST_OWN``, ``OWN_ROWS``, ``LARGEST_ITEM``, ``LARGEST_JOIN``, ``EXPORTED_ROWS``,
``EXPORTED_SIZE``, ``ROWS_OF_A_PERSON``, ``SITES``, ``ADDRESSES``, ``JSON_DEPTH``,
``JSON_DIGITS`` (files).
"""

from collections.abc import Sized
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MIB, GIB = 1 << 20, 1 << 30
"""Bytes of a mebibyte and of a gibibyte."""

LONGEST_ID = 512
"""Bytes of UTF-8 that Elasticsearch takes as the ``_id`` of a document."""
LONGEST_TERM = 32_766
"""Bytes of UTF-8 that Lucene takes as one term of an indexed keyword."""


@dataclass(frozen=True, slots=True)
class TextBound:
    """The longest text, in characters, and in bytes of UTF-8."""

    longest: int
    bytes: int

    def holds(self, text: str) -> bool:
        """True when the text is within the bound; most are short, and none is encoded for it."""
        size = len(text)
        if size > self.longest:
            return False
        return 4 * size <= self.bytes or len(text.encode("utf-8", "replace")) <= self.bytes

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"at most {self.longest:,} characters and {self.bytes:,} bytes"


@dataclass(frozen=True, slots=True)
class NumberBound:
    """The least and the greatest number, both allowed."""

    least: float
    greatest: float

    def holds(self, number: float) -> bool:
        """True when the number is within the bound; a NaN never is."""
        return self.least <= number <= self.greatest

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"from {self.least:,} to {self.greatest:,}"


@dataclass(frozen=True, slots=True)
class DayBound:
    """The first and the last day, both allowed."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """True when the day is within the bound."""
        return self.first <= day <= self.last

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"from {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class InstantBound:
    """The first and the last instant, both allowed, in UTC."""

    first: datetime
    last: datetime

    def holds(self, instant: datetime) -> bool:
        """True when the aware instant is within the bound."""
        return self.first <= instant <= self.last

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class ListBound:
    """The most items of a list."""

    most: int

    def holds(self, items: Sized) -> bool:
        """True when the list is within the bound."""
        return len(items) <= self.most

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"at most {self.most:,} items"


Bound = TextBound | NumberBound | DayBound | InstantBound | ListBound


def _text(longest: int) -> TextBound:
    """Four bytes of UTF-8 a character at most."""
    return TextBound(longest, 4 * longest)


CODE = _text(64)
"""A code of a terminology, a national identifier, a postcode, a time of day, a date as text."""
IDENTIFIER = TextBound(200, 400)
"""An identifier that its editor chose: of a point, a place or a slot. With its prefix it is at most
``LONGEST_ID`` bytes, whatever its alphabet."""
NAME = _text(200)
"""A name of ours or of an editor: person, place, city, line of an address, label."""
CELL = _text(1_000)
"""A cell of a published file that holds words: names, labels, lines of an address."""
FREE_TEXT = _text(1_000)
"""Text for regulators (F104), reason of a consultation, description of a solution."""
PHONE = TextBound(40, 160)
"""A phone number as its source writes it."""
URL = TextBound(2_048, 8_192)
"""A booking link or the address of a solution (``mappings.booking``)."""

SEATS = NumberBound(0, 10_000)
"""Seats of a slot."""
PRACTITIONERS = NumberBound(0, 10_000)
"""Practitioners of a structure."""
LATITUDE = NumberBound(-90, 90)
LONGITUDE = NumberBound(-180, 180)
"""Degrees of WGS84."""
RADIUS_KM = NumberBound(0, 500)
"""Radius around a point."""

DAYS = DayBound(date(1900, 1, 1), date(2100, 12, 31))
"""Days of files: no fact of the service is before, and a zone has no rule after."""
INSTANTS = InstantBound(
    datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)
)
"""Instants of files and answers, the same years."""

FEW = ListBound(20)
"""Phones, identifiers of a place, reasons, codes of a slot, hours of a day."""
SOME = ListBound(1_500)
"""Communes of a territory, places of a professional."""
SLOTS_OF_A_PLACE = ListBound(2_500)
"""Slots of one source at one place: a week by five minutes has 2,016. Elasticsearch takes 10,000
nested documents in an offer, of all sources together."""
COMMUNES = ListBound(40_000)
"""Communes of a solution: the country has 35,000."""
MANY = ListBound(20_000)
"""Members of a CPTS, doctors of an association, pages of an answer."""

LONGEST_LINE = 4 * MIB
"""Bytes of one line: a row of the register has 1,000, a CPTS with all its members 1 MiB."""
LARGEST_FILE = 16 * GIB
"""Bytes of a file of lines, unpacked: the national register has 1 GiB."""
LARGEST_PAGE = 64 * MIB
"""Bytes of a file that is read whole, unpacked: a thousand slots weigh 3 MB (E14)."""
LARGEST_ANSWER = 4 * LARGEST_PAGE
"""Bytes of one answer of an editor, all pages together."""
ANSWER_ENTRIES = 100_000
"""Entries of one answer, all pages together (E14)."""
ANSWER_VALUES = 4_000_000
"""JSON values of one answer, all pages together: a page of ``LARGEST_PAGE`` as editors write them.
Empty lists of three bytes each would take gigabytes of memory."""
SLOT_LENGTH = timedelta(hours=24)
"""The longest slot; a longer one is a mistake of its source (E16)."""
LARGEST_OWN = 64 * MIB
"""Bytes of the rows of one of our own sources: all are kept in memory, ten times larger. The
largest of the country has 16 MiB."""
OWN_ROWS = 250_000
"""Rows of one of our own sources: the country has under 100,000."""
LARGEST_ITEM = 32 * MIB
"""Bytes of one legal entity of FINESS with its sites: the largest have 5 MiB."""
LARGEST_JOIN = 512 * MIB
"""Bytes of the contracts of the Assurance maladie kept in memory: the country has 150 MB."""
EXPORTED_ROWS = 20_000
"""Rows of one source exported to be corrected by hand; all are kept in memory."""
EXPORTED_SIZE = 64 * MIB
"""Characters of those rows together."""
ROWS_OF_A_PERSON = 1_000
"""Rows of activity, or of skills, of one person: the most there are is under 100."""
SITES = 1_000_000
"""Sites of a FINESS file, open and closed: there are 200,000."""
ADDRESSES = 2_000_000
"""Rows of ``geocoded.csv``: there are 850,000 places of practice."""
JSON_DEPTH = 64
"""Levels of arrays and objects; FHIR and FINESS have at most 15."""
JSON_DIGITS = 40
"""Figures of one JSON number; Python itself refuses 4,301."""
