"""The command of the topic ``relevance``: is what an index answers good enough?"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Annotated, NoReturn

import orjson
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.configuration import BadConfigurationError, load_valid_settings
from api.logs import configure_logs
from api.problems import Problem, problem_from_elastic_error, problem_from_search_error
from cli.commands.generate import parse_now
from cli.views import relevance as relevance_text
from elastic.client import ADMIN_TIMEOUT_S, async_client
from elastic.errors import ElasticError
from elastic.names import offers_alias
from elastic.settings import read_elastic_settings
from indexers.reindex.recipe import Judge
from search_engine.relevance.cases import PRODUCT_CASES, Cases, CasesFileInvalid, load_cases
from search_engine.relevance.judge import Advance, judge
from search_engine.relevance.verdict import RelevanceVerdict
from search_engine.request.problems import SearchProblem

NOT_GOOD, REFUSED, UNAVAILABLE = 1, 2, 3
"""Exit codes: an index below its limits, a command to correct, a service to mend."""

PROGRESS_DELAY_S = 2.0
"""Seconds before a run shows that it goes on."""


def register(app: typer.Typer) -> None:
    """Add the command of this topic to ``sas``."""
    app.command("relevance")(relevance)


def relevance(
    *,
    index: Annotated[
        str | None,
        typer.Option(metavar="NOM", help="Index ou alias à juger ; par défaut, celui en service."),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER", help="Vos cas (TOML), jugés à la place de ceux du produit."
        ),
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Seulement la part jugée avant chaque mise en service.")
    ] = False,
    now: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="Instant des recherches, avec décalage : 2026-11-23T10:00:00+01:00.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Pour les programmes : chaque cas en JSON.")
    ] = False,
) -> None:
    """Juge ce que répond un index : des recherches dont on sait ce qu'elles doivent montrer.

    Deux familles : des recherches valables sur tout index (« cardiologue » ne montre que des
    cardiologues, les paliers ne reculent jamais), et des offres tirées de l'index lui-même, que
    l'on cherche par leur nom dans leur commune. Là où l'index ne contient rien à juger, un cas
    n'est pas jugé ; il n'est jamais compté comme réussi.

    Une plainte devient un cas : écrivez-le dans un fichier et passez-le à --cases.

    Exemples :

    sas relevance

    sas relevance --index offers-v1-20261123-080000-000000 --json

    sas relevance --cases plaintes.toml

    Codes de sortie : 0 bon ; 1 pas assez bon ; 2 commande à corriger ; 3 service indisponible.
    """
    moment, asked = parse_now(now), _load_case_file(cases)
    with open_relevance_error_report():
        name = index or offers_alias(read_elastic_settings().index_prefix)
        with open_delayed_progress() as advance:
            verdict = asyncio.run(_judge_index(name, asked, moment, smoke=smoke, advance=advance))
    if as_json:
        told = relevance_text.as_json(verdict, name, moment)
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    else:
        Console(highlight=False).print(relevance_text.report(verdict, name))
    if not verdict.good:
        raise typer.Exit(NOT_GOOD)


def build_gate_judge(now: datetime) -> Judge:
    """What judges a new index before it goes live, with the data's own instant ``now``."""

    def problems(name: str) -> list[str]:
        try:
            verdict = asyncio.run(_judge_index(name, load_cases(), now, smoke=True))
        except SearchProblem as problem:
            return [f"relevance could not be judged: {problem.detail}"]
        return [f"relevance case {fault}" for fault in verdict.faults()]

    return problems


async def _judge_index(
    name: str,
    cases: Cases,
    now: datetime,
    *,
    smoke: bool,
    advance: Advance = lambda done: None,
) -> RelevanceVerdict:
    async with async_client(request_timeout=ADMIN_TIMEOUT_S) as client:
        return await judge(client, name, cases, now, smoke=smoke, advance=advance)


def _load_case_file(path: Path | None) -> Cases:
    try:
        return load_cases(path or PRODUCT_CASES)
    except CasesFileInvalid as error:
        _stop(f"Fichier de cas inutilisable : {error}", REFUSED)


@contextmanager
def open_relevance_error_report() -> Iterator[None]:
    """What keeps the cases from being asked, as one sentence and exit code 3."""
    configure_logs(logging.ERROR)
    try:
        load_valid_settings()
        yield
    except SearchProblem as error:
        _stop(_sentence(problem_from_search_error(error)), UNAVAILABLE)
    except ElasticError as error:
        _stop(_sentence(problem_from_elastic_error(error)), UNAVAILABLE)
    except BadConfigurationError as error:
        _stop(str(error), UNAVAILABLE)


@contextmanager
def open_delayed_progress() -> Iterator[Advance]:
    """Progress on a terminal, once the run has lasted; told of the searches that were judged."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
    task, started = bar.add_task("Recherches jugées", total=None), monotonic()

    def advance(done: int) -> None:
        if console.is_terminal and monotonic() - started > PROGRESS_DELAY_S:
            bar.start()
        bar.update(task, completed=done)

    try:
        yield advance
    finally:
        bar.stop()


def _sentence(problem: Problem) -> str:
    return f"{problem.title} : {problem.detail} {problem.remedy}"


def _stop(sentence: str, code: int) -> NoReturn:
    Console(stderr=True, soft_wrap=True, highlight=False).print(sentence, style="red", markup=False)
    raise typer.Exit(code)
