"""Damaged answers made from the guide's examples: small pure functions, each returns a copy."""

import json
from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.instants import parse_instant
from slots.fhir.parser import ParsedAnswer, parse_pages

FHIR = Path(__file__).parents[1] / "fixtures" / "fhir"
Json = dict[str, Any]
GONE = object()
"""As a value of ``edited``: the key is removed."""

THOMAS, MARCEL, FORET = "810100050075", "810002673899", "810002909371"
RENNES, LORIENT = "334173748400020", "392080466300010"


@dataclass(frozen=True)
class GuideExample:
    """A published example, its flow, an instant before its slots, and who was asked for."""

    file: str
    flow: str
    now: str
    requested_ids: tuple[str, ...]

    def bundle(self) -> Json:
        """A fresh copy of the example."""
        found: Json = json.loads((FHIR / self.file).read_bytes())
        return found

    def parse(
        self,
        *pages: Json | bytes,
        now: str = "",
        requested_ids: Collection[str] | None = (),
        **options: Any,
    ) -> ParsedAnswer:
        """The answer read in the conditions of the example."""
        ids = self.requested_ids if requested_ids == () else requested_ids
        return parse_pages(
            pages, options.pop("flow", self.flow), parse_instant(now or self.now), ids, **options
        )


PS = GuideExample("ps-searchset.json", "R01", "2021-11-04T14:19:35.760+00:00", (THOMAS, MARCEL))
CPTS = GuideExample("cpts1-searchset.json", "R04", "2024-06-12T16:20:00+02:00", (FORET,))
SOS = GuideExample("sos-searchset.json", "SOS1", "2023-08-18T09:00:00+02:00", (RENNES, LORIENT))

SLOT1, SLOT3 = "Slot/ExampleSlotPSIndiv1", "Slot/ExampleSlotPSIndiv3"
CPTS_SLOT = "Slot/ExampleSlotCPTS1"
SOS_SLOT = "Slot/ExampleSlotSOS1"


def resource(bundle: Json, key: str) -> Json:
    """The resource of ``Type/id``."""
    return next(e["resource"] for e in bundle["entry"] if resource_key(e["resource"]) == key)


def resource_key(found: Json) -> str:
    """``Type/id`` of a resource."""
    return f"{found['resourceType']}/{found['id']}"


def edit_resource(bundle: Json, key: str, **values: Any) -> Json:
    """The bundle with elements of one resource replaced, or removed when ``GONE``."""
    return change_resource(bundle, key, lambda found: _replace(found, values))


def _replace(found: Json, values: Json) -> None:
    for name, value in values.items():
        if value is GONE:
            found.pop(name, None)
        else:
            found[name] = value


def change_resource(bundle: Json, key: str, change: Callable[[Json], Any]) -> Json:
    """The bundle with one resource changed in place by ``change``."""
    copy = deepcopy(bundle)
    change(resource(copy, key))
    return copy


def without(bundle: Json, *keys: str) -> Json:
    """The bundle without some resources."""
    kept = [e for e in bundle["entry"] if resource_key(e["resource"]) not in keys]
    return with_total({**deepcopy(bundle), "entry": deepcopy(kept)})


def with_total(bundle: Json) -> Json:
    """The bundle with the total of its Slots, as the guide counts them."""
    kinds = [e["resource"]["resourceType"] for e in bundle["entry"]]
    return {**bundle, "total": kinds.count("Slot")}


def plus(bundle: Json, *entries: Any) -> Json:
    """The bundle with raw entries added at its end."""
    return {**deepcopy(bundle), "entry": [*deepcopy(bundle["entry"]), *deepcopy(entries)]}


def entry(found: Json, url: str | None = None) -> Json:
    """An entry for a resource; without ``url`` it has no fullUrl."""
    return {"resource": found} if url is None else {"fullUrl": url, "resource": found}


def copy_resource(bundle: Json, key: str, **values: Any) -> Json:
    """A copy of one resource with other values."""
    found = deepcopy(resource(bundle, key))
    _replace(found, values)
    return found


def only(bundle: Json, *keys: str) -> Json:
    """The bundle with the Slots of ``keys`` only; its other resources stay."""
    kept = [
        e
        for e in bundle["entry"]
        if e["resource"]["resourceType"] != "Slot" or resource_key(e["resource"]) in keys
    ]
    return with_total({**deepcopy(bundle), "entry": deepcopy(kept)})


def codeable_concepts(system: str, *codes: str) -> list[Json]:
    """CodeableConcepts of one coding each."""
    return [{"coding": [{"system": system, "code": code}]} for code in codes]


def rejection_reasons(answer: ParsedAnswer) -> dict[str, str]:
    """Refused slots with their reason."""
    return {row["slot"]: row["reason"] for row in answer.rejected}


def slot_ids(answer: ParsedAnswer) -> list[str]:
    """Ids of the slots let through, in order."""
    return [slot["slot"] for slot in answer.slots]


def first(answer: ParsedAnswer) -> Any:
    """The only slot of an answer."""
    assert len(answer.slots) == 1, answer
    return answer.slots[0]
