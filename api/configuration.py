"""Is everything the environment says usable? Asked before serving, and told in one sentence."""

from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.security.api_keys import KeyFileInvalid, read_keys
from api.security.claims import ClaimsFileInvalid, load_claims
from api.security.jwks import AuthorityInvalid, resolve_tls_trust
from api.settings import ApiSettings, settings
from elastic.settings import BadSetting
from elastic.settings import read_elastic_settings as elastic_settings
from geography.departments import departments
from geography.geocoding.settings import GeocoderSettings, geocoder_settings
from geography.radii_file import RadiiFileError
from search_engine.request.profiles import ProfilesFileInvalid, load_profiles

PREFIXES = {
    kind.__name__: str(kind.model_config.get("env_prefix", ""))
    for kind in (ApiSettings, GeocoderSettings)
}


NOT_A_LIST = (
    "A setting cannot be read: SAS_DEV_NETWORKS: a JSON list of networks is expected, such as "
    '["127.0.0.0/8", "172.16.0.0/12"]. Correct or unset it.'
)
"""The only setting that is a list."""


class BadConfigurationError(Exception):
    """A variable or a file of the operator cannot be used; the message says which and why."""


FILE_FAULTS = (
    BadSetting,
    ProfilesFileInvalid,
    RadiiFileError,
    ClaimsFileInvalid,
    KeyFileInvalid,
    AuthorityInvalid,
)
"""Whose sentence already says which file and how to mend it."""


def load_valid_settings() -> ApiSettings:
    """The settings of the API, once every other setting is known to be usable.

    Raises ``BadConfigurationError``.
    """
    try:
        elastic_settings()
        geocoder_settings()
        load_profiles()
        departments()
        return _validate_identity_files(settings())
    except ValidationError as error:
        raise BadConfigurationError(_describe_faults(error)) from error
    except SettingsError as error:
        raise BadConfigurationError(NOT_A_LIST) from error
    except FILE_FAULTS as error:
        raise BadConfigurationError(str(error)) from error


def _validate_identity_files(chosen: ApiSettings) -> ApiSettings:
    """The same settings, once the tables of identity they name were read."""
    load_claims(chosen.claims_file)
    resolve_tls_trust(chosen.jwks_ca)
    if chosen.api_keys_file is not None:
        read_keys(chosen.api_keys_file)
    return chosen


def _describe_faults(error: ValidationError) -> str:
    """Which variables are wrong and why; never their values, which may be keys."""
    prefix = PREFIXES.get(error.title, "SAS_")
    faults = "; ".join(
        "".join(f"{prefix}{name}".upper() + ": " for name in fault["loc"][:1]) + fault["msg"]
        for fault in error.errors()
    )
    return f"A setting cannot be read: {faults}. Correct or unset it."
