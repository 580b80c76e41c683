"""FHIR instants read exactly, and written as UTC text to the second."""

import re
from datetime import UTC, datetime, timedelta

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})", re.IGNORECASE
)
_LOCAL = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?)?)?")
_WIDEST_OFFSET = timedelta(hours=14)


class InstantError(ValueError):
    """A text that is no FHIR instant; ``reason`` is ``no_offset`` or ``bad_instant``."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not an instant with an offset, like 2021-11-04T14:20:00Z ({reason})")
        self.reason = reason


def parse_instant(text: str) -> datetime:
    """The instant in UTC, fractions of a second kept (E17).

    A local time or a date alone is refused: reading it as UTC would shift it (E18).
    """
    match = _INSTANT.fullmatch(text.strip())
    if match is None:
        raise InstantError("no_offset" if _LOCAL.fullmatch(text.strip()) else "bad_instant")
    day, clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{_micros(clock, fraction)}{offset.upper()}")
        return _in_utc(moment)
    except (ValueError, OverflowError):
        raise InstantError("bad_instant") from None


def _micros(clock: str, fraction: str | None) -> str:
    has_seconds = clock.count(":") > 1
    return fraction[:7].ljust(7, "0") if fraction and has_seconds else ""


def _in_utc(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    if offset is None or abs(offset) > _WIDEST_OFFSET:
        raise InstantError("bad_instant")
    return moment.astimezone(UTC)


def utc_text(moment: datetime) -> str:
    """The aware instant as ``2021-11-04T14:20:00Z``; fractions are cut, never rounded up."""
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:-6]}Z"
