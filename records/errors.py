"""Failures of the records, each with a sentence for people and its remedy."""

from typing import ClassVar

NO_SUCH_PAGE = "Cette suite de liste n'existe pas : reprenez la liste à son début."
"""Where a list cannot be followed from: it holds no such thing, or not for who reads it."""


class RecordsError(RuntimeError):
    """The records cannot do what was asked; ``code`` is stable, for programs."""

    code: ClassVar[str] = "records"


class RecordsUnavailable(RecordsError):
    """The database cannot be reached, is full or is held by somebody else."""

    code = "records_unavailable"

    @classmethod
    def from_driver(cls, error: BaseException | None) -> "RecordsUnavailable":
        """The failure of a driver, on one line, with where to look."""
        reason = str(error).strip().partition("\n")[0]
        return cls(
            f"La base des registres ne répond pas : {reason}. Vérifiez SAS_DATABASE_URL, son "
            "serveur et son disque ; `sas records status` l'essaie."
        )


class SchemaOutdated(RecordsError):
    """The tables are older than this program, or missing."""

    code = "records_schema_outdated"

    def __init__(self) -> None:
        super().__init__(
            "Les registres ont un schéma plus ancien que ce programme : lancez `sas records up`."
        )


class SchemaTooNew(RecordsError):
    """The tables were made by a later program."""

    code = "records_schema_too_new"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"Les registres ont le schéma {revision}, que ce programme ne connaît pas : lancez "
            "le programme plus récent, ou restaurez une sauvegarde antérieure."
        )


class StaleVersion(RecordsError):
    """Somebody changed the object since it was read."""

    code = "stale_version"

    def __init__(self, current: int) -> None:
        super().__init__(
            f"Quelqu'un d'autre a fait un changement entre-temps (version {current}) : "
            "relisez, puis refaites le vôtre."
        )
        self.current = current


class AccessDenied(RecordsError):
    """The principal may not act on this object."""

    code = "access_denied"

    def __init__(
        self, sentence: str = "Vous ne pouvez pas modifier les réglages d'une autre personne."
    ) -> None:
        super().__init__(sentence)


class RecordMissing(RecordsError):
    """No record has this key."""

    code = "record_missing"


class RulesBroken(RecordsError):
    """Values that break rules; ``faults`` has the field and the sentence of each."""

    code = "rules_broken"

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in faults))
        self.faults = faults
