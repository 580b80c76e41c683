"""The recipe of a set: every department in turn, then the manifest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from geography.departments import departments
from geography.distance import distance_km
from geography.gazetteer import load_gazetteer
from simulation.defect_injection import DefectInjector
from simulation.department import DepartmentWriter
from simulation.files import write_whole
from simulation.outputs import Outputs
from simulation.places import marketplace
from simulation.places.territory import GeneratedTerritory, build_territory
from simulation.run import GenerationRun
from simulation.scales import SCALES, DatasetScale, ScaleName
from simulation.slots.calendar import format_utc_instant
from simulation.tally import DatasetTally

FORMAT = 1
"""Version of the layout of ``manifest.json``."""
NEIGHBOURS = 2
NEIGHBOUR_KM = 1600.0
"""Longest distance of a second practice in another department: Mayotte from Réunion."""

Progress = Callable[[str, int, int], None]
"""(department, how many are done, how many in all), called after each department."""


class DepartmentNotInGazetteerError(ValueError):
    """A department that the gazetteer does not have."""


class NotEmptyError(ValueError):
    """The directory to write to already holds something."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a set; the bytes written depend on nothing else.

    ``now`` is aware, its seconds are dropped. ``departments`` empty means those of the scale.
    ``defects`` is the share of rows damaged, 0 for a healthy set.
    """

    scale: ScaleName
    seed: int
    now: datetime
    departments: tuple[str, ...] = ()
    defects: float = 0.0


def generate_dataset(
    options: Options, out: Path, progress: Progress | None = None
) -> dict[str, Any]:
    """Write a set into an empty or new directory; the manifest, which is written last.

    Raises ``DepartmentNotInGazetteerError`` or ``NotEmptyError`` before anything is written.
    """
    scale, now = SCALES[options.scale], options.now.replace(second=0, microsecond=0)
    codes = select_departments(options.departments, scale)
    if out.exists() and any(out.iterdir()):
        raise NotEmptyError(f"{out} is not empty: give a new directory")
    tally, planter = DatasetTally(), DefectInjector(options.seed, options.defects, now)
    with Outputs(out, now, planter) as outputs:
        run = GenerationRun(options.seed, scale, now, outputs, tally)
        for rank, code in enumerate(codes):
            DepartmentWriter(run, _territory(code), list(neighbours(code, codes))).write()
            if progress is not None:
                progress(code, rank + 1, len(codes))
        for entry in marketplace.dispatch_softwares():
            outputs.write_line("lrm", entry)
        outputs.finish()
        tally.slots.update(outputs.responses.slots)
    manifest = _manifest(options, run, codes, planter)
    write_whole(out / "manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return manifest


def select_departments(requested: Sequence[str], scale: DatasetScale) -> tuple[str, ...]:
    """The departments to generate, by code; raises ``DepartmentNotInGazetteerError``."""
    everywhere = sorted(c for c in departments() if load_gazetteer().in_department(c))
    wanted = requested or scale.departments or everywhere
    unknown = sorted(set(wanted) - set(everywhere))
    if unknown:
        raise DepartmentNotInGazetteerError(
            f"no department {', '.join(unknown)}; codes look like 01, 2A, 75, 974"
        )
    return tuple(sorted(set(wanted)))


def neighbours(code: str, codes: Sequence[str]) -> Iterator[GeneratedTerritory]:
    """The nearest departments of the set, where second practices may be."""
    here = departments()[code]
    others = [departments()[other] for other in codes if other != code]
    far = {d.code: distance_km(here.lat, here.lon, d.lat, d.lon) for d in others}
    near = sorted((km, other) for other, km in far.items() if km <= NEIGHBOUR_KM)
    return (_territory(other) for _, other in near[:NEIGHBOURS])


@cache
def _territory(code: str) -> GeneratedTerritory:
    return build_territory(code)


def _manifest(
    options: Options, run: GenerationRun, codes: tuple[str, ...], injector: DefectInjector
) -> dict[str, Any]:
    tally = run.tally
    return {
        "format": FORMAT,
        "seed": options.seed,
        "scale": options.scale.value,
        "now": format_utc_instant(run.now),
        "departments": list(codes),
        "defects": options.defects,
        "offers": dict(sorted(tally.offers.items())),
        "people": dict(sorted(tally.people.items())),
        "slots": dict(sorted(tally.slots.items())),
        "cases": dict(sorted(tally.cases.items())),
        "examples": dict(sorted(tally.examples.items())),
        "planted": injector.injected,
        "files": run.outputs.summaries(),
    }
