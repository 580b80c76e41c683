"""The shape of a page of results, for the OpenAPI document only."""

from typing import Any

from pydantic import Field

from api.schemas.cards import (
    AnyCard,
    CodeLabel,
    OfferCard,
    People,
    PinnedCard,
    ResultCard,
    Shape,
    Total,
)
from api.schemas.solutions import Solutions
from api.schemas.sources import SourceNotice
from search_engine.request.typed_line import Use
from search_engine.understanding.reading import PartKind


class OtherMeaning(Shape):
    """What an ambiguous word could also mean, and the words that ask for it alone."""

    label: str
    what: str


class ReadPart(Shape):
    """A part of the line: what was typed, what it means, and what it did in the search."""

    kind: PartKind
    typed: str
    meaning: str
    """In French."""
    use: Use
    """`searched`: who or where; `filter`; `preference`: a wish that hides nobody; `given_up`:
    nobody met it, the page answers the rest; `told`: understood, used by no search."""
    effect: str | None = None
    """What a wish counts in the order, in French: `après 14:05, 10 min de plus`."""
    corrected_from: str | None = None
    """The word as typed, where an error was mended."""
    corrected_to: str | None = None
    """The word that it was read as."""
    alternatives: list[OtherMeaning] | None = None
    """What else the word may mean."""


class Sentence(Shape):
    """What to know or to do: a stable code and a French sentence, words of danger first."""

    code: str
    """`danger`, `elsewhere`, `on_duty`, `not_held`, `moment_unknown`, `given_up`, `no_need`,
    `nothing_found` or `absent`: known by the name searched, and absent for the whole window."""
    message: str


class ReadLine(Shape):
    """How the text was read, part by part; nothing typed is dropped in silence."""

    parts: list[ReadPart]
    unused: list[str]
    """Words that no search can use."""
    sentences: list[Sentence]


class Understood(Shape):
    """How the text was understood, and the criteria that differ from their defaults."""

    what: str
    label: str
    asked: dict[str, Any]
    professions: list[str] | None = None
    specialties: list[str] | None = None
    bypass_professions: list[str] | None = None
    structure_kinds: list[str] | None = None
    categories: list[str] | None = None
    offer_kinds: list[str] | None = None
    text: str | None = None
    structure_name: str | None = None
    rpps: str | None = None
    finess: str | None = None
    phone: str | None = None
    structure_word: bool | None = None
    needs_maternity: bool | None = None
    needs_emergency: bool | None = None
    needs_dental_care: bool | None = None
    exact_only: bool | None = None
    near_too: bool | None = None
    targets: list[CodeLabel] | None = None
    alternatives: list[OtherMeaning] | None = None
    read: ReadLine


class SearchedArea(Shape):
    """The area searched, after any enlargement; no radius for a department, nor for a remote search
    over a territory or the country."""

    kind: str
    label: str
    lat: float
    lon: float
    department: str
    zone: str
    reference_km: float
    step_km: float
    radius_km: float | None = None
    patient_point: bool
    explicit_radius: bool
    insee: str | None = None
    postal_code: str | None = None
    city: str | None = None
    precision: str | None = None
    score: float | None = None
    source: str
    scope: str | None = None
    """`territory` or `country`, of a search for remote consultations alone: nobody travels."""


class Window(Shape):
    """The stretch of time looked at, in UTC, and the zone where its days are counted."""

    from_: str = Field(alias="from")
    to: str
    zone: str


class Enlarged(Shape):
    """From and to which radius the search was widened."""

    from_km: float
    to_km: float


class FacetValue(Shape):
    """How many cards the same search has with that value selected in the filter."""

    value: str
    label: str
    count: int
    selected: bool | None = None


class Facet(Shape):
    """The values of one filter over the whole result, the most frequent first."""

    name: str
    """The criterion to send."""
    label: str
    values: list[FacetValue]


