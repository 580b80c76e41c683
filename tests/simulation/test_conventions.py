"""The generated Ameli file: read by the real reader, given to the right people or to nobody."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from indexers.offers.directory import open_source_directory
from mappings.records import Offer
from simulation.people import conventions
from simulation.people.people import GeneratedPerson
from tests.simulation.conftest import Write
from tests.simulation.generated_set import FEW, NOW

SECTOR = conventions.COLUMNS.index("secteur_conventionnel_code")


@dataclass(frozen=True)
class ConventionsLoad:
    offers: list[Offer]
    doubts: Counter[str]
    truth: dict[str, set[str]]
    """Sectors written for each person: the file itself does not say for whom."""
    manifest: dict[str, Any]


@pytest.fixture(scope="module")
def conventions_load(write_set: Write) -> ConventionsLoad:
    truth: dict[str, set[str]] = defaultdict(set)
    usual = conventions.contract_rows

    def record_truth(rng: Any, person: GeneratedPerson, *others: Any) -> list[list[str]]:
        found = usual(rng, person, *others)
        truth[person.rpps].update(row[SECTOR] for row in found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conventions, "contract_rows", record_truth)
        written = write_set(departments=FEW)
    with open_source_directory(written.folder, NOW, None) as sources:
        offers = [offer for offer in sources.offers() if offer["kind"] == "professional"]
        ameli = sources.quarantines.get_quarantine("ameli")
        assert not ameli.rejected
        assert not ameli.unknown
        doubts = Counter({reason.value: n for reason, n in ameli.skipped.items()})
    return ConventionsLoad(offers, doubts, truth, written.manifest)


@pytest.mark.proves("F080")
def test_nobody_is_given_the_sector_of_another(conventions_load: ConventionsLoad) -> None:
    given = [offer for offer in conventions_load.offers if "sector" in offer]
    assert len(given) > 0.6 * len(conventions_load.offers)
    wrong = [o["id"] for o in given if o["sector"] not in conventions_load.truth[o["rpps"]]]
    assert wrong == []


def test_few_practices_are_left_in_doubt(conventions_load: ConventionsLoad) -> None:
    given = sum("sector" in offer for offer in conventions_load.offers)
    assert 0 < conventions_load.doubts.total() < 0.15 * given
    assert conventions_load.doubts["convention_homonym"]


def test_planted_homonyms_are_told_apart_by_their_address_or_left_alone(
    conventions_load: ConventionsLoad,
) -> None:
    examples = conventions_load.manifest["examples"]
    apart, vague = examples["homonyms_of_a_town"], examples["homonyms_without_address"]
    known = {offer["rpps"] for offer in conventions_load.offers if "sector" in offer}
    assert len(apart) >= 2
    assert len(known & set(apart)) > 0.5 * len(apart)
    assert len(vague) >= 2
    assert len(known & set(vague)) <= 0.5 * len(vague)
