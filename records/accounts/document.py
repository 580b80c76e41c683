"""Accounts and the reports of files as plain values: what commands and routes answer."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from mappings.instants import utc_text
from records.accounts.store import LineReport, Outcome
from records.accounts.values import PersonAccount


def describe_account(account: PersonAccount) -> dict[str, Any]:
    """An account; None for what it does not have."""
    values = account.values
    return {
        "id": account.id,
        "national_id": values.national_id,
        "email": values.email,
        "family": values.family,
        "given": values.given,
        "roles": sorted(values.roles),
        "territories": sorted(values.territories),
        "delegations": sorted(values.delegations),
        "structures": sorted(values.structures),
        "active": account.active,
        "version": account.version,
        "updated_at": utc_text(account.updated_at),
        "updated_by": account.updated_by,
    }


def describe_reports(reports: Iterable[LineReport]) -> dict[str, Any]:
    """How many lines became what, and each of them."""
    lines = [
        {"line": one.number, "outcome": one.outcome.value, "reason": one.reason or None}
        for one in reports
    ]
    counts = Counter(line["outcome"] for line in lines)
    return {**{outcome.value: counts[outcome.value] for outcome in Outcome}, "lines": lines}
