"""The record of an RPPS activity, as its reader hands it over."""

from typing import Required, TypedDict


class ActivityAddress(TypedDict, total=False):
    """Where an activity takes place; ``country`` (INSEE code) is absent in France.

    Abroad, ``postal_code`` is kept as written.
    """

    line: str
    complement: str
    postal_code: str
    city: str
    insee: str
    country: str


class Activity(TypedDict, total=False):
    """One row: a person, an exercise, a structure. Unknown is absent; identifiers are strings.

    ``idnps`` is as exchanged (8 + RPPS, 0 + ADELI), with ``rpps`` or ``adeli`` bare beside it;
    ``idnst`` likewise (1 FINESS, 3 SIRET, 4 RPPS-rang, 0 ADELI-rang); ``structure_id`` is the
    register's own, with its letter. Codes are those of the register's terminologies: profession
    (TRE_G15, R94, R95, R291), category (C, M, E), skill type (TRE_R04), mode (TRE_R23: L, S, B),
    activity sector (TRE_R02), role (TRE_R85), activity kind (TRE_R22). Phones are E.164.
    """

    line: Required[int]
    idnps: Required[str]
    rpps: str
    adeli: str
    civility: str
    gender: str
    """``female`` or ``male``, of the civility; a title of practice (Dr) has none."""
    family: str
    given: str
    profession: str
    category: str
    skill_type: str
    skill: str
    mode: str
    siret: str
    finess: str
    legal_finess: str
    structure_id: str
    idnst: str
    place_name: str
    brand: str
    address: ActivityAddress
    phones: list[str]
    email: str
    department: str
    activity_sector: str
    role: str
    activity_kind: str
    authority: str
    hidden: bool
    """The SAS does not list the row: only the fields of its person are kept."""
    contracts: list[int]
    """Contracts of the Assurance maladie that resemble the row (``indexers.sources.ameli``)."""
