"""Names of indices and aliases: a value that can be built, written and read back."""

import re
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime

from mappings.offers import SCHEMA_VERSION

_STAMP = "%Y%m%d-%H%M%S-%f"
_NAME = re.compile(
    r"(?:(?P<prefix>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)-)?"
    r"(?P<kind>[a-z]+)-v(?P<schema>[1-9]\d*)-(?P<stamp>\d{8}-\d{6}-\d{6})"
)


class NotAnIndexName(ValueError):
    """The text is not a name this program gives to an index."""


@dataclass(frozen=True)
class IndexName:
    """``[prefix-]offers-v<schema>-<UTC stamp>``, the stamp to the microsecond.

    The schema in the name is that of the build, ``_meta`` of the mapping holds the current
    one; the stamp orders builds.
    """

    prefix: str
    kind: str = "offers"
    _: KW_ONLY
    schema: int
    stamp: datetime

    def __str__(self) -> str:
        return f"{self.alias}-v{self.schema}-{self.stamp.astimezone(UTC).strftime(_STAMP)}"

    @property
    def alias(self) -> str:
        """The alias this index is built for."""
        return add_prefix(self.prefix, self.kind)

    @classmethod
    def parse(cls, text: str) -> "IndexName":
        """Read a name back; raises ``NotAnIndexName`` for any other text."""
        match = _NAME.fullmatch(text)
        if match is None:
            raise NotAnIndexName(f"{text!r} is not [prefix-]kind-v<schema>-<UTC stamp>.")
        return cls(
            match["prefix"] or "",
            match["kind"],
            schema=int(match["schema"]),
            stamp=_parse_stamp(text, match["stamp"]),
        )


def _parse_stamp(text: str, stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise NotAnIndexName(f"{text!r} bears no calendar instant.") from error


def add_prefix(prefix: str, name: str) -> str:
    """``name`` with the prefix and a dash before it, if there is a prefix."""
    return f"{prefix}-{name}" if prefix else name


def offers_alias(prefix: str = "") -> str:
    """The alias through which offers are read and written."""
    return add_prefix(prefix, "offers")


def offers_index(prefix: str, now: datetime) -> IndexName:
    """The name of an index of offers built at ``now`` with the schema of this program."""
    return IndexName(prefix, schema=SCHEMA_VERSION, stamp=now)


def locks_index(prefix: str = "") -> str:
    """The index that holds the locks."""
    return add_prefix(prefix, "sas-locks")
