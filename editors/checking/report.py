"""The report of a check: a line for each demand, with what was sent and what came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from editors.checking.checks import CHECKS, EditorCheck, Judgement, Verdict
from editors.checking.evidence import Evidence

CASES = {"C20": "unknown", "C21": "malformed"}
"""Lines judged by another search than the main one."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the guide and how the server does by it."""

    check: EditorCheck
    finding: Judgement
    sent: str

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "number": self.check.number,
            "verdict": self.finding.verdict.value,
            "demand": self.check.demand,
            "source": self.check.source,
            "sent": self.sent,
            "came": self.finding.came,
            "remedy": self.check.remedy if self.finding.verdict is Verdict.BROKEN else "",
        }


def build_report(evidence: Evidence) -> list[ReportLine]:
    """Every line, judged."""
    return [
        ReportLine(check, check.judge(evidence), _find_sent(evidence, check)) for check in CHECKS
    ]


def _find_sent(evidence: Evidence, check: EditorCheck) -> str:
    exchange = getattr(evidence, CASES.get(check.number, "searched"))
    return f"GET {exchange.sent}"


def count_verdicts(lines: Sequence[ReportLine]) -> Counter[Verdict]:
    """Lines by verdict."""
    return Counter(line.finding.verdict for line in lines)
