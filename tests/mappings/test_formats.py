"""Our own formats refuse what would be silently wrong, and say why."""

import pytest
from pydantic import ValidationError

from mappings.formats import FORMATS, Absence, ParticipationFormat, Solution, StructureSettings


def refusal(model, **values):
    with pytest.raises(ValidationError) as refused:
        model(**values)
    return str(refused.value)


@pytest.mark.proves("F037")
def test_a_fourth_absence_and_a_reversed_one_are_refused():
    day = {"start": "2026-11-23", "end": "2026-11-23"}
    assert len(Absence(rpps="10100050075", ranges=[day] * 3).ranges) == 3
    assert "at most 3" in refusal(Absence, rpps="10100050075", ranges=[day] * 4)
    reversed_day = {"start": "2026-11-24", "end": "2026-11-23"}
    assert "end is before start" in refusal(Absence, rpps="10100050075", ranges=[reversed_day])


def test_participation_needs_what_its_via_needs():
    rpps = "10100050075"
    assert ParticipationFormat(rpps=rpps, participation=True, via=1).via == 1
    assert "needs via" in refusal(ParticipationFormat, rpps=rpps, participation=True)
    assert "finess" in refusal(ParticipationFormat, rpps=rpps, participation=True, via=3)
    assert "locations" in refusal(
        ParticipationFormat, rpps=rpps, participation=True, via=2, finess="750047225"
    )
    assert "siret" in refusal(ParticipationFormat, rpps=rpps, participation=True, via=4)


def test_a_participating_health_centre_declares_hours_and_practitioners():
    assert "hours_available" in refusal(StructureSettings, finess="750047225", participation=True)
    assert "practitioner_count" in refusal(
        StructureSettings, finess="750047225", participation=True, hours_available=True
    )


def test_a_solution_covers_something():
    common = {"key": "idel", "editor": "acme", "name": "Acme", "link": "https://acme.example/"}
    assert "departments, communes or a circle" in refusal(Solution, **common)
    assert Solution(**common, departments=["48"]).enabled


def test_an_unknown_field_is_refused_in_every_format():
    for name, model in FORMATS.items():
        assert "Extra inputs" in refusal(model, surprise=1), name
        assert model.model_json_schema()["additionalProperties"] is False
