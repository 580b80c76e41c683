"""Commands of the topic ``lrm``: build and check the links of dispatch software."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from cli.exit_codes import BAD_USAGE
from cli.output import exit_with_error, message_console, print_json, print_line, result_console
from cli.private_values import HELP, STDIN, decode_text, read_private_values
from lrm.check import (
    Finding,
    FindingLevel,
    build_link,
    find_link_faults,
    link_findings,
    parse_link_parameters,
)
from lrm.link import LrmLink
from search_engine.request.criteria_faults import problem_from_validation
from search_engine.request.query_string import (
    MAX_PARAMETERS,
    Parameters,
    QueryStringUnreadable,
    TooManyParameters,
)

BASE = "http://127.0.0.1:8000/v1/lrm/search"
PLACEHOLDER_ORIGIN = "?"
"""Stands for a missing origin, so that the other parameters are explained too."""

NO_LINK = (
    "Ce n'est pas un lien : aucun paramètre n'y est donné, comme dans ?origin=...&inseecode=48095"
)

UNKNOWN_SPECIALTY = (
    "Aucun lien n'est écrit : le service remplacerait cette spécialité par la médecine générale. "
    "Donnez un code (SM54, 40) ou un libellé qu'il connaît, ou n'en donnez pas."
)
NOT_TEXT = "Un paramètre de ce lien n'est écrit ni en UTF-8 ni en Windows-1252."
TOO_MANY = f"Ce lien porte plus de {MAX_PARAMETERS} paramètres."

MARKS = {
    FindingLevel.OK: "[green]bon[/]",
    FindingLevel.UNCHECKED: "[yellow]non vérifié[/]",
    FindingLevel.WARNING: "[yellow]attention[/]",
    FindingLevel.FAULT: "[red]refusé[/]",
}

lrm_app = typer.Typer(
    name="lrm", help="Les liens des logiciels de régulation (LRM).", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    app.add_typer(lrm_app)


@lrm_app.command("link")
def link_command(
    *,
    origin: Annotated[str, typer.Option(help="Autorité d'affectation du LRM, du registre.")],
    specialty: Annotated[str, typer.Option(help="« cardiologue », ou un code : SM54, 40.")] = "",
    practitioner: Annotated[str, typer.Option(help=f"Médecin traitant : RPPS ou nom. {HELP}")] = "",
    streetnumber: Annotated[str, typer.Option(help=f"« 12 », « 12 bis ». {HELP}")] = "",
    streetname: Annotated[str, typer.Option(help=f"Rue, sans le numéro. {HELP}")] = "",
    inseecode: Annotated[str, typer.Option(help="Code INSEE de la commune : 48095, 75115.")] = "",
    city: Annotated[str, typer.Option(help=f"Commune, si le code INSEE manque. {HELP}")] = "",
    base: Annotated[str, typer.Option(metavar="URL", help="Où le lien mène.")] = BASE,
) -> None:
    """Écrit un lien valide et encodé, à coller dans un LRM ou un navigateur.

    Exemple :

    sas lrm link --origin 1.2.250.1.999.1 --specialty SM54 --inseecode 48095

    L'adresse d'un patient se donne sur l'entrée standard, une ligne pour chaque « - », dans l'ordre
    --practitioner, --streetnumber, --streetname, --city : une commande se lit dans la liste des
    processus et dans l'historique du shell.

    printf '12 bis\nrue de la Paix\n' | sas lrm link --origin 1.2.250.1.999.1 --inseecode 48095
    --streetnumber - --streetname -

    Codes de sortie : 0 lien écrit ; 2 le service refuserait ce lien ou chercherait une autre
    spécialité, et rien n'est écrit.
    """
    private = read_private_values(
        {
            "--practitioner": practitioner,
            "--streetnumber": streetnumber,
            "--streetname": streetname,
            "--city": city,
        }
    )
    given = {
        "origin": origin,
        "specialty": specialty,
        "inseecode": inseecode,
        **{option.removeprefix("--"): value or "" for option, value in private.items()},
    }
    url = build_link(base, given)
    found = explain_parameters(parse_link_parameters(url))
    to_know = [one for one in found if one.level in (FindingLevel.WARNING, FindingLevel.FAULT)]
    if to_know:
        message_console().print(_table(to_know))
    _stop_on_fault(found)
    if specialty and any(one.parameter == "specialty" for one in to_know):
        exit_with_error(UNKNOWN_SPECIALTY, BAD_USAGE)
    print_line(url)


@lrm_app.command("check")
def check_command(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="Le lien, ou « - » pour le lire sur l'entrée standard."),
    ] = "-",
    as_json: Annotated[bool, typer.Option("--json", help="Pour les programmes.")] = False,
) -> None:
    """Explique chaque paramètre d'un lien : ce qu'il devient, ce qui ne va pas. Sans réseau.

    Un lien parle d'un patient : lu sur l'entrée standard, il reste hors de la liste des processus
    et de l'historique du shell.

    sas lrm check < lien.txt

    Codes de sortie : 0 lien suivi, même avec des remarques ; 2 le service le refuserait.
    """
    found = explain_parameters(
        _parameters(decode_text(sys.stdin.buffer.read()) if url == STDIN else url)
    )
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        result_console().print(_table(found))
    _stop_on_fault(found)


def _parameters(link: str) -> Parameters:
    """The parameters of a link; any other text is not repeated, for it may concern a patient."""
    if not {"?", "="} & set(link):
        exit_with_error(NO_LINK, BAD_USAGE)
    try:
        return parse_link_parameters(link)
    except QueryStringUnreadable:
        exit_with_error(NOT_TEXT, BAD_USAGE)
    except TooManyParameters:
        exit_with_error(TOO_MANY, BAD_USAGE)


def explain_parameters(parameters: Parameters) -> list[Finding]:
    """What became of every parameter; those that cannot be read at all do not hide the others."""
    faults = [*find_link_faults(parameters)]
    values = dict(parameters)
    try:
        link = LrmLink.model_validate(values)
    except ValidationError as error:
        wrong = list(_form_faults(error))
        names = {one.parameter for one in wrong}
        kept = {name: value for name, value in values.items() if name not in names}
        read = link_findings(LrmLink.model_validate({"origin": PLACEHOLDER_ORIGIN, **kept}))
        return [*faults, *wrong, *(one for one in read if one.parameter not in names)]
    return [*faults, *link_findings(link)]


def _form_faults(error: ValidationError) -> Iterator[Finding]:
    for one in error.errors(include_input=False):
        problem = problem_from_validation([one])
        yield Finding(problem.field or "", FindingLevel.FAULT, "", problem.detail)


def _table(findings: list[Finding]) -> Table:
    table = Table("Paramètre", "", "Devient", "À savoir", box=None, pad_edge=False)
    for one in findings:
        became, message = Text(one.became), Text(one.message)
        table.add_row(Text(one.parameter), MARKS[one.level], became, message)
    return table


def _stop_on_fault(findings: list[Finding]) -> None:
    if any(one.level is FindingLevel.FAULT for one in findings):
        raise typer.Exit(BAD_USAGE)
