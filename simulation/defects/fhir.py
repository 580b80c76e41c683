"""Faults of editors' answers, planted in one slot of a page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from simulation.defects.kinds import Defect, Treatment
from simulation.people.numbers import luhn_key

Json = dict[str, Any]

UNKNOWN_RPPS = "899999999" + "99"
"""An unused RPPS, without its key."""


def _set(**values: object) -> Callable[[Json, Json], bool]:
    def damage(slot: Json, _: Json) -> bool:
        slot.update(values)
        return True

    return damage


def _move_days(days: int) -> Callable[[Json, Json], bool]:
    def damage(slot: Json, _: Json) -> bool:
        for name in ("start", "end"):
            moment = datetime.fromisoformat(slot[name]) + timedelta(days=days)
            slot[name] = moment.isoformat(timespec="milliseconds")
        return True

    return damage


def _zero_length(slot: Json, _: Json) -> bool:
    slot["end"] = slot["start"]
    return True


def _negative(slot: Json, _: Json) -> bool:
    slot["start"], slot["end"] = slot["end"], slot["start"]
    return True


def _no_offset(slot: Json, _: Json) -> bool:
    slot["start"] = slot["start"][:19]
    return True


def _no_type(slot: Json, _: Json) -> bool:
    del slot["meta"]["security"]
    return True


def _lower_type(slot: Json, _: Json) -> bool:
    for coding in slot["meta"]["security"]:
        coding["code"] = coding["code"].lower()
    return True


def _orphan_cpts(slot: Json, _: Json) -> bool:
    """Only for the CPTS, and no CPTS named."""
    slot["meta"]["security"][0]["code"] = "CPTS"
    del slot["meta"]["security"][1:]
    slot["serviceType"] = [one for one in slot["serviceType"] if "extension" not in one]
    return True


def _assign_to_unknown(slot: Json, page: Json) -> bool:
    """Assign the slot to an unrequested professional, through a schedule of their own."""
    if page["entry"][0]["search"]["mode"] != "match":
        return False
    key = f"inconnu-{slot['id']}"
    number = UNKNOWN_RPPS[1:]
    person = {
        "resourceType": "Practitioner",
        "id": key,
        "identifier": [
            {
                "system": "urn:oid:1.2.250.1.71.4.2.1",
                "value": "8" + number + luhn_key(number),
            }
        ],
    }
    schedule = {
        "resourceType": "Schedule",
        "id": key,
        "actor": [{"reference": f"Practitioner/{key}"}],
    }
    page["entry"] += [{"resource": person}, {"resource": schedule}]
    slot["schedule"] = {"reference": f"Schedule/{key}"}
    return True


def _bare_cpts(slot: Json, page: Json) -> bool:
    """The FINESS of the page's CPTS without their prefix; all pages would have to agree."""
    several_pages = len(page["link"]) > 1 or "page=" in page["link"][0]["url"]
    if several_pages or not any("extension" in one for one in slot["serviceType"]):
        return False
    for entry in page["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "Organization":
            identifier = resource["identifier"][0]
            identifier["value"] = identifier["value"][-9:]
    return True


def _slot_defect(name: str, trap: str, damage: Callable[[Json, Json], bool], reason: str) -> Defect:
    return Defect(name, trap, Treatment.REJECTED, _on_slot(damage), reason)


def _on_slot(damage: Callable[[Json, Json], bool]) -> Callable[..., Any]:
    """A damage of (slot, page), both changed in place; None when it does not apply."""
    return lambda pair, _rng: pair if damage(*pair) else None


SLOTS = (
    _slot_defect("past", "58", _move_days(-4), "past"),
    _slot_defect("after_window", "58", _move_days(12), "after_window"),
    _slot_defect("zero_length", "58", _zero_length, "end_not_after_start"),
    _slot_defect("negative", "58", _negative, "end_not_after_start"),
    _slot_defect("no_offset", "58", _no_offset, "no_offset"),
    _slot_defect("no_instant", "58", _set(start="2026-13-45T99:00:00Z"), "bad_instant"),
    _slot_defect("busy", "-", _set(status="busy"), "not_free"),
    _slot_defect("no_type", "-", _no_type, "no_type"),
    _slot_defect("no_schedule", "-", _set(schedule={"reference": "Schedule/x"}), "no_schedule"),
    _slot_defect("orphan_cpts", "-", _orphan_cpts, "cpts_without_organization"),
    _slot_defect("unasked", "59", _assign_to_unknown, "not_asked"),
    Defect("lower_type", "-", Treatment.CLEANED, _on_slot(_lower_type)),
    Defect("bare_cpts", "60", Treatment.CLEANED, _on_slot(_bare_cpts)),
)


def copy_page(page: Json) -> Json:
    """A page that may be changed."""
    copy: Json = orjson.loads(orjson.dumps(page))
    return copy


def page_slots(page: Json) -> list[Json]:
    """The Slot resources of a page."""
    resources = (entry["resource"] for entry in page.get("entry", ()))
    return [one for one in resources if one["resourceType"] == "Slot"]
