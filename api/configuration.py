"""Settings and files of the API, checked before it serves."""

from pydantic_settings import SettingsError

from api.records import find_database_url
from api.security.claims import ClaimsFileInvalid, load_claims
from api.security.jwks import AuthorityInvalid, resolve_tls_trust
from api.settings import ApiSettings, settings
from mappings.api_keys import KeyFileInvalid, read_keys
from records.settings import BadDatabaseUrl
from search_engine.request.configuration import (
    BadConfigurationError,
    check_search_settings,
    translate_setting_errors,
)

NOT_A_LIST = (
    "A setting cannot be read: SAS_DEV_NETWORKS or SAS_HOSTS: a JSON list is expected, such as "
    '["127.0.0.0/8", "172.30.57.1/32"] or ["sas.example.fr"]. Correct or unset it.'
)
"""The only settings that are lists."""


def load_valid_settings() -> ApiSettings:
    """The settings of the API, once they, their files and those of a search are valid.

    Raises ``BadConfigurationError``.
    """
    check_search_settings()
    with translate_setting_errors(
        ClaimsFileInvalid, KeyFileInvalid, AuthorityInvalid, BadDatabaseUrl
    ):
        try:
            chosen = settings()
        except SettingsError as error:
            raise BadConfigurationError(NOT_A_LIST) from error
        check_identity_files(chosen)
        find_database_url()
        return chosen


def check_identity_files(chosen: ApiSettings) -> None:
    """Read the identity tables that the settings name.

    Raises ``ClaimsFileInvalid``, ``AuthorityInvalid`` or ``KeyFileInvalid``.
    """
    load_claims(chosen.claims_file)
    resolve_tls_trust(chosen.jwks_ca)
    if chosen.api_keys_file is not None:
        read_keys(chosen.api_keys_file)
