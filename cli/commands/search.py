"""Commands of the topic ``search``: search offers of care, and serve the API."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from cli.exit_codes import BAD_USAGE, UNAVAILABLE
from cli.failures import describe_search_failure
from cli.options import parse_optional_instant
from cli.output import exit_with_error, print_json, print_page
from cli.private_values import HELP, read_private_values
from cli.terminal_text import flatten_texts
from cli.views.page import page_text
from cli.views.page_cards import WIDTH
from cli.views.page_foot import option_name
from elastic.client import async_client
from elastic.errors import ElasticError
from elastic.names import offers_alias
from elastic.settings import read_elastic_settings
from geography.geocoding.geocoder import Geocoder
from mappings.instants import InstantError
from mappings.records import Consultation, SlotType, Via
from search_engine.execution.search import search
from search_engine.logs import configure_logs
from search_engine.request.configuration import BadConfigurationError, check_search_settings
from search_engine.request.criteria import Criteria, Mode, Role, Sort
from search_engine.request.criteria_faults import problem_from_validation
from search_engine.request.problem_document import (
    SERVER_ERROR,
    Problem,
    problem_from_search_error,
)
from search_engine.request.problems import SearchProblem

QUOI = "QUOI"
OPTIONS = {"what": QUOI, "lat": "--near", "lon": "--near", "radius_km": "--radius"}
"""Criterion: its name on the command line, where it differs."""

PLACES = {"lat": "--near", "where": "--where", "insee": "--insee", "department": "--department"}
"""Criterion of each way to name a place: its option."""

NOW_FAULTS = {
    "bad_instant": "--now attend un instant comme 2026-11-23T10:00:00+01:00",
    "no_offset": "--now attend un décalage horaire : 2026-11-23T10:00:00+01:00, ou Z pour UTC",
}

PLACE = "Lieu (un seul)"
FILTERS = "Filtres"
ORDER = "Ordre et pages"
OUTPUT = "Sortie"


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    app.command("search")(search_command)


def search_command(  # noqa: PLR0917 - Typer calls it by name
    what: Annotated[
        str,
        typer.Argument(
            metavar=QUOI,
            help=f"Spécialité, profession, structure ou nom : « MG », « Dr Dupont ». {HELP}",
        ),
    ],
    near: Annotated[
        str | None,
        typer.Option(metavar="LAT,LON", help=f"Point du patient. {HELP}", rich_help_panel=PLACE),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(help=f"Adresse, commune ou département. {HELP}", rich_help_panel=PLACE),
    ] = None,
    insee: Annotated[
        str | None, typer.Option(help="Code INSEE d'une commune.", rich_help_panel=PLACE)
    ] = None,
    department: Annotated[
        str | None, typer.Option(help="Code d'un département.", rich_help_panel=PLACE)
    ] = None,
    radius: Annotated[
        float | None,
        typer.Option(metavar="KM", help="Rayon, jamais élargi.", rich_help_panel=PLACE),
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="available : avec créneau ; all : toutes ; beyond : surnuméraire ; "
            "reorientation : forfait de réorientation.",
            rich_help_panel=FILTERS,
        ),
    ] = Mode.AVAILABLE,
    consultation: Annotated[
        list[Consultation] | None,
        typer.Option(help="AMB au cabinet, HH à domicile, VR à distance.", rich_help_panel=FILTERS),
    ] = None,
    slot_type: Annotated[
        list[SlotType] | None, typer.Option(help="Type de créneau.", rich_help_panel=FILTERS)
    ] = None,
    horizon: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEURES", help="Créneau dans 0-4, 4-8... heures.", rich_help_panel=FILTERS
        ),
    ] = None,
    profession: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Profession : 10 médecin.", rich_help_panel=FILTERS),
    ] = None,
    specialty: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Spécialité : SM04.", rich_help_panel=FILTERS),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="TYPE", help="Type d'offre : hospital.", rich_help_panel=FILTERS),
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option(metavar="0-4", help="Conventionnement.", rich_help_panel=FILTERS),
    ] = None,
    participation: Annotated[
        list[Via] | None,
        typer.Option(help="Comment l'offre participe au SAS.", rich_help_panel=FILTERS),
    ] = None,
    maternity_level: Annotated[
        list[str] | None,
        typer.Option(metavar="NIVEAU", help="Maternité : 1, 2A, 2B, 3.", rich_help_panel=FILTERS),
    ] = None,
    territory: Annotated[
        list[str] | None,
        typer.Option(metavar="TERRITOIRE", help="Comme SAS-48.", rich_help_panel=FILTERS),
    ] = None,
    open_now: Annotated[
        bool, typer.Option("--open-now", help="Ouvert maintenant.", rich_help_panel=FILTERS)
    ] = False,
    absent: Annotated[
        bool,
        typer.Option(
            "--absent",
            help="Avec ceux qui sont absents jusqu'à la fin d'après-demain.",
            rich_help_panel=FILTERS,
        ),
    ] = False,
    cpts: Annotated[
        str | None,
        typer.Option(
            metavar="FINESS", help="Seulement les membres de cette CPTS.", rich_help_panel=FILTERS
        ),
    ] = None,
    group_cpts: Annotated[
        bool,
        typer.Option(
            help="Une seule carte pour les membres d'une CPTS de la commune.",
            rich_help_panel=FILTERS,
        ),
    ] = True,
    treating_doctor: Annotated[
        str | None,
        typer.Option(
            metavar="NOM|RPPS",
            help=f"Médecin traitant, montré à part. {HELP}",
            rich_help_panel=FILTERS,
        ),
    ] = None,
    role: Annotated[
        Role, typer.Option(help="Qui cherche : décide des créneaux vus.", rich_help_panel=FILTERS)
    ] = Role.OSNP,
    sort: Annotated[
        Sort, typer.Option(help="Ordre dans chaque palier.", rich_help_panel=ORDER)
    ] = Sort.BEST,
    deadline: Annotated[
        float | None,
        typer.Option(
            metavar="HEURES", help="D'abord qui peut le voir d'ici là.", rich_help_panel=ORDER
        ),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            help="Profil de classement : regulation, published, distance.", rich_help_panel=ORDER
        ),
    ] = "regulation",
    size: Annotated[int, typer.Option(help="Offres par page.", rich_help_panel=ORDER)] = 5,
    page: Annotated[int, typer.Option(help="Numéro de page.", rich_help_panel=ORDER)] = 1,
    seed: Annotated[
        int | None,
        typer.Option(help="Redonne le même tirage équitable.", rich_help_panel=ORDER),
    ] = None,
    why: Annotated[
        bool,
        typer.Option("--why", help="Détaille le rang de chaque carte.", rich_help_panel=OUTPUT),
    ] = False,
    filters: Annotated[
        bool,
        typer.Option(
            "--filters",
            help="Montre les filtres possibles et ce que chacun laisserait d'offres.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    now: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="Instant de la recherche, avec décalage : 2026-11-23T10:00:00+01:00.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Pour les programmes : la page en JSON.", rich_help_panel=OUTPUT
        ),
    ] = False,
) -> None:
    """Cherche des offres de soins autour d'un patient et dit pourquoi elles sont dans cet ordre.

    Exemples :

    sas search "médecin généraliste" --near 48.8566,2.3522

    sas search pharmacie --where "12 rue de la Paix, Mende"

    sas search MG --department 48 --mode beyond

    Une commande se lit dans la liste des processus et dans l'historique du shell. Ce qui concerne
    un patient se donne donc sur l'entrée standard, une ligne pour chaque « - », dans l'ordre QUOI,
    --near, --where, --treating-doctor :

    sas search pharmacie --where - < adresse.txt

    Une carte tient en quatre lignes ; --why dit pourquoi elle est à ce rang, --filters nomme chaque
    filtre, ses valeurs et ce que chacune laisserait d'offres. Une option de filtre se répète pour
    plusieurs valeurs.

    Codes de sortie : 0 réponse donnée, même vide ; 2 recherche à corriger ; 3 service indisponible.
    """
    private = read_private_values(
        {QUOI: what, "--near": near, "--where": where, "--treating-doctor": treating_doctor}
    )
    criteria = {
        "what": private[QUOI],
        **_parse_near(private["--near"]),
        "where": private["--where"],
        "insee": insee,
        "department": department,
        "radius_km": radius,
        "mode": mode,
        "consultation": consultation or [],
        "slot_type": slot_type or [],
        "horizon": horizon or [],
        "profession": profession or [],
        "specialty": specialty or [],
        "kind": kind or [],
        "sector": sector or [],
        "participation": participation or [],
        "maternity_level": maternity_level or [],
        "territory": territory or [],
        "open_now": open_now,
        "absent": absent,
        "cpts": cpts,
        "group_cpts": group_cpts,
        "treating_doctor": private["--treating-doctor"],
        "role": role,
        "deadline_h": deadline,
        "sort": sort,
        "profile": profile,
        "size": size,
        "page": page,
        "seed": seed,
        "facets": filters or as_json,
    }
    page_found = _run_search(criteria, _parse_now(now))
    if as_json:
        print_json(page_found, indent=True)
        return
    print_page(page_text(flatten_texts(page_found), why=why), WIDTH)


def _run_search(values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The page, or the end of the command with a sentence in French."""
    configure_logs(logging.ERROR)
    try:
        check_search_settings()
        return asyncio.run(_fetch_page(Criteria(**values), now))
    except ValidationError as error:
        _stop(problem_from_validation(error.errors(include_input=False)), values)
    except SearchProblem as error:
        _stop(problem_from_search_error(error), values)
    except ElasticError as error:
        exit_with_error(describe_search_failure(error), UNAVAILABLE)
    except BadConfigurationError as error:
        exit_with_error(str(error), UNAVAILABLE)


