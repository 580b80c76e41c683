"""An LRM link as a search: the contract INT_L01, on the same use case as every search.

``origin, specialty`` or ``speciality``, ``practitioner, streetnumber, streetname, inseecode,
city`` (F048 to F059), read into one place, one speciality and one treating doctor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from elasticsearch import AsyncElasticsearch
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lrm.place import InseeFinder, LrmPlace, read_place, resolve_place_area
from lrm.registry import LrmRegistry
from lrm.specialty import Specialty, read_specialty
from mappings.formats import LrmEntry
from search_engine.backend.hints import QueryHintCache
from search_engine.backend.points_in_time import PointInTimeAccount
from search_engine.execution.cursor_key import CursorKey
from search_engine.execution.search import search
from search_engine.query.treating_doctor import read_doctor
from search_engine.request.area import AddressFinder, Area, find_home
from search_engine.request.criteria import MAX_TEXT, Criteria, CursorText, Mode, Role
from search_engine.request.typed_line import LineRead
from search_engine.response.page import Page

IGNORED = {
    "code": "lrm_parameter_ignored",
    "message": "Le lien porte des paramètres hors du contrat : ils n'ont pas été lus.",
}

LinkText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)]


class LrmLink(BaseModel):
    """The parameters of a link; an empty one counts as absent, other names are ignored."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    origin: Annotated[LinkText, StringConstraints(min_length=1)]
    """Assignment authority of the dispatch software, an active entry of the registry."""
    specialty: LinkText = ""
    """Words, or `urn:oid:<OID>|<code>`; empty or unknown: general medicine, with a warning."""
    speciality: LinkText = ""
    """The same, in its other spelling."""
    practitioner: LinkText = ""
    """The treating doctor: `urn:oid:1.2.250.1.71.4.2.1|8<RPPS>`, an RPPS or a name."""
    streetnumber: LinkText = ""
    """`12`, `12 bis`; goes with `streetname`."""
    streetname: LinkText = ""
    """The street, without number."""
    inseecode: LinkText = ""
    """INSEE code of the commune, arrondissements kept; a lost leading zero is restored."""
    city: LinkText = ""
    """Name of the commune, used when the INSEE code is absent or unknown."""
    page: int = Field(1, ge=1)
    """Page number, from 1."""
    size: int = Field(5, ge=1, le=100)
    """Offers a page."""
    seed: int | None = Field(None, ge=0, le=2**31 - 1)
    """Seed of the fair order, from an earlier answer."""
    cursor: CursorText | None = None
    """Cursor of the next page, from an earlier answer."""
    stable: bool = False
    """True walks the directory as it stands at the first page."""


@dataclass(frozen=True, slots=True)
class ResolvedLink:
    """The search that a link opens."""

    link: LrmLink
    specialty: Specialty
    place: LrmPlace

    @property
    def warnings(self) -> list[Mapping[str, str]]:
        """What was not followed as it was given."""
        ignored = (IGNORED,) if self.link.model_extra else ()
        return [*ignored, *self.specialty.warnings, *self.place.warnings]

    def criteria(
        self, role: Role, modes: tuple[Mode, ...], territories: tuple[str, ...] = ()
    ) -> Criteria:
        """The same search as criteria, in the first of the modes open to the caller; an absent
        doctor differs from none (F050)."""
        link = self.link
        return Criteria(
            what=self.specialty.label[:MAX_TEXT],
            where=self.place.text[:MAX_TEXT],
            treating_doctor=link.practitioner,
            page=link.page,
            size=link.size,
            seed=link.seed,
            cursor=link.cursor,
            stable=link.stable,
            mode=modes[0],
            modes=modes,
            caller_territories=territories,
            role=role,
        )

    def as_dict(self) -> dict[str, Any]:
        """Each parameter as it was understood, absent when it was not given (F053)."""
        address = {
            "streetnumber": self.place.number,
            "streetname": self.place.street,
            "inseecode": self.place.commune.insee if self.place.commune else "",
            "city": self.place.commune.name if self.place.commune else self.place.city,
            "text": self.place.text,
        }
        return {
            "specialty": specialty_block(self.specialty),
            "practitioner": doctor_block(self.link.practitioner),
            "address": {name: value for name, value in address.items() if value},
        }


def resolve_link(link: LrmLink) -> ResolvedLink:
    """The search that the link opens, without any network.

    Raises the problems of ``read_place``.
    """
    place = read_place(link.streetnumber, link.streetname, link.inseecode, link.city)
    return ResolvedLink(link, read_specialty(link.specialty, link.speciality), place)


def specialty_block(specialty: Specialty) -> dict[str, str]:
    """The label, with the code and its terminology when the link gave one."""
    code = specialty.code
    coded = {} if code is None else {"code": code.code, "system": code.system}
    return {"label": specialty.label, **coded}


def doctor_block(practitioner: str) -> dict[str, str]:
    """The RPPS or the name read; empty when there is none, or when it cannot be read."""
    doctor = read_doctor(practitioner) if practitioner else None
    if doctor is None:
        return {}
    read = {"rpps": doctor.rpps, "name": doctor.name}
    return {key: str(value) for key, value in read.items() if value}


class LrmGeocoder(AddressFinder, InseeFinder, Protocol):
    """What finds places for every search, and addresses within a commune for links."""


@dataclass(frozen=True, slots=True)
class LrmSearch:
    """What a search from a link needs: the offers, the registry, a finder of addresses."""

    client: AsyncElasticsearch
    alias: str
    registry: LrmRegistry
    geocoder: LrmGeocoder
    key: CursorKey | None = None
    hints: QueryHintCache | None = None
    account: PointInTimeAccount | None = None
    territories: tuple[str, ...] = ()
    """SAS territories of the caller: of two communes of one name, theirs."""


async def lrm_search(
    lrm: LrmSearch, link: LrmLink, now: datetime, role: Role, modes: tuple[Mode, ...] = tuple(Mode)
) -> Page:
    """The page of ``search``, with the block ``lrm``: who sent the link, and how it was read.

    A link has no mode: it opens the first of ``modes``, those of the caller's role (F047).

    Raises ``OriginRefused``, ``RegistryUnavailable``, the problems of the address, and those of
    ``search``. The origin is checked before anything else is read.
    """
    entry = lrm.registry.resolve_origin(link.origin)
    resolved = resolve_link(link)

    async def area(criteria: Criteria, finder: AddressFinder) -> Area:
        return await resolve_place_area(resolved.place, lrm.geocoder, find_home(criteria))

    def line(criteria: Criteria) -> LineRead:
        return resolved.specialty.line

    page = await search(
        lrm.client,
        lrm.alias,
        resolved.criteria(role, modes, lrm.territories),
        now,
        geocoder=lrm.geocoder,
        resolve_area=area,
        read_line=line,
        key=lrm.key,
        hints=lrm.hints,
        account=lrm.account,
    )
    page["warnings"] = [*resolved.warnings, *page["warnings"]]
    return {**page, "lrm": lrm_block(entry, resolved)}


def lrm_block(entry: LrmEntry, resolved_link: ResolvedLink) -> dict[str, Any]:
    """Who sent the link, and what became of its parameters."""
    return {"origin": entry.origin, "name": entry.name, "resolved": resolved_link.as_dict()}
