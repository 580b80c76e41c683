"""The line of an agenda's file: an agenda whose slots agree with each other."""

from collections import Counter

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mappings.agenda.formats import AgendaFormat
from mappings.agenda.overlaps import list_overlaps


class AgendaLine(AgendaFormat):
    """The SAS agenda of one professional: all its slots, at all places."""

    @model_validator(mode="after")
    def slots_agree(self) -> "AgendaLine":
        """No two slots at the same time, none twice."""
        if met := next(list_overlaps(self.slots), None):
            hours = f"{met.slot.start}-{met.slot.end}", f"{met.other.start}-{met.other.end}"
            raise PydanticCustomError(
                "agenda_overlap",
                "slots overlap on {day}: {first} and {second}",
                {"day": str(met.day), "first": hours[0], "second": hours[1]},
            )
        ids = Counter(slot.id for slot in self.slots if slot.id)
        if ids and max(ids.values()) > 1:
            raise PydanticCustomError("agenda_id_twice", "two slots have one id")
        return self