async def _fetch_page(criteria: Criteria, now: datetime) -> dict[str, Any]:
    alias = offers_alias(read_elastic_settings().index_prefix)
    async with async_client() as client, aclosing(Geocoder()) as geocoder:
        return await search(client, alias, criteria, now, geocoder=geocoder)


def _parse_near(near: str | None) -> dict[str, float]:
    """``48.8566,2.3522``: latitude first, in degrees; zero is a coordinate."""
    if near is None:
        return {}
    try:
        lat, lon = (float(part) for part in near.split(","))
    except ValueError:
        exit_with_error(
            "--near attend une latitude et une longitude : --near 48.8566,2.3522", BAD_USAGE
        )
    return {"lat": lat, "lon": lon}


def _parse_now(now: str | None) -> datetime:
    try:
        return parse_optional_instant(now)
    except InstantError as error:
        exit_with_error(NOW_FAULTS[error.reason], BAD_USAGE)


def _stop(problem: Problem, values: Mapping[str, Any]) -> NoReturn:
    code = BAD_USAGE if problem.status < SERVER_ERROR else UNAVAILABLE
    title = f"{problem.title}{_option_words(problem.field, values)}"
    exit_with_error(f"{title} : {problem.detail} {problem.remedy}", code)


def _option_words(field: str | None, values: Mapping[str, Any]) -> str:
    """The option at fault, in parentheses; of the place those given, all of them without any."""
    if field is None:
        return ""
    options = [OPTIONS.get(field, option_name(field))]
    if field == "where":
        given = [option for name, option in PLACES.items() if values.get(name) is not None]
        options = given or list(PLACES.values())
    return f" ({', '.join(options)})"
