"""The commands ``accounts``: regulators, those who manage their accounts, administrators."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.commands.records.account_file import read_account_lines
from cli.commands.records.faults import refuse_faults
from cli.error_report import open_error_report
from cli.exit_codes import REFUSED, FailureExit
from cli.options import AsJson
from cli.output import print_json, print_line, result_console
from cli.records import open_records
from cli.terminal_text import flatten_text
from mappings.text.french_counts import format_count
from records.access import OPERATOR, Actor
from records.accounts.document import describe_account, describe_reports
from records.accounts.sheet import order_reports
from records.accounts.store import (
    LineReport,
    Outcome,
    create_account,
    disable_account,
    find_actor,
    import_accounts,
    list_accounts,
)
from records.accounts.values import ACCOUNT_ROLES, PersonAccount, normalize_values
from records.database import Database

accounts_app = typer.Typer(
    help="Comptes des régulateurs, de leurs gestionnaires et des administrateurs.",
    no_args_is_help=True,
)

By = Annotated[
    str | None,
    typer.Option(metavar="COMPTE", help="Compte qui agit ; sans lui, l'opérateur du service."),
]
OUTCOMES = {
    Outcome.CREATED: "créé",
    Outcome.CHANGED: "modifié",
    Outcome.UNCHANGED: "inchangé",
    Outcome.REFUSED: "refusé",
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.add_typer(accounts_app, name="accounts")


@accounts_app.command("create")
def create(
    *,
    family: Annotated[str, typer.Option(help="Nom.")],
    given: Annotated[str, typer.Option(help="Prénom.")],
    role: Annotated[list[str], typer.Option(help=f"{', '.join(ACCOUNT_ROLES)} ; répétable.")],
    territory: Annotated[
        list[str] | None, typer.Option(metavar="SAS-XX", help="Territoire SAS ; répétable.")
    ] = None,
    delegation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RPPS", help="Professionnel pour qui un délégataire agit ; répétable."
        ),
    ] = None,
    structure: Annotated[
        list[str] | None,
        typer.Option(metavar="FINESS", help="Structure d'un gestionnaire, ou SIRET ; répétable."),
    ] = None,
    national_id: Annotated[
        str, typer.Option(help="Identifiant national, celui de la CPx ; ou le RPPS.")
    ] = "",
    email: Annotated[str, typer.Option(help="Adresse, sans identifiant national.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Crée un compte, par identifiant national ou par adresse de messagerie.

    Exemple : `sas accounts create --family Roux --given Claire --role OSNP --territory SAS-48 --national-id 810100000411`
    """  # noqa: E501 (one line to copy)
    values = normalize_values(
        national_id=national_id,
        email=email,
        family=family,
        given=given,
        roles=role,
        territories=territory or (),
        delegations=delegation or (),
        structures=structure or (),
    )
    with open_error_report(as_json), open_records() as database, refuse_faults(as_json):
        account = create_account(database, choose_actor(database, by), values, datetime.now(UTC))
        print_accounts([account], as_json)


@accounts_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV : national_id, email, family, given…")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Crée ou modifie un compte par ligne, et dit ce que chacune est devenue.

    Colonnes : national_id, email, family, given, roles, territories, delegations et structures
    (séparés par une espace), active (vrai ou faux ; sans elle, l'état du compte reste). Une ligne
    refusée n'arrête pas les autres ; la commande finit alors par 1.

    Exemple : `sas accounts import comptes.csv --by 810100000445`
    """
    with open_error_report(as_json), open_records() as database:
        lines, refused = read_account_lines(file)
        actor = choose_actor(database, by)
        done = import_accounts(database, actor, lines, datetime.now(UTC))
        print_reports(order_reports(refused, done), as_json)


@accounts_app.command("disable")
def disable(
    identifier: Annotated[
        str, typer.Argument(metavar="COMPTE", help="Identifiant national, UUID ou adresse.")
    ],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Ferme un compte ; `sas accounts import` avec la colonne `active` le rouvre."""
    with open_error_report(as_json), open_records() as database:
        actor = choose_actor(database, by)
        print_accounts([disable_account(database, actor, identifier, datetime.now(UTC))], as_json)


@accounts_app.command("list")
def list_all(by: By = None, as_json: AsJson = False) -> None:
    """Montre les comptes ; un gestionnaire voit ceux de ses territoires."""
    with open_error_report(as_json), open_records() as database:
        print_accounts(list_accounts(database, choose_actor(database, by)), as_json)


def choose_actor(database: Database, by: str | None) -> Actor:
    """The person of an active account, else the operator; raises ``NoActiveAccount``."""
    return OPERATOR if by is None else find_actor(database, by)


def print_accounts(accounts: list[PersonAccount], as_json: bool) -> None:
    """Print accounts, for people or programs."""
    shown = [*map(describe_account, accounts)]
    if as_json:
        print_json({"accounts": shown})
        return
    table = Table("identifiant", "nom", "rôles", "territoires", "agit pour", "état")
    for one in shown:
        name = escape(flatten_text(f"{one['family']} {one['given']}"))
        identity = escape(flatten_text(one["national_id"] or f"{one['id']} {one['email']}"))
        state = "actif" if one["active"] else "fermé"
        held = " ".join((*one["delegations"], *one["structures"]))
        roles, territories = " ".join(one["roles"]), " ".join(one["territories"])
        table.add_row(identity, name, roles, territories, held, state)
    result_console().print(table)


def print_reports(reports: list[LineReport], as_json: bool) -> None:
    """Print what each line became; raises ``FailureExit`` when one was refused."""
    counts = Counter(report.outcome for report in reports)
    if as_json:
        print_json(describe_reports(reports))
    else:
        for one in reports:
            print_line(f"ligne {one.number} : {OUTCOMES[one.outcome]} {one.reason}".rstrip())
        told = (format_count(counts[outcome], OUTCOMES[outcome]) for outcome in Outcome)
        print_line(f"{format_count(len(reports), 'ligne')}, comptes : {', '.join(told)}.")
    if refused := counts[Outcome.REFUSED]:
        raise FailureExit(REFUSED, format_count(refused, "ligne", "refusée"))
