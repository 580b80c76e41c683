"""The caller named by the claims of a token, through a validated table."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.security.principal import ClientId, ClientKind, IdentifiedPrincipal
from mappings.roles import UserRole

MAX_CLAIM_TEXT = 200
"""Longest role or territory read, in characters; ours are under 30."""
MAX_TERRITORIES = 200
"""Most territories of one caller; the country has 110."""

DEFAULT = Path(__file__).with_name("claims.toml")


class ClaimsFileInvalid(Exception):
    """The table of claims cannot be used; the message names the file and the entry."""


class ClaimTable(BaseModel):
    """Names of claims, with dots to go down into objects, and our role for each of a token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1)
    roles: str = Field(min_length=1)
    territories: str = Field(min_length=1)
    national_id: str = Field("SubjectNameID", min_length=1)
    duties: dict[str, UserRole] = Field(min_length=1)

    def read_principal(self, claims: Mapping[str, Any]) -> IdentifiedPrincipal | None:
        """The caller; None without a subject or without any role of the table."""
        subject = _claim(claims, self.subject)
        roles = frozenset(
            self.duties[role] for role in _texts(claims, self.roles) if role in self.duties
        )
        if not isinstance(subject, str) or not subject or not roles:
            return None
        territories = _texts(claims, self.territories)[:MAX_TERRITORIES]
        client = ClientId(ClientKind.TOKEN, subject)
        person = next(iter(_texts(claims, self.national_id)), None)
        return IdentifiedPrincipal(roles, territories, client=client, national_id=person)


def load_claims(path: Path | None = None) -> ClaimTable:
    """The table of a TOML file, the packaged one by default; raises ``ClaimsFileInvalid``."""
    chosen = path or DEFAULT
    try:
        return ClaimTable.model_validate(tomllib.loads(chosen.read_text("utf-8")))
    except ValidationError as error:
        faults = "; ".join(".".join(map(str, f["loc"])) + ": " + f["msg"] for f in error.errors())
        raise ClaimsFileInvalid(f"SAS_CLAIMS_FILE {chosen}: {faults}. Correct it.") from error
    except (OSError, ValueError) as error:
        raise ClaimsFileInvalid(f"SAS_CLAIMS_FILE {chosen} cannot be read as TOML.") from error


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _texts(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    claim = _claim(claims, path)
    values = claim if isinstance(claim, list) else [claim]
    return tuple(value for value in values if isinstance(value, str) and _is_short_text(value))


def _is_short_text(value: str) -> bool:
    """Fit to be sent back: half a surrogate pair, which JSON can hold, is no text."""
    if len(value) > MAX_CLAIM_TEXT:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
