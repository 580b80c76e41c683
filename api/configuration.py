"""Settings and files of the API, checked before it serves."""

import os

from pydantic_settings import SettingsError

from api.records import find_database_url
from api.security.claims import ClaimsFileInvalid, load_claims
from api.security.jwks import AuthorityInvalid, resolve_tls_trust
from api.settings import ApiSettings, settings
from records.settings import BadDatabaseUrl
from search_engine.request.configuration import (
    BadConfigurationError,
    check_search_settings,
    translate_setting_errors,
)

KEY_FILE_SETTING = "SAS_API_KEYS_FILE"
"""Setting of earlier versions, which commands still read to bring the file in."""
KEY_FILE_MOVED = (
    f"{KEY_FILE_SETTING} is no longer read by the API: run `sas records up` with it, which brings "
    "its keys into the records, then unset it."
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
    with translate_setting_errors(ClaimsFileInvalid, AuthorityInvalid, BadDatabaseUrl):
        try:
            chosen = settings()
        except SettingsError as error:
            raise BadConfigurationError(NOT_A_LIST) from error
        refuse_key_file()
        check_identity_files(chosen)
        find_database_url()
        return chosen


def check_identity_files(chosen: ApiSettings) -> None:
    """Read the identity tables that the settings name.

    Raises ``ClaimsFileInvalid``, ``AuthorityInvalid``.
    """
    load_claims(chosen.claims_file)
    resolve_tls_trust(chosen.jwks_ca)


def refuse_key_file() -> None:
    """Raise ``BadConfigurationError`` while the environment names a file that is no longer read.

    A process that ignored it would refuse every program without a word.
    """
    if os.environ.get(KEY_FILE_SETTING):
        raise BadConfigurationError(KEY_FILE_MOVED)
