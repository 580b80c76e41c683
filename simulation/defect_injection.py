"""Which rows are damaged, at the stated rate, and the record of each for the manifest.

The first rows of a kind meet every defect once, one row in ``STRIDE``, so that a small set is
complete; from then on defects are planted at the rate. Our own files are short: their damaged
lines come on top of the healthy ones, all of them after the first line.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from simulation.defects import fhir, rpps
from simulation.defects.catalogue import build_catalogue
from simulation.defects.kinds import Defect
from simulation.draws import stream

STRIDE = 5
IDENTIFIERS = ("rpps", "finess", "siret", "key", "origin", "slot", "editor")
RPPS_AT = 1


class DefectInjector:
    """Damages rows as they are written; a rate of 0 damages none."""

    def __init__(self, seed: int, rate: float, now: datetime) -> None:
        self.rate = rate
        self.injected: list[dict[str, Any]] = []
        self._rng = stream(seed, "defects")
        self._defects = build_catalogue(now)
        self._pending = {kind: list(defects) for kind, defects in self._defects.items()}
        self._row_counts: Counter[str] = Counter()

    def damage(self, kind: str, file: str, line: int, row: Any) -> Any:
        """The damaged form of a row, None to leave it alone; what is planted is recorded."""
        found = self._inject(kind, row)
        if found is None:
            return None
        defect, damaged = found
        self._record(defect, file, {"line": line + defect.offset, "id": _identifier(kind, row)})
        return damaged

    def lines_after(self, kind: str, file: str, line: int, row: Any) -> list[Any]:
        """Damaged copies of a row to write after it, in lines of their own."""
        if not self.rate:
            return []
        waiting, self._pending[kind] = self._pending[kind], []
        if not waiting and self._rng.random() < self.rate:
            waiting = [self._rng.choice(self._defects[kind])]
        pairs = [(defect, defect.damage(row, self._rng)) for defect in waiting]
        found = [pair for pair in pairs if pair[1] is not None]
        for rank, (defect, _) in enumerate(found):
            where = {"line": line + 1 + rank + defect.offset, "id": _identifier(kind, row)}
            self._record(defect, file, where)
        return [damaged for _, damaged in found]

    def damage_page(self, file: str, page: dict[str, Any]) -> dict[str, Any] | None:
        """A page of an editor's answer with some of its slots damaged, None without any."""
        copy = fhir.copy_page(page)
        count = len(self.injected)
        for slot in fhir.page_slots(copy):
            found = self._inject("fhir", (slot, copy))
            if found is not None:
                self._record(found[0], file, {"slot": slot["id"]})
        return copy if len(self.injected) > count else None

    def damage_header(self, file: str) -> bytes | None:
        """The header of the activities with a BOM and renamed columns."""
        if not self.rate:
            return None
        self._record(rpps.RENAMED_HEADER, file, {"line": 1})
        return rpps.build_renamed_header()

    def cut_last_line(self, file: str, line: int, row: list[str]) -> bytes | None:
        """A last line of the activities that the download cut."""
        if not self.rate:
            return None
        self._record(rpps.CUT, file, {"line": line})
        return rpps.cut_line(row)

    def _inject(self, kind: str, row: Any) -> tuple[Defect, Any] | None:
        if not self.rate or not self._is_due(kind):
            return None
        waiting = self._pending[kind]
        for defect in [*waiting, *self._shuffle_others(kind, waiting)]:
            damaged = defect.damage(row, self._rng)
            if damaged is not None:
                if defect in waiting:
                    waiting.remove(defect)
                return defect, damaged
        return None

    def _is_due(self, kind: str) -> bool:
        self._row_counts[kind] += 1
        if self._pending[kind] and self._row_counts[kind] % STRIDE == 1:
            return True
        return self._rng.random() < self.rate

    def _shuffle_others(self, kind: str, waiting: list[Defect]) -> list[Defect]:
        others = [defect for defect in self._defects[kind] if defect not in waiting]
        self._rng.shuffle(others)
        return others

    def _record(self, defect: Defect, file: str, where: dict[str, Any]) -> None:
        record = {
            "file": file,
            **where,
            "defect": defect.name,
            "trap": defect.trap,
            "treatment": defect.treatment.value,
            "reason": str(defect.reason),
            "changes": list(defect.changes),
        }
        self.injected.append(record)


def _identifier(kind: str, row: Any) -> str:
    if kind in ("activities", "skills"):
        return str(row[RPPS_AT])
    if kind == "finess":
        return str(row["ege"][0]["informationsGeneralesEGE"]["numFinessEge"])
    if isinstance(row, dict):
        return next((str(row[name]) for name in IDENTIFIERS if row.get(name)), "")
    return str(row[0])
