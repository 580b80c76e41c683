"""An editor that answers without a pause, as ``sas slots import`` writes it, in its own process.

Arguments: address, alias, RPPS. One line of JSON for each answer once it is acknowledged: the RPPS
and the minute at which the only slot of the answer begins; None when it has none.
"""

import json
import random
import sys
from datetime import UTC, datetime
from typing import Any

from elastic.client import sync_client
from mappings.records import CanonicalSlot
from slots.loading.importing import import_answer
from slots.loading.requests import SourceAnswer
from tests.indexers.file_set import NOW, rang

EDITOR = "acme"
EMPTY_EVERY = 7
"""One answer of so many takes the slot back."""


def main(url: str, alias: str, rpps_list: list[str]) -> None:
    """Answer until killed, or until the output is closed."""
    chance = random.Random(7)
    with sync_client(url) as client:
        number = 0
        while True:
            number += 1
            rpps, minute = chance.choice(rpps_list), number % 600
            begins = None if number % EMPTY_EVERY == 0 else minute
            slots = [] if begins is None else [slot(rpps, begins)]
            answer = SourceAnswer(EDITOR, [rpps], slots, datetime.now(UTC))
            import_answer(client, alias, answer, NOW, refresh=False)
            print(json.dumps({"rpps": rpps, "minute": begins}), flush=True)


def slot(rpps: str, minute: int) -> CanonicalSlot:
    """A slot of ten minutes that begins so many minutes after ten o'clock."""
    found: dict[str, Any] = {
        "slot": str(minute),
        "start": f"2026-11-23T{instant(minute)}:00Z",
        "end": f"2026-11-23T{instant(minute + 10)}:00Z",
        "types": ["PUBLIC"],
        "practitioner": {"idnps": f"8{rpps}"},
        "structure": {"idnst": f"4{rang(rpps)}", "kind": "RPPS_RANG"},
    }
    return found  # type: ignore[return-value]


def instant(minute: int) -> str:
    """Hours and minutes, so many minutes after ten o'clock."""
    return f"{10 + minute // 60:02}:{minute % 60:02}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
