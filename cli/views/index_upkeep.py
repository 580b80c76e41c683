"""Results of the upkeep of the indices, as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from cli.terminal_text import flatten_text
from elastic.names import IndexName
from elastic.schema import MigrationKind
from indexers.upkeep.indices import Migration, RollbackPlan
from mappings.schema_history import describe_changes
from records.trail.audit import AuditEntry

OMITTED_DETAILS = ("index", "live_before")
"""Details that other columns and lines of the trail show; ``--json`` has them."""


def history(trail: Sequence[AuditEntry]) -> RenderableType:
    """The trail, a line an event."""
    if not trail:
        return "Nothing of the kind was recorded."
    table = Table("when", "what", "index", "who", "counts")
    for entry in trail:
        when = f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"
        counts = escape(flatten_text(", ".join(_counts(entry.details))))
        table.add_row(
            when, entry.event.value, entry.index, escape(flatten_text(entry.actor)), counts
        )
    return table


def _counts(details: Mapping[str, Any]) -> list[str]:
    """The plain values of a line, and offers by kind as they went from live to new."""
    shown = {key: value for key, value in details.items() if key not in OMITTED_DETAILS}
    plain = [f"{key} {value}" for key, value in shown.items() if value and not _is_nested(value)]
    kinds = details.get("kinds", {}).items()
    return [*plain, *(f"{kind} {counts['live']} -> {counts['new']}" for kind, counts in kinds)]


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def prune_preview(found: Sequence[IndexName], keep: int) -> str:
    """What a prune would delete."""
    if not found:
        return "Nothing to prune."
    names = "".join(f"\n  {name}" for name in found)
    warning = " No index to roll back to will be left." if keep == 0 else ""
    return f"Would be deleted:{names}\nKept: the live index and {keep} before it.{warning}"


def prune_result(gone: Sequence[IndexName]) -> str:
    """What a prune deleted."""
    return f"Deleted: {', '.join(map(str, gone))}." if gone else "Nothing to prune."


def migration(done: Migration) -> str:
    """The live index beside the schema of this program."""
    gap, index = done.gap, done.index
    if gap.migration_kind is MigrationKind.NOTHING:
        return f"{index} has the schema of this program, {gap.wanted_version}: nothing to do."
    fields = ", ".join(gap.added)
    if gap.migration_kind is MigrationKind.ADDITIVE:
        verb = "were added to" if done.applied else "would be added to"
        versions = f"schema {gap.live_version} -> {gap.wanted_version}"
        return f"{fields} {verb} {index} ({versions}); empty until the next `sas reindex`."
    why = ", ".join(gap.differing) or "the version alone"
    new = f" New fields: {fields}." if fields else ""
    changes = "".join(f" {one}" for one in describe_changes(gap.live_version, gap.wanted_version))
    return (
        f"{index} has schema {gap.live_version}, this program {gap.wanted_version}. What differs: "
        f"{why}.{new}{changes} It cannot be changed in place: run `sas reindex --from DIR`."
    )


def rollback_plan(plan: RollbackPlan) -> Group:
    """What a rollback would leave and make live."""
    table = Table("offers", "live now", "live again")
    left, live = plan.offers_left.kinds, plan.offers_live.kinds
    for kind in sorted({*left, *live}):
        table.add_row(kind, f"{left.get(kind, 0):,}", f"{live.get(kind, 0):,}")
    built = f"{plan.live.stamp:%Y-%m-%d %H:%M} UTC"
    parts: list[RenderableType] = [
        f"{plan.live}, built {built}, would be live again; {plan.left} would be kept.",
        table,
        "Its slots are those of then. What else differs: `sas diff`.",
    ]
    if not plan.searchable:
        parts.append(f"This program cannot search it: its schema is {plan.schema}.")
    return Group(*parts, "Dry run: nothing was changed.")
