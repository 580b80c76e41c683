"""From the claims of a token to a caller, by a validated table."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.security.principal import Principal
from mappings.roles import UserRole

DEFAULT = Path(__file__).with_name("claims.toml")


class ClaimsFileInvalid(Exception):
    """The table of claims cannot be used; the message says which file and which entry."""


class ClaimTable(BaseModel):
    """Names of claims, with dots to go down into objects, and the duty each role gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1)
    roles: str = Field(min_length=1)
    territories: str = Field(min_length=1)
    duties: dict[str, UserRole] = Field(min_length=1)

    def read_principal(self, claims: Mapping[str, Any]) -> Principal | None:
        """Whom the claims name; None without a subject or without any role of the table."""
        subject = _claim(claims, self.subject)
        duties = frozenset(
            self.duties[role] for role in _texts(claims, self.roles) if role in self.duties
        )
        if not isinstance(subject, str) or not subject or not duties:
            return None
        return Principal(subject, duties, _texts(claims, self.territories))


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
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    found = _claim(claims, path)
    values = found if isinstance(found, list) else [found]
    return tuple(value for value in values if isinstance(value, str))
