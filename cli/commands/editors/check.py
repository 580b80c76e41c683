"""``sas editors check``: the platform played against an editor's server."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.exit_codes import BAD_USAGE, REFUSED
from cli.failures import describe_error
from cli.options import parse_now
from cli.output import exit_with_error, print_json, result_console
from cli.views.editor_check import render_check_page
from editors.checking.checks import Verdict
from editors.checking.evidence import gather_evidence
from editors.checking.report import ReportLine, build_report, count_verdicts
from editors.editor import Editor
from editors.sheets import SheetInvalid, read_sheets
from geography.departments import METROPOLE_ZONE
from mappings.state_file import replace_file
from slots.fhir.identity import RequestedIdError, parse_requested_ids

STYLES = {Verdict.HOLDS: "green", Verdict.BROKEN: "red", Verdict.NOT_JUDGED: "dim"}


def check(  # noqa: PLR0917 - Typer calls it by name
    sheet: Annotated[
        Path, typer.Argument(metavar="FICHE", help="La fiche de convention de l'éditeur.")
    ],
    asked: Annotated[
        str,
        typer.Option(
            metavar="ID,ID", help="Professionnels qui ont des créneaux libres ; SIRET pour SOS1."
        ),
    ],
    editor: Annotated[
        str | None, typer.Option(metavar="NOM", help="Lequel, si la fiche en a plusieurs.")
    ] = None,
    sos: Annotated[bool, typer.Option("--sos", help="Le flux de SOS Médecins.")] = False,
    zone: Annotated[str, typer.Option(help="Fuseau horaire du lieu d'exercice.")] = METROPOLE_ZONE,
    now: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Instant de la recherche ; maintenant.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi le rapport en HTML.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one document.")] = False,
) -> None:
    """Contrôle le serveur d'un éditeur comme la plateforme l'appelle, ligne par ligne du guide.

    Cinq appels, rien d'écrit. Chaque ligne dit ce qui a été envoyé, ce qui est venu, ce qui est
    faux et comment le corriger ; ce que les créneaux reçus ne permettent pas de juger est « non
    jugé ». Code de sortie 1 si une ligne est fausse.

    Exemple : `sas editors check agendis.json --asked 810100050075 --html rapport.html`
    """
    try:
        chosen = _choose(read_sheets(sheet), editor)
        lines = _check(chosen, asked.split(","), sos=sos, zone=zone, now=now)
        if html is not None:
            replace_file(html, render_check_page(chosen.name, lines).encode())
    except (SheetInvalid, OSError) as error:
        exit_with_error(describe_error(error), REFUSED)
    if as_json:
        print_json({"editor": chosen.name, "lines": [line.as_json() for line in lines]})
    else:
        _show(chosen.name, lines)
    if count_verdicts(lines)[Verdict.BROKEN]:
        raise typer.Exit(REFUSED)


def _choose(editors: Sequence[Editor], name: str | None) -> Editor:
    found = [one for one in editors if name in {None, one.name}]
    if len(found) != 1:
        names = ", ".join(one.name for one in editors)
        exit_with_error(f"--editor : donnez un de {names}.", BAD_USAGE)
    return found[0]


def _check(
    editor: Editor, asked: Sequence[str], *, sos: bool, zone: str, now: str | None
) -> list[ReportLine]:
    flow = "SOS1" if sos else editor.flow
    try:
        ids = sorted(parse_requested_ids(asked, flow))
    except RequestedIdError as error:
        exit_with_error(str(error), BAD_USAGE)
    moment = parse_now(now) if now else None
    evidence = asyncio.run(
        gather_evidence(editor, flow, ids, zone, lambda: moment or datetime.now(UTC))
    )
    return build_report(evidence)


def _show(name: str, lines: Sequence[ReportLine]) -> None:
    console = result_console()
    table = Table("", "Verdict", "Exigence", "Ce qui est venu", "Source", title=name)
    for line in lines:
        verdict = line.finding.verdict
        came = line.finding.came
        remedy = f"\n{line.check.remedy}" if verdict is Verdict.BROKEN else ""
        table.add_row(
            line.check.number,
            f"[{STYLES[verdict]}]{verdict.value}[/]",
            line.check.demand,
            f"{came}{remedy}",
            line.check.source,
        )
    console.print(table)
    counts = count_verdicts(lines)
    console.print(", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict))
