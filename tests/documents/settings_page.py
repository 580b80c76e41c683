"""docs/reference/settings.md, from the settings classes and their attribute docstrings."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from api.settings import ApiSettings
from cli.notification.settings import NotifySettings
from elastic.settings import ElasticSettings
from geography.geocoding.settings import GeocoderSettings
from geography.radii_file import VARIABLE as RADII_VARIABLE
from indexers.fetch.settings import FetchSettings
from records.settings import RecordsSettings
from search_engine.request.profiles import FILE_VARIABLE as PROFILES_VARIABLE
from tests.documents.tables import NOTICE, attribute_docstrings, markdown_table

SECTIONS: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("Elasticsearch, folders", ElasticSettings),
    ("Records", RecordsSettings),
    ("API", ApiSettings),
    ("Address service", GeocoderSettings),
    ("Downloads: `sas fetch`", FetchSettings),
    ("Notification of failures", NotifySettings),
)
FILES = (
    (RADII_VARIABLE, "JSON or CSV file of search radii ([radii](radii.md)); read at change"),
    (
        PROFILES_VARIABLE,
        "TOML file of ranking profiles; replaces `search_engine/request/profiles.toml`",
    ),
)
INTRODUCTION = f"""# Settings

{NOTICE}

Every setting is an environment variable; an empty value counts as unset. A value that cannot be
read stops the command with the name of the variable, never its value.
"""
COMPUTED = {
    "state_dir": "`~/.local/share/sas-search-engine`; for root `/var/lib/sas-search-engine`"
}


def settings_page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for title, settings in SECTIONS:
        parts.append(f"## {title}\n\n{settings_table(settings)}\n")
    head = ("variable", "meaning")
    files = markdown_table(head, [(f"`{name}`", meaning) for name, meaning in FILES])
    return "\n".join([*parts, f"## Files of numbers\n\n{files}\n"])


def settings_table(settings: type[BaseSettings]) -> str:
    """Variable, values, default and meaning of each setting of a class."""
    documented = attribute_docstrings(settings)
    rows = [
        (f"`{variable}`", values, default, documented.get(name, ""))
        for name, variable, values, default in describe_settings(settings)
    ]
    return markdown_table(("variable", "values", "default", "meaning"), rows)


def describe_settings(settings: type[BaseSettings]) -> list[tuple[str, str, str, str]]:
    """Attribute, variable, values and default of each setting."""
    prefix = settings.model_config.get("env_prefix", "")
    return [
        (
            name,
            variable_name(prefix, name, field.validation_alias),
            describe_type(field.annotation),
            COMPUTED.get(name) or describe_default(field.default),
        )
        for name, field in settings.model_fields.items()
    ]


def variable_name(prefix: str, name: str, alias: Any) -> str:
    """The environment variable of a setting: its alias, else the prefix and its name."""
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"{prefix}{name}".upper()


def describe_type(annotation: Any) -> str:
    """The values that a setting takes, in words."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return describe_type(get_args(annotation)[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if origin in (Union, UnionType):
        return describe_type(next(a for a in get_args(annotation) if a is not NoneType))
    if origin is tuple:
        return "JSON list"
    names = {
        "SecretStr": "secret",
        "Path": "path",
        "str": "text",
        "int": "integer",
        "float": "number",
    }
    return names[annotation.__name__]


def describe_default(default: Any) -> str:
    """The default as one would write it; empty when there is none."""
    if default is None or default is PydanticUndefined or default == "":
        return ""
    if isinstance(default, tuple):
        listed = ", ".join(f'"{value}"' for value in default)
        return f"`[{listed}]`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
