"""Relevance cases: the search, the expected results, and the complaint or rule each answers.

Three families, in one kind of file: ``case`` is judged by ids of one collection or index,
``anywhere`` by rules that hold on any index, ``known`` draws its searches from the index itself.
Unknown fields are refused everywhere: a misspelt one would judge nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mappings.records import Kind as OfferKind
from search_engine.query.filters import ORDINARY_KINDS
from search_engine.request.criteria import Criteria

PRODUCT_CASES = Path(__file__).with_name("cases.toml")

SOMEWHERE = {"lat": 48.8566, "lon": 2.3522}
"""Completes a search without a place, to check the rest of it."""

PLACES = frozenset({"lat", "lon", "insee", "department"})


FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "ce champ manque",
        "extra_forbidden": "ce champ n'existe pas",
        "enum": "valeurs permises : {expected}",
        "literal_error": "valeurs permises : {expected}",
        "string_too_short": "au moins {min_length} caractères",
        "string_pattern_mismatch": "forme attendue : {pattern}",
    }
)
"""Message on a fault in a file of cases, by the type that pydantic gives it."""

OTHER_FAULT = "valeur d'une autre forme que celle attendue"


class CasesFileInvalid(ValueError):
    """The file of cases cannot be used; the message gives the place and the reason."""


class CaseKind(StrEnum):
    """What a case judges."""

    PRECISION = "precision"
    RECALL = "recall"
    ORDER = "order"
    FORBIDDEN = "forbidden"


def _check_search(search: dict[str, Any]) -> dict[str, Any]:
    """The search, whose criteria exist; a text place would query a service."""
    if "where" in search:
        raise ValueError(
            "dites le lieu par lat et lon, insee ou department : aucune adresse n'est cherchée"
        )
    Criteria(**({} if PLACES & set(search) else SOMEWHERE), **search)
    return search


Search = Annotated[dict[str, Any], AfterValidator(_check_search)]
"""Criteria of one search, as a program gives them; ``role`` besides."""

CaseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
Description = Annotated[str, StringConstraints(min_length=10)]
"""The rule or complaint answered, with its number."""


class Table(BaseModel):
    """Contents of a file; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(Table):
    """One search judged by the ids of what it shows on its first page."""

    id: CaseId
    description: Description
    kind: CaseKind
    search: Search
    expected: list[str] = []
    """Ids: all of them on the first page; for ``precision`` no other; in this order for
    ``order``."""
    forbidden: list[str] = []
    grades: dict[str, Annotated[int, Field(ge=0, le=3)]] = {}
    """Judgement by id, 0 to 3, over which nDCG@10 is computed."""
    pinned: list[str] | None = None
    """Ids of the treating doctor's places, in order; empty when no one may be pinned."""
    warnings: list[str] | None = None
    """Codes of the warnings, in order."""
    known_failure: str | None = Field(None, min_length=10)
    """Why the case fails today; it is an error once it passes."""

    @model_validator(mode="after")
    def judges_something(self) -> Self:
        """A case without judgement cannot fail."""
        if self.kind is CaseKind.FORBIDDEN and not self.forbidden:
            raise ValueError("un cas « forbidden » nomme des identifiants dans forbidden")
        if self.kind is not CaseKind.FORBIDDEN and not self.expected:
            raise ValueError("nommez les identifiants attendus dans expected")
        if set(self.expected) & set(self.forbidden):
            raise ValueError("un identifiant est attendu ou interdit, pas les deux")
        return self


class Traits(Table):
    """Traits of an offer: one value of one list is enough."""

    profession: list[str] = []
    specialty: list[str] = []
    kind: list[str] = []
    """Kinds of offers or of structures."""
    category: list[str] = []
    """FINESS categories."""
    sector: list[str] = []
    department: list[str] = []
    holds: list[Literal["maternity_level", "emergency", "participant", "accepts_beyond"]] = []
    """Facts the offer holds, whatever their value but false."""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Traits that no offer can have would judge nothing."""
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("nommez un trait")
        return self


class ExpectedOffers(Table):
    """So many offers with these traits in the area make an empty answer wrong."""

    traits: Traits
    offers: int = Field(ge=1)


class AnywhereCase(Table):
    """One search whose page obeys rules on any index, beside those of every page.

    Without a place it runs at places drawn from the index.
    """

    id: CaseId
    description: Description
    search: Search
    every: Traits | None = None
    """Each card has one of these."""
    none: Traits | None = None
    """No card has any of these."""
    found_where: ExpectedOffers | None = None
    """Where these offers abound, the page is not empty."""
    place: Literal["point", "commune", "department"] = "point"
    """How a place drawn from the index is given, for a search without one."""
    smoke: bool = False
    """True: also run on a new index before it goes live."""

    @property
    def has_search_place(self) -> bool:
        """Whether the search has a place."""
        return not PLACES.isdisjoint(self.search)


def _check_ordinary_kind(kind: OfferKind) -> OfferKind:
    if kind not in ORDINARY_KINDS:
        raise ValueError("seuls les résultats ordinaires se cherchent par leur nom")
    return kind


class KnownItems(Table):
    """Offers drawn from the index, each searched by its name in its own commune."""

    id: CaseId
    description: Description
    kind: Annotated[OfferKind, AfterValidator(_check_ordinary_kind)]
    items: int = Field(ge=1, le=1_000)
    smoke_items: int = Field(ge=1, le=100)
    """Of them, how many run on a new index before it goes live."""


class Cases(Table):
    """A file of cases."""

    case: list[Case] = []
    anywhere: list[AnywhereCase] = []
    known: list[KnownItems] = []

    @model_validator(mode="after")
    def distinct(self) -> Self:
        """Two cases of one id could not be distinguished in a report."""
        families = (self.case, self.anywhere, self.known)
        ids = [one.id for family in families for one in family]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"deux cas portent le même id : {', '.join(twice)}")
        return self


def load_cases(path: Path = PRODUCT_CASES) -> Cases:
    """The cases of a TOML file; raises ``CasesFileInvalid``, a sentence in French."""
    try:
        return Cases.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise CasesFileInvalid(f"{path} ne peut être lu ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CasesFileInvalid(f"{path} n'est pas un texte en UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise CasesFileInvalid(f"{path} n'est pas du TOML : {error}") from error
    except ValidationError as error:
        raise CasesFileInvalid("\n".join([str(path), *_faults(error)])) from error


def _faults(error: ValidationError) -> Iterator[str]:
    """One line a fault: ``case 1, kind : valeurs permises : ...``; cases count from 1."""
    for one in error.errors(include_url=False, include_input=False):
        where = _location_text(one["loc"])
        cause = one.get("ctx", {}).get("error")
        if isinstance(cause, ValidationError):
            yield from (f"{where}, {fault}" for fault in _faults(cause))
            continue
        known = FAULTS.get(one["type"], OTHER_FAULT)
        reason = str(cause) if cause else known.format_map(one.get("ctx", {}))
        yield f"{where} : {reason}" if where else reason


def _location_text(location: tuple[int | str, ...]) -> str:
    words = [f" {part + 1}" if isinstance(part, int) else f", {part}" for part in location]
    return "".join(words).removeprefix(", ")
