"""The operator's own radii (F013): a JSON or CSV file named by SAS_RADII_FILE.

    {"75": {"city_radius_km": 3}, "974": {"step_km": 10}}

or the same as CSV: ``code,city_radius_km,step_km,county_radius_km,lat,lon``, empty cells being
left as they are. Read again as soon as it changes; no restart, no redeploy.
"""

import csv
import json
import os
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

VARIABLE = "SAS_RADII_FILE"
REASON = f"set by the operator ({VARIABLE})"
MAX_RADIUS_KM = 500.0

Overrides = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
"""Department code and its changed fields, hashable and in the order of codes."""

_log = structlog.get_logger(__name__)


class RadiiFileError(ValueError):
    """The file cannot be used; the message names it, the department, the field and the remedy."""


class RadiiOverride(BaseModel):
    """The values of one department; an absent one keeps the corrected table's value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    city_radius_km: float | None = Field(None, gt=0, le=MAX_RADIUS_KM)
    step_km: float | None = Field(None, gt=0, le=MAX_RADIUS_KM)
    county_radius_km: float | None = Field(None, gt=0, le=MAX_RADIUS_KM)
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)

    @model_validator(mode="after")
    def whole_centre(self) -> "RadiiOverride":
        """Half a centre is a mistake."""
        if (self.lat is None) != (self.lon is None):
            raise ValueError("give lat and lon together")
        return self


class _LoadedFile(NamedTuple):
    stamp: tuple[str, int, int]
    overrides: Overrides


_last: _LoadedFile | None = None
_read_lock = Lock()


def read_current_overrides(department_codes: frozenset[str]) -> Overrides:
    """Current content of the operator's file; empty without a file.

    A file that turns bad while the service runs is reported once and the last good values
    stay: a half-saved file must not stop searches. The first reading raises RadiiFileError.
    """
    global _last  # noqa: PLW0603 - one file a process, kept to notice its change
    name = os.environ.get(VARIABLE, "")
    if not name:
        return ()
    stamp = _stamp(name)
    last = _last
    if last is not None and last.stamp == stamp:
        return last.overrides
    with _read_lock:
        try:
            overrides = read_overrides(Path(name), department_codes)
        except RadiiFileError as error:
            if last is None or last.stamp[0] != name:
                raise
            _log.error("radii_file_refused", reason=str(error), kept="last good values")
            overrides = last.overrides
        _last = _LoadedFile(stamp, overrides)
    return overrides


def read_overrides(path: Path, department_codes: frozenset[str]) -> Overrides:
    """The file checked; raises RadiiFileError, ``known`` being the codes of departments."""
    try:
        rows = _csv_rows(path) if path.suffix == ".csv" else json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RadiiFileError(f"{path}: cannot be read as JSON or CSV: {error}") from error
    if not isinstance(rows, dict):
        raise RadiiFileError(
            f'{path}: expected an object such as {{"75": {{"city_radius_km": 3}}}}'
        )
    return tuple((code, _values(path, code, rows[code], department_codes)) for code in sorted(rows))


def _values(
    path: Path, code: str, values: object, department_codes: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    if code not in department_codes:
        raise RadiiFileError(f"{path}: no department {code!r}: write 01, 2A, 75 or 971")
    try:
        override = RadiiOverride.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "values"
        raise RadiiFileError(f"{path}: department {code}, {field}: {first['msg']}") from error
    return tuple(override.model_dump(exclude_none=True).items())


def _csv_rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines, restkey="surplus"))
    if any("code" not in row for row in rows):
        raise ValueError("the header needs a column code")
    if len({row["code"] for row in rows}) < len(rows):
        raise ValueError("a department has two lines")
    return {row["code"]: {k: v for k, v in row.items() if v and k != "code"} for row in rows}


def _stamp(name: str) -> tuple[str, int, int]:
    try:
        stat = os.stat(name)  # noqa: PTH116 - a stat a search, kept as cheap as it can be
    except OSError:
        return (name, 0, 0)
    return (name, stat.st_mtime_ns, stat.st_size)