class Nearer(Shape):
    """The nearest offer with a slot, when the first cards do not show it."""

    card: AnyCard
    saved_km: float
    """How much nearer than the first card."""


class RemoteLine(Shape):
    """People who can be seen from afar, where fewer than five can be seen in person: what the same
    search gives with `consultation=VR`."""

    people: int
    next_start: str
    """The first slot, in UTC."""
    scope: str | None = None
    """The narrowest that holds them all, `territory` or `country`; absent where the place bounds
    the search."""
    profession: CodeLabel | None = None
    """Where all are of one profession."""
    label: str
    """In French: `1 médecin en téléconsultation dans 1 h`."""
    criteria: dict[str, Any]


class Instead(Shape):
    """A search that would not be empty: what to change, and how many cards it has."""

    change: str
    """`absent`, `filters`, `radius` or `mode`."""
    label: str
    criteria: dict[str, Any]
    total: int


class Candidate(Shape):
    """Somebody else who answers the name, behind the first page; `what` finds that one alone."""

    id: str
    kind: str
    title: str
    what: str
    """The RPPS, else the FINESS number, else the title: the text of the search that ends it."""
    profession: str | None = None
    postal_code: str | None = None
    city: str | None = None
    department: str | None = None
    rpps: str | None = None
    finess: str | None = None


class Warned(Shape):
    """What to know of how the search was done: a stable code and a sentence."""

    code: str
    message: str


class Next(Shape):
    """How to ask for what follows, with the same criteria."""

    page: int | None = None
    """Number of the next page; absent beyond the depth of the index and in a walk by cursor."""
    cursor: str | None = None
    """Criterion `cursor` of the next page."""


class ResultPage(Shape):
    """One page of one order, decided over the whole result."""

    query: Understood
    area: SearchedArea
    mode: str
    profile: str
    window: Window
    pinned: list[PinnedCard]
    total: Total
    people: People
    results: list[ResultCard]
    """One card a person. A page by number holds `size` offers, folded into fewer cards where a
    person has several places; a page by cursor reads on until it has `size` people."""
    facets: list[Facet] | None = None
    """Counts of every filter; absent when the request leaves them out."""
    next: Next | None
    seed: int
    warnings: list[Warned]
    took_ms: dict[str, float]
    enlarged: Enlarged | None = None
    nearer_alternative: Nearer | None = None
    candidates: list[Candidate] | None = None
    """In a search by name, the people and structures behind the first page, at most 20."""
    cpts: OfferCard | None = None
    """The CPTS whose members are searched."""
    instead: list[Instead] | None = None
    """On an empty page: what would not be. Beside a name that nobody present answers: those who are
    absent."""
    solutions: Solutions | None = None
    """Marketplace solutions, in mode `beyond` and where few offers answer."""
    remote: RemoteLine | None = None
    """People seen from afar, where fewer than five are seen in person."""
    sources: list[SourceNotice] | None = None
    """Sources that are stale or partial; absent when there is none."""


class LrmAddress(Shape):
    """The patient's address as it was assembled; the commune is that of the INSEE code."""

    streetnumber: str | None = None
    streetname: str | None = None
    inseecode: str | None = None
    city: str | None = None
    text: str | None = None


class LrmDoctor(Shape):
    """The treating doctor as read: an RPPS or a name, neither when it cannot be read."""

    rpps: str | None = None
    name: str | None = None


class LrmSpecialty(Shape):
    """The speciality as read; without code when the link gave words."""

    label: str
    code: str | None = None
    system: str | None = None


class LrmResolved(Shape):
    """What became of each parameter of the link."""

    specialty: LrmSpecialty
    practitioner: LrmDoctor
    address: LrmAddress


class LrmBlock(Shape):
    """Who sent the link, and how it was read."""

    origin: str
    name: str
    resolved: LrmResolved


class LrmPage(ResultPage):
    """The page of every search, opened by a link."""

    lrm: LrmBlock
