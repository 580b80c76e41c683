"""What comes back of a hit: what a card may show, and nothing else."""

CARD_FIELDS = (
    *("id", "kind", "structure_kind", "title", "rpps", "family", "given", "profession"),
    *(
        "specialties",
        "sector",
        "optam",
        "vitale",
        "participant",
        "via",
        "cpts",
        "cpts_name",
        "accepts_beyond",
    ),
    *("association", "place_name", "lines", "postal_code", "city", "insee", "department", "point"),
    *("precision", "timezone", "phones", "hours", "additional_info", "sources"),
    *("absences", "always_absent"),
)
SLOT_FIELDS = (
    *("id", "start", "end", "types", "consultation", "appointment", "source", "cpts"),
    *("seats_max", "seats_left", "url", "reasons"),
)
SOURCE = [*CARD_FIELDS, *(f"slots.{field}" for field in SLOT_FIELDS)]
"""Fields asked of ``_source``."""
