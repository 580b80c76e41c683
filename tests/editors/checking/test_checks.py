"""A sound server is all green; each fault of the simulation turns its own line red."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from editors.checking.checks import CHECKS, Verdict
from editors.checking.evidence import gather_evidence
from editors.checking.report import ReportLine, build_report
from mappings.instants import parse_instant
from simulation.editors.faults import FAULTS
from tests.editors.platform import ALPHA, BETA, SimulatedEditors
from tests.slots.bundles import CPTS, PS, SOS, GuideExample

EXPECTED = list(csv.DictReader((Path(__file__).parent / "expected.csv").open(encoding="utf-8")))
LONG = {"late", "dripping", "huge"}
"""Faults that last as long as a deadline: one of them is enough."""


async def check_editor(
    editors: SimulatedEditors, name: str, example: GuideExample, **options: float
) -> list[ReportLine]:
    """The report about the editor of an example, at its instant."""

    def read_clock() -> datetime:
        return parse_instant(example.now)

    evidence = await gather_evidence(
        editors.sheet(name),
        example.flow,
        example.requested_ids,
        "Europe/Paris",
        read_clock,
        **options,
    )
    return build_report(evidence)


def list_numbers(lines: list[ReportLine], verdict: Verdict) -> set[str]:
    """The lines of one verdict."""
    return {line.check.number for line in lines if line.finding.verdict is verdict}


@pytest.mark.parametrize(("name", "example"), [(ALPHA, PS), (BETA, CPTS), (ALPHA, SOS)])
async def test_the_guides_own_examples_are_all_green(
    editors: SimulatedEditors, name: str, example: GuideExample
) -> None:
    lines = await check_editor(editors, name, example)
    assert [(line.check.number, line.finding.came) for line in lines if line.finding.came] == []
    assert list_numbers(lines, Verdict.NOT_JUDGED) <= {"C14"}


@pytest.mark.parametrize("row", EXPECTED, ids=[row["fault"] for row in EXPECTED])
async def test_each_fault_turns_its_lines_red_and_no_other(
    editors: SimulatedEditors, row: dict[str, str]
) -> None:
    editors.app.faults.set(row["editor"], row["fault"])
    example = CPTS if row["editor"] == BETA else PS
    lines = await check_editor(editors, row["editor"], example)
    assert list_numbers(lines, Verdict.BROKEN) == set(row["red"].split())
    broken = [line for line in lines if line.finding.verdict is Verdict.BROKEN]
    assert all(line.finding.came and line.check.remedy and line.sent for line in broken)


async def test_a_late_answer_is_red_on_its_delay(editors: SimulatedEditors) -> None:
    editors.app.faults.set(ALPHA, "late")
    lines = await check_editor(editors, ALPHA, PS, deadline_s=1.0)
    assert list_numbers(lines, Verdict.BROKEN) == {"C15"}


async def test_a_server_of_another_name_is_red_on_its_certificate(
    editors: SimulatedEditors,
) -> None:
    sheet = editors.sheet(common_name="another.example")
    evidence = await gather_evidence(
        sheet, "R01", PS.requested_ids, "Europe/Paris", lambda: parse_instant(PS.now)
    )
    lines = build_report(evidence)
    assert list_numbers(lines, Verdict.BROKEN) == {"C12"}
    assert list_numbers(lines, Verdict.HOLDS) == set()


def test_every_fault_of_the_simulation_has_its_row() -> None:
    assert {row["fault"] for row in EXPECTED} == FAULTS.keys() - LONG


def test_numbers_are_there_once() -> None:
    numbers = [check.number for check in CHECKS]
    assert len(numbers) == len(set(numbers))
