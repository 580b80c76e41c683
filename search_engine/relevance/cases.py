"""Relevance cases: what is asked, what must come, and whose complaint or rule it answers.

Three families, in one kind of file: ``case`` is judged by ids of one collection or index,
``anywhere`` by rules that hold on any index, ``known`` draws its searches from the index itself.
Unknown fields are refused everywhere: a misspelt one would judge nothing.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
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
from search_engine.criteria import Criteria
from search_engine.filters import SHOWN_KINDS

PRODUCT_CASES = Path(__file__).with_name("cases.toml")

SOMEWHERE = {"lat": 48.8566, "lon": 2.3522}
"""Completes a search without a place, to check the rest of it."""

PLACES = frozenset({"lat", "lon", "insee", "department"})


class CasesFileInvalid(ValueError):
    """The file of cases cannot be used; the message says where and why."""


class Kind(StrEnum):
    """What a case judges."""

    PRECISION = "precision"
    RECALL = "recall"
    ORDER = "order"
    FORBIDDEN = "forbidden"


def _understood(search: dict[str, Any]) -> dict[str, Any]:
    """The search, whose criteria exist; a text place would ask a service."""
    if "where" in search:
        raise ValueError("say the place by lat and lon, insee or department: no service is asked")
    Criteria(**({} if PLACES & set(search) else SOMEWHERE), **search)
    return search


Search = Annotated[dict[str, Any], AfterValidator(_understood)]
"""Criteria of one search, as a program gives them; ``role`` besides."""

CaseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
Description = Annotated[str, StringConstraints(min_length=10)]
"""The rule or complaint answered, with its number."""


class Table(BaseModel):
    """What a file may say; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(Table):
    """One search judged by the ids of what it shows on its first page."""

    id: CaseId
    description: Description
    kind: Kind
    search: Search
    expected: list[str] = []
    """Ids: all of them on the first page; for ``precision`` no other; in this order for
    ``order``."""
    forbidden: list[str] = []
    grades: dict[str, Annotated[int, Field(ge=0, le=3)]] = {}
    """Judgement by id, 0 to 3, over which nDCG@10 is computed."""
    pinned: list[str] | None = None
    """Ids of the treating doctor's places, in order; empty when nobody may be pinned."""
    warnings: list[str] | None = None
    """Codes of the warnings, in order."""
    known_failure: str | None = Field(None, min_length=10)
    """Why the case fails today; it is an error once it passes."""

    @model_validator(mode="after")
    def judges_something(self) -> Self:
        """A case without judgement cannot fail."""
        if self.kind is Kind.FORBIDDEN and not self.forbidden:
            raise ValueError("a forbidden case names forbidden ids")
        if self.kind is not Kind.FORBIDDEN and not self.expected:
            raise ValueError("name the expected ids")
        if set(self.expected) & set(self.forbidden):
            raise ValueError("an id is expected or forbidden, not both")
        return self


class Traits(Table):
    """What an offer bears: one value of one list is enough."""

    profession: list[str] = []
    specialty: list[str] = []
    kind: list[str] = []
    """Kinds of offers or of structures."""
    sector: list[str] = []
    department: list[str] = []
    holds: list[Literal["maternity_level", "emergency", "participant", "accepts_beyond"]] = []
    """Facts the offer holds, whatever their value but false."""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Traits that nobody could bear would judge nothing."""
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("name a trait")
        return self


class Abounds(Table):
    """So many offers with these traits in the area make an empty answer wrong."""

    traits: Traits
    offers: int = Field(ge=1)


class AnywhereCase(Table):
    """One search whose page obeys rules on any index, beside those of every page.

    Without a place it is asked at places drawn from the index.
    """

    id: CaseId
    description: Description
    search: Search
    every: Traits | None = None
    """Each card bears one of these."""
    none: Traits | None = None
    """No card bears any of these."""
    found_where: Abounds | None = None
    """Where these offers abound, the page is not empty."""
    place: Literal["point", "commune", "department"] = "point"
    """How a place drawn from the index is said, for a search without one."""
    smoke: bool = False
    """True: also asked of a new index before it goes live."""

    @property
    def placed(self) -> bool:
        """Whether the search says where."""
        return not PLACES.isdisjoint(self.search)


def _shown(kind: OfferKind) -> OfferKind:
    if kind not in SHOWN_KINDS:
        raise ValueError("only ordinary results are searched by name")
    return kind


class KnownItems(Table):
    """Offers drawn from the index, each searched by its name in its own commune."""

    id: CaseId
    description: Description
    kind: Annotated[OfferKind, AfterValidator(_shown)]
    items: int = Field(ge=1, le=1_000)
    smoke_items: int = Field(ge=1, le=100)
    """Of them, how many are asked of a new index before it goes live."""


class Cases(Table):
    """A file of cases."""

    case: list[Case] = []
    anywhere: list[AnywhereCase] = []
    known: list[KnownItems] = []

    @model_validator(mode="after")
    def distinct(self) -> Self:
        """Two cases of one id could not be told apart in a report."""
        families = (self.case, self.anywhere, self.known)
        ids = [one.id for family in families for one in family]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"two cases bear one id: {', '.join(twice)}")
        return self


def load_cases(path: Path = PRODUCT_CASES) -> Cases:
    """The cases of a TOML file; raises ``CasesFileInvalid``."""
    try:
        return Cases.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise CasesFileInvalid(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CasesFileInvalid(f"{path} is not a text in UTF-8.") from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CasesFileInvalid(f"{path} is not a file of relevance cases: {error}") from error
