"""The report of an editor's check as a page of HTML, every value escaped."""

from collections.abc import Sequence

from editors.checking.report import ReportLine, count_verdicts
from indexers.report.templates import TEMPLATES


def render_check_page(name: str, lines: Sequence[ReportLine]) -> str:
    """A page that needs nothing else."""
    template = TEMPLATES.get_template("editor_check.html.j2")
    counts = {verdict.value: count for verdict, count in count_verdicts(lines).items()}
    return template.render(name=name, lines=lines, counts=counts)
