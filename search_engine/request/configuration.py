"""Settings and files that every search needs, checked before the first one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from pydantic import ValidationError

from elastic.settings import BadSetting, read_elastic_settings
from geography.departments import departments
from geography.geocoding.settings import GeocoderSettings, geocoder_settings
from geography.radii_file import RadiiFileError
from search_engine.request.profiles import ProfilesFileInvalid, load_profiles

PREFIXES: Mapping[str, str] = MappingProxyType(
    {GeocoderSettings.__name__: str(GeocoderSettings.model_config.get("env_prefix", ""))}
)
"""Prefix of the variables of a settings class where it is not ``SAS_``."""


FILE_ERRORS: tuple[type[Exception], ...] = (BadSetting, ProfilesFileInvalid, RadiiFileError)
"""Errors whose sentence already names the file or variable and its correction."""


class BadConfigurationError(Exception):
    """A variable or a file of the operator cannot be used; the message names it and the reason."""


def check_search_settings() -> None:
    """Read the settings and tables of a search: Elasticsearch, geocoder, profiles, departments.

    Raises ``BadConfigurationError`` for the first one that cannot be used.
    """
    with translate_setting_errors():
        read_elastic_settings()
        geocoder_settings()
        load_profiles()
        departments()


@contextmanager
def translate_setting_errors(*file_errors: type[Exception]) -> Iterator[None]:
    """Raise ``BadConfigurationError`` for an invalid variable or file.

    ``file_errors``: errors treated like ``FILE_ERRORS``.
    """
    try:
        yield
    except ValidationError as error:
        raise BadConfigurationError(_describe_faults(error)) from error
    except (*FILE_ERRORS, *file_errors) as error:
        raise BadConfigurationError(str(error)) from error


def _describe_faults(error: ValidationError) -> str:
    """Names of the variables and what is wrong; never their values, which may be keys."""
    prefix = PREFIXES.get(error.title, "SAS_")
    faults = "; ".join(
        "".join(f"{prefix}{name}".upper() + ": " for name in fault["loc"][:1]) + fault["msg"]
        for fault in error.errors()
    )
    return f"A setting cannot be read: {faults}. Correct or unset it."
