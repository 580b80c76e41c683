"""A national set has the rows of the register that no search shows: two in three."""

from collections import Counter

from indexers.quality.quarantine import Quarantine
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.listing import activity_exclusion_reason
from mappings import codes
from simulation.people.professions import REGISTER
from simulation.scales import SCALES, ScaleName
from tests.simulation.conftest import Write
from tests.simulation.test_sets import digest


def test_most_rows_of_a_national_set_are_never_shown(write_set: Write) -> None:
    made = write_set(scale=ScaleName.NATIONAL, departments=("48",))
    rows = list(read_activities(made.file("PS_*activite*.txt"), Quarantine("rpps")))
    why = Counter(activity_exclusion_reason(row) for row in rows)
    assert 0.25 <= why[None] / len(rows) <= 0.5
    people = {row["rpps"] for row in rows}
    assert len(people) == made.manifest["people"]["person"]
    assert {row["profession"] for row in rows} >= {trade.profession for trade in REGISTER}


def test_a_national_department_is_the_same_twice_and_tells_its_offers(write_set: Write) -> None:
    """Those who are never shown count for no offer, and are not in a small set."""
    assert SCALES[ScaleName.DEPARTMENT].register == 0
    made = write_set(scale=ScaleName.NATIONAL, departments=("48",))
    again = write_set(scale=ScaleName.NATIONAL, departments=("48",))
    assert digest(made.folder) == digest(again.folder)
    offers = made.manifest["offers"]["professional"]
    rows = read_activities(made.file("PS_*activite*.txt"), Quarantine("rpps"))
    assert (
        len({(r["rpps"], r["idnst"]) for r in rows if activity_exclusion_reason(r) is None})
        == offers
    )


def test_every_profession_of_the_register_is_in_the_tables() -> None:
    for trade in REGISTER:
        assert trade.profession in codes.professions()
        assert {code for code, _ in trade.specialties if code} <= set(codes.specialties())
