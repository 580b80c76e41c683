"""Holder of a contract: name, given name, trade and town, unique on both sides, else none.

Never a guess: a professional about whom anything is left in doubt has no sector, and the reason
is counted (trap 17: the file has no identifier).
"""

from collections.abc import Collection, Iterable, Sequence

from geography.address import normalise_line
from indexers.quality.reasons import Reason
from indexers.sources.ameli.names import Likeness
from indexers.sources.ameli.record import Contract, Convention, Identity, has_specialty_conflict
from indexers.sources.ameli.store import ContractStore


def match_convention(
    person: str, spellings: Collection[Identity], numbers: Sequence[int], store: ContractStore
) -> Convention | Reason:
    """The convention of a person at a place, by every spelling of the name, or why there is none:
    ``CONVENTION_NOT_FOUND``, ``CONVENTION_HOMONYM``, ``CONVENTION_AMBIGUOUS``.

    ``numbers`` are those of the contracts that resemble a spelling.
    """
    mine = [
        (contract, owners)
        for contract in _nearest_names(spellings, map(store.contract, numbers))
        if person in (owners := _owners(contract, person, spellings, store))
    ]
    if not mine:
        return Reason.CONVENTION_NOT_FOUND
    alone = all(set(owners) == {person} for _, owners in mine)
    if alone and (agreed := _merge_conventions([contract for contract, _ in mine])):
        return agreed
    here = [contract for contract, owners in mine if _is_alone_at_address(contract, person, owners)]
    found = _merge_conventions([one for one in here if _is_at_address(one.who, spellings)])
    return found or (Reason.CONVENTION_AMBIGUOUS if alone else Reason.CONVENTION_HOMONYM)


def match_unambiguous_contracts(
    person: str, specialties: frozenset[str], numbers: Sequence[int], store: ContractStore
) -> Convention | None:
    """The convention when equal contracts resemble one person alone, as most do.

    It is that of ``match_convention``. None without contracts, or when a comparison is needed.
    """
    every_terms = [store.terms(number) for number in numbers]
    for terms in every_terms:
        if terms.convention != every_terms[0].convention or has_specialty_conflict(
            terms.specialties, specialties
        ):
            return None
    if every_terms and store.is_only_candidate(numbers, person):
        return every_terms[0].convention
    return None


def _nearest_names(
    spellings: Collection[Identity], contracts: Iterable[Contract]
) -> list[Contract]:
    """Those of the same trade and town under the whole name, else under part of it."""
    same, partly = list[Contract](), list[Contract]()
    for contract in contracts:
        best = max([_compare_names(contract, who) for who in spellings])
        if best:
            (same if best is Likeness.SAME else partly).append(contract)
    return same or partly


def _owners(
    contract: Contract, person: str, spellings: Iterable[Identity], store: ContractStore
) -> dict[str, list[Identity]]:
    """The people of the register a contract may be of, the whole name before part of it."""
    known = store.candidates(contract.number) + [(person, who) for who in spellings]
    found: dict[Likeness, dict[str, list[Identity]]] = {
        Likeness.SAME: {},
        Likeness.ONE_OF_TWO: {},
    }
    for owner, who in known:
        if compared := _compare_names(contract, who):
            found[compared].setdefault(owner, []).append(who)
    return found[Likeness.SAME] or found[Likeness.ONE_OF_TWO]


def _compare_names(contract: Contract, who: Identity) -> Likeness:
    """How the names compare; ``OTHER`` too when the specialities contradict each other."""
    apart = has_specialty_conflict(contract.who.specialties, who.specialties)
    return Likeness.OTHER if apart else contract.likeness_to(who)


def _is_alone_at_address(
    contract: Contract, person: str, owners: dict[str, list[Identity]]
) -> bool:
    """True when no other possible owner is at the address of the contract."""
    return not any(
        owner != person and _is_at_address(contract.who, places) for owner, places in owners.items()
    )


def _is_at_address(who: Identity, places: Iterable[Identity]) -> bool:
    """True when one of the places is at the address: same street line and postcode."""
    line = normalise_line(who.line)
    return bool(line) and any(
        place.postal_code == who.postal_code and normalise_line(place.line) == line
        for place in places
    )


def _merge_conventions(contracts: Sequence[Contract]) -> Convention | None:
    """The common convention of contracts; None without any, or when their sectors differ.

    A tariff option or a Carte Vitale that differs among them is left out.
    """
    if len({one.convention["sector"] for one in contracts}) != 1:
        return None
    first, *others = (one.convention for one in contracts)
    agreed: Convention = {"sector": first["sector"]}
    for name in ("optam", "vitale"):
        if name in first and all(other.get(name) == first[name] for other in others):
            agreed[name] = first[name]
    return agreed
