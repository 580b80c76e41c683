"""The command of the topic ``relevance``: is what an index answers good enough?"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from cli.exit_codes import BAD_USAGE, REFUSED, UNAVAILABLE
from cli.failures import describe_search_failure
from cli.options import parse_now
from cli.output import exit_with_error, open_delayed_bar, print_json, result_console
from cli.views import doctrine as doctrine_text
from cli.views import relevance as relevance_text
from cli.views.relevance_page import render_relevance_page
from elastic.client import ADMIN_TIMEOUT_S, async_client
from elastic.errors import ElasticError
from elastic.names import offers_alias
from elastic.settings import read_elastic_settings
from indexers.reindex.recipe import Judge
from search_engine.logs import configure_logs
from search_engine.relevance.cases import PRODUCT_CASES, Cases, CasesFileInvalid, load_cases
from search_engine.relevance.doctrine.figures import GATED_PROFILE, DoctrineFigures
from search_engine.relevance.doctrine.judging import PATIENTS, measure_doctrine
from search_engine.relevance.index_probe import SEED, IndexProbe
from search_engine.relevance.judge import Advance, judge
from search_engine.relevance.readings import judge_readings
from search_engine.relevance.verdict import RelevanceVerdict
from search_engine.request.configuration import BadConfigurationError, check_search_settings
from search_engine.request.problem_document import (
    problem_from_search_error,
)
from search_engine.request.problems import SearchProblem, UnknownCode


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
    readings: Annotated[
        bool,
        typer.Option(
            "--readings", help="Seulement la lecture des textes, qui ne demande aucun index."
        ),
    ] = False,
    doctrine: Annotated[
        bool,
        typer.Option(
            "--doctrine", help="Seulement l'ordre : 400 patients, et qui n'est pas sur leur page."
        ),
    ] = False,
    profile: Annotated[
        str, typer.Option(metavar="NOM", help="Profil de classement mesuré par --doctrine.")
    ] = GATED_PROFILE,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Écrit la page de ce qui n'est pas trouvé."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Graine du tirage des personnes et des structures tapées.")
    ] = SEED,
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

    D'abord, sans index, un millier de textes tapés doivent être lus comme attendu
    (search_engine/relevance/readings.csv) : un « must » mal lu est un échec, un souhait est dit.
    Puis des recherches tapées comme au téléphone, pour des personnes et des structures tirées de
    l'index (search_engine/relevance/known_items/known_items.csv) : « dr X », X mal écrit, « X
    cardiologue », « pharmacie Y ». Un « must » sans sa réponse est un échec.

    L'ordre se mesure à part, par --doctrine : 400 patients dans dix lieux contrastés, et pour
    chaque première page ce que coûterait, en minutes, chaque offre qui n'y est pas.

    Une plainte devient un cas : écrivez-le dans un fichier et passez-le à --cases.

    Exemples :

    sas relevance

    sas relevance --readings

    sas relevance --index offers-v1-20261123-080000-000000 --json

    sas relevance --cases plaintes.toml

    sas relevance --html pertinence.html

    sas relevance --doctrine

    Codes de sortie : 0 bon ; 1 pas assez bon ; 2 commande à corriger ; 3 service indisponible.
    """
    if readings:
        _report_readings(as_json=as_json)
        return
    moment = parse_now(now)
    if doctrine:
        _report_doctrine(index, moment, profile=profile, seed=seed, as_json=as_json)
        return
    judged = _load_case_file(cases)
    with open_relevance_error_report():
        name = _choose_index(index)
        with open_delayed_bar("Recherches jugées") as bar:
            verdict = asyncio.run(
                _judge_index(
                    name,
                    judged,
                    moment,
                    smoke=smoke,
                    own=cases is not None,
                    seed=seed,
                    advance=bar.show_count,
                )
            )
    if html is not None:
        _write_report_page(html, render_relevance_page(verdict, name, moment))
    document = relevance_text.as_json(verdict, name, moment)
    text = relevance_text.report(verdict, name)
    _print_report(document, text, as_json=as_json, good=verdict.good)


def _print_report(
    document: dict[str, Any], text: RenderableType, *, as_json: bool, good: bool
) -> None:
    """Print a report for programs or for people; exit code 1 where it is not good."""
    if as_json:
        print_json(document, indent=True)
    else:
        result_console(highlight=False).print(text)
    if not good:
        raise typer.Exit(REFUSED)


def _choose_index(index: str | None) -> str:
    return index or offers_alias(read_elastic_settings().index_prefix)


def _write_report_page(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        exit_with_error(f"{path} ne peut être écrit ({error.strerror}).", BAD_USAGE)


def _report_doctrine(
    index: str | None, now: datetime, *, profile: str, seed: int, as_json: bool
) -> None:
    """Print the figures of the order; exit code 1 where a target of the doctrine is missed."""
    with open_relevance_error_report():
        name = _choose_index(index)
        with open_delayed_bar("Patients", total=PATIENTS) as bar:
            measured = _measure_index(name, now, profile=profile, seed=seed, advance=bar.show_count)
            try:
                figures = asyncio.run(measured)
            except UnknownCode as problem:
                exit_with_error(problem.detail, BAD_USAGE)
    document = doctrine_text.doctrine_as_json(figures, name, now)
    text = doctrine_text.report_doctrine(figures, name)
    _print_report(document, text, as_json=as_json, good=figures.good)


async def _measure_index(
    name: str, now: datetime, *, profile: str, seed: int, advance: Advance
) -> DoctrineFigures:
    async with async_client(request_timeout=ADMIN_TIMEOUT_S) as client:
        probe = IndexProbe(client, name, now)
        return await measure_doctrine(
            probe, profile=profile, seed=seed, patients=PATIENTS, advance=advance
        )


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
    own: bool = False,
    seed: int = SEED,
    advance: Advance = lambda done: None,
) -> RelevanceVerdict:
    """The verdict; cases of one's ``own`` take the place of the product's typed searches too."""
    async with async_client(request_timeout=ADMIN_TIMEOUT_S) as client:
        return await judge(
            client, name, cases, now, smoke=smoke, typed=not own, seed=seed, advance=advance
        )


def _report_readings(*, as_json: bool) -> None:
    """Print the readings alone; exit code 1 where one that must be is not as expected."""
    verdict = RelevanceVerdict([], list(judge_readings()))
    document = relevance_text.readings_as_json(verdict)
    text = relevance_text.report_readings(verdict)
    _print_report(document, text, as_json=as_json, good=verdict.good)


def _load_case_file(path: Path | None) -> Cases:
    try:
        return load_cases(path or PRODUCT_CASES)
    except CasesFileInvalid as error:
        exit_with_error(f"Fichier de cas inutilisable : {error}", BAD_USAGE)


@contextmanager
def open_relevance_error_report() -> Iterator[None]:
    """Report a failure that prevents the searches as one sentence and exit code 3."""
    configure_logs(logging.ERROR)
    try:
        check_search_settings()
        yield
    except SearchProblem as error:
        exit_with_error(problem_from_search_error(error).sentence, UNAVAILABLE)
    except ElasticError as error:
        exit_with_error(describe_search_failure(error), UNAVAILABLE)
    except BadConfigurationError as error:
        exit_with_error(str(error), UNAVAILABLE)
