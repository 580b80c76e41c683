"""docs/reference/index-fields.md, from the mapping and the docstrings of the records."""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.offers import SCHEMA_VERSION, offers_mapping
from mappings.records import Offer, StoredSlot
from tests.documents.tables import NOTICE, attribute_docstrings, markdown_table

INTRODUCTION = f"""# Fields of the index

{NOTICE}

Schema version {SCHEMA_VERSION}. One document per offer; its slots are nested in it. A field whose
value is unknown is absent. A *shown* field is returned and cannot be searched. Instants are UTC
text.
"""


def index_fields_page() -> str:
    """The whole page."""
    properties = offers_mapping()["properties"]
    slots = properties["slots"]["properties"]
    return "\n".join(
        [
            INTRODUCTION,
            f"## Offer\n\n{fields_table(properties, attribute_docstrings(Offer))}\n",
            f"## Slot\n\n{fields_table(slots, attribute_docstrings(StoredSlot))}\n",
        ]
    )


def fields_table(properties: Mapping[str, Any], documented: Mapping[str, str]) -> str:
    """Name, type, use and meaning of each field."""
    rows = [
        (f"`{name}`", field_type(field), field_use(field), documented.get(name, ""))
        for name, field in properties.items()
    ]
    return markdown_table(("field", "type", "use", "meaning"), rows)


def field_type(field: Mapping[str, Any]) -> str:
    """The Elasticsearch type of a field."""
    return str(field.get("type", "object"))


def field_use(field: Mapping[str, Any]) -> str:
    """Whether a field is searched, only read by aggregations and sorts, or only shown."""
    shown_text = field.get("type") == "text" and not field.get("index", True)
    if shown_text or field.get("enabled") is False:
        return "shown"
    if field.get("index", True):
        return "searched"
    return "shown" if field.get("doc_values") is False else "counted, sorted"


def find_undocumented_fields() -> Iterator[str]:
    """Fields of the mapping whose record has no docstring."""
    properties = offers_mapping()["properties"]
    yield from sorted(set(properties) - set(attribute_docstrings(Offer)))
    slots = set(properties["slots"]["properties"]) - set(attribute_docstrings(StoredSlot))
    yield from (f"slots.{name}" for name in sorted(slots))
