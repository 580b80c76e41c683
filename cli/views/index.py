"""Results of the commands of the index, as tables and sentences."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from cli.terminal_text import flatten_text
from cli.views.diff import differences
from indexers.quality.gate import truncate_problems
from indexers.quality.index_stats import IndexStats
from indexers.reindex.report import ReindexReport, compare_counts

SLOT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bearers": "offers with slots",
        "sources": "of each source",
        "slots": "stored",
        "answers": "editors' answers",
        "late": "persons of whom a later answer is live",
        "places_created": "places that only editors know",
        "unmatched": "left aside",
        "hidden": "stored but hidden",
        "rejected": "refused",
        "carried_to": "offers that keep their live slots",
        "replayed": "offers told of since the start",
    }
)
"""Labels of the counts of slots, by reason (docs/reference/sources/slots.md)."""


def report(done: ReindexReport, dry_run: bool) -> Group:
    """What a reindex did, or would do."""
    parts: list[RenderableType] = [
        _changes(done),
        *_slots(done.slots),
        *_quarantine_lines(done.quarantine),
    ]
    parts += [
        f"[yellow]Accepted: {escape(problem)}.[/]" for problem in truncate_problems(done.accepted)
    ]
    parts += [f"[yellow]Look at this: {escape(warning)}.[/]" for warning in done.warnings]
    parts += [
        f"[red]The gate would stay closed: {escape(p)}.[/]" for p in truncate_problems(done.refused)
    ]
    if dry_run:
        parts += [] if done.differences is None else differences(done.differences)
        parts.append("Dry run: nothing was written.")
    else:
        kept = done.live_before or "none"
        parts.append(f"{done.index} is live. Kept for `sas rollback`: {kept}.")
    return Group(*parts)


def format_count(number: int, noun: str) -> str:
    """``1 offer``, ``2,000 offers``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _changes(done: ReindexReport) -> Table:
    table = Table("offers", "live", "new", "change")
    for kind, counts in compare_counts(
        done.offers.kinds, (done.before or IndexStats()).kinds
    ).items():
        live, new = counts["live"], counts["new"]
        table.add_row(kind, f"{live:,}", f"{new:,}", f"{new - live:+,}")
    return table


def _slots(slots: Mapping[str, Any]) -> list[RenderableType]:
    """Numbers of slots and of their offers, then the reasons of the hidden ones."""
    if not slots:
        return []
    by_reason = {key: value for key, value in slots.items() if isinstance(value, Mapping)}
    counts = {SLOT_WORDS[key]: slots[key] for key in slots if key not in by_reason}
    lines = [f"Slots: {_format_counts(counts) or 'none'}."]
    lines += [
        f"Slots {SLOT_WORDS[key]}: {_format_counts(why)}." for key, why in by_reason.items() if why
    ]
    return [escape(line) for line in lines]


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)


def _quarantine_lines(quarantine: Mapping[str, Any]) -> list[RenderableType]:
    """One line for each source of which rows were set aside, or columns are not known."""
    lines: list[RenderableType] = []
    for source, counts in quarantine.items():
        if counts["rejected"]:
            rejected = sum(counts["rejected"].values())
            aside = f"{rejected:,} of {format_count(counts['read'], 'row')} set aside"
            lines.append(escape(f"{source}: {aside} (sas quarantine)."))
        if counts["unknown"]:
            names = flatten_text(", ".join(sorted(counts["unknown"])))
            lines.append(escape(f"{source}: columns not known and not read: {names}."))
    return lines


def load_report(done: Mapping[str, Any]) -> Group:
    """What a load did, or would do."""
    if done.get("dry_run"):
        return Group(*map(escape, _dry_load_lines(done)), *_quarantine_lines(done["quarantine"]))
    offers = format_count(done["writes"], "offer")
    sentence = f"{done['source']}: {offers} written in {done['index']}."
    return Group(escape(sentence), *_quarantine_lines(done["quarantine"]))


def _dry_load_lines(done: Mapping[str, Any]) -> list[str]:
    changes = format_count(done["changes"], "change")
    lines = [f"{done['source']}: {changes} would be made in {done['index']}; nothing was written."]
    counts = {"Outcomes": "outcomes", "Kinds": "kinds", "Fields": "fields"}
    return lines + [
        f"{name}: {_format_counts(done[key])}." for name, key in counts.items() if done[key]
    ]


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
    away = [found["records"]] if found["records"] else []
    told = [_sources(found["sources"]), _trail(found["trail"])]
    return Group(sentence, table, f"Kept: {kept}.", *(away or told))


def _sources(states: Sequence[Mapping[str, Any]]) -> Table:
    """The last load of each source, those past their bound in red."""
    table = Table("source", "rows", "as of", "loaded", "")
    for one in states:
        days = (f"{one['as_of']:%Y-%m-%d}", f"{one['loaded_at']:%Y-%m-%d %H:%M} UTC")
        late = "[red]stale[/]" if one["stale"] else ""
        table.add_row(escape(one["source"]), f"{one['rows']:,}", *days, late)
    return table


def _trail(entries: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("when", "what", "index", "who")
    for entry in entries:
        when = f"{entry['at']:%Y-%m-%d %H:%M:%S} UTC"
        table.add_row(
            when, str(entry["event"]), entry["index"], escape(flatten_text(entry["actor"]))
        )
    return table


def formats(descriptions: Mapping[str, str]) -> Table:
    """The formats of ours."""
    table = Table("format", "one line is")
    for name, sentence in descriptions.items():
        table.add_row(name, escape(sentence))
    return table
