"""An orientation as plain values: what commands and routes answer."""

from typing import Any

from mappings.instants import utc_text
from records.orientations.values import Orientation


def describe_orientation(one: Orientation) -> dict[str, Any]:
    """An orientation with its life; instants in UTC, None for what it does not have."""
    return {
        "id": one.id,
        "kind": one.request.kind.value,
        "state": one.state.value,
        "offer": one.request.offer,
        "slot": one.request.slot,
        "start": one.start and utc_text(one.start),
        "timezone": one.timezone,
        "recipient": {
            "kind": one.recipient.kind,
            "identifier": one.recipient.identifier,
            "department": one.recipient.department,
            "territory": one.recipient.territory,
        },
        "regulator": one.regulator,
        "regulator_role": one.regulator_role,
        "regulator_territory": one.regulator_territory,
        "version": one.version,
        "life": [
            {"state": event.state.value, "at": utc_text(event.at), "by": event.by}
            for event in one.life
        ],
    }
