"""What the commands of the index say to people: tables and sentences."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from indexers import runs
from indexers.gate import shortened
from indexers.reindex import Report, changes


def report(done: Report, dry_run: bool) -> Group:
    """What a reindex did, or would do."""
    parts: list[RenderableType] = [_changes(done), *_slots(done.slots), *_aside(done.quarantine)]
    parts += [f"[yellow]Accepted: {escape(problem)}.[/]" for problem in shortened(done.accepted)]
    parts += [f"[red]The gate would stay closed: {escape(p)}.[/]" for p in shortened(done.refused)]
    if dry_run:
        parts.append("Dry run: nothing was written.")
    else:
        kept = done.live_before or "none"
        parts.append(f"{done.index} is live. Kept for `sas rollback`: {kept}.")
    return Group(*parts)


def _changes(done: Report) -> Table:
    table = Table("offers", "live", "new", "change")
    for kind, counts in changes(done.offers, done.before).items():
        live, new = counts["live"], counts["new"]
        table.add_row(kind, f"{live:,}", f"{new:,}", f"{new - live:+,}")
    return table


def _slots(slots: Mapping[str, Any]) -> list[RenderableType]:
    if not slots:
        return []
    told = [f"{name.replace('_', ' ')} {value}" for name, value in slots.items() if value]
    return [escape("Slots: " + (", ".join(told) or "none") + ".")]


def _aside(quarantine: Mapping[str, Any]) -> list[RenderableType]:
    """One line for each source of which rows were set aside."""
    return [
        escape(f"{source}: {sum(counts['rejected'].values())} of {counts['read']} rows set aside")
        + " (sas quarantine)."
        for source, counts in quarantine.items()
        if counts["rejected"]
    ]


def load_report(done: Mapping[str, Any]) -> Group:
    """What a load did."""
    sentence = f"{done['source']}: {done['writes']:,} offers written in {done['index']}."
    return Group(escape(sentence), *_aside(done["quarantine"]))


def status(found: Mapping[str, Any]) -> Group:
    """The state of the index."""
    if found["live"] is None:
        return Group("No index is live: load data with `sas reindex --from DIR`.")
    table = Table("offers", "count")
    for kind, count in sorted(found["kinds"].items()):
        table.add_row(kind, f"{count:,}")
    table.add_row("all", f"{found['total']:,}")
    kept = ", ".join(found["kept"]) or "none"
    sentence = f"{found['live']} is live behind {found['alias']}, schema {found['schema']}."
    return Group(sentence, table, f"Kept: {kept}.", _trail(found["trail"]))


def _trail(entries: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("when", "what", "index", "who")
    for entry in entries:
        when = f"{entry['at']:%Y-%m-%d %H:%M:%S} UTC"
        table.add_row(when, str(entry["event"]), entry["index"], escape(entry["actor"]))
    return table


def quarantine(run: Path, rows: Sequence[Mapping[str, Any]], limit: int) -> Group:
    """The rows a run set aside."""
    if not rows:
        return Group(f"Run {run.name} set no row aside.")
    table = Table("source", "line", "reason", "why", "row")
    for row in rows[:limit]:
        raw = escape(row["raw"][:200])
        table.add_row(row["source"], str(row["line"]), row["reason"], row["explanation"], raw)
    more = f" The first {limit} are shown; --json gives all." if len(rows) > limit else ""
    where = run / runs.QUARANTINE
    return Group(table, f"{len(rows):,} rows in {escape(str(where))}.{more}")


def formats(descriptions: Mapping[str, str]) -> Table:
    """The formats of ours."""
    table = Table("format", "one line is")
    for name, sentence in descriptions.items():
        table.add_row(name, escape(sentence))
    return table
