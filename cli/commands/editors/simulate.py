"""Commands of the topic ``simulate``: the partners of the service, invented, on this machine."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import BAD_USAGE, REFUSED
from cli.failures import describe_error
from cli.output import exit_with_error, print_line
from simulation.editors.faults import FAULTS
from simulation.editors.server import EditorServer, build_server
from simulation.editors.sheets import issue_certificates, write_sheets
from simulation.editors.slot_book import REQUESTS, read_slot_books

app = typer.Typer(
    name="simulate", help="Partenaires simulés, sur cette machine.", no_args_is_help=True
)


def register(main: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    main.add_typer(app)


@app.command("editors")
def simulate_editors(
    directory: Annotated[
        Path,
        typer.Option(
            "--from", metavar="DIR", help="Un jeu de `sas generate`.", exists=True, file_okay=False
        ),
    ],
    folder: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Où écrire certificats et fiches."),
    ],
    faults: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="EDITEUR=PANNE", help="Une panne de cet éditeur ; répétable."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port HTTPS, sur 127.0.0.1 ; 0 : un port libre.")
    ] = 8443,
) -> None:
    """Sert les créneaux des éditeurs d'un jeu inventé, en TLS mutuel, jusqu'à Ctrl-C.

    Chaque éditeur est un chemin : `https://localhost:8443/agendis/Slot`. Les fiches de convention
    sont dans `editors.json` du dossier `--out`, avec les certificats.

    Exemple : `sas simulate editors --from demo --out editeurs`, puis, ailleurs,
    `sas editors sweep editeurs/editors.json`

    Avec une panne : `--fault agendis=late` ; un nom inconnu en affiche la liste.
    """
    if not (directory / REQUESTS).is_file():
        exit_with_error(
            f"{directory} n'a pas de {REQUESTS} : écrivez-le par `sas generate`.", REFUSED
        )
    try:
        editors = EditorServer(read_slot_books(directory))
        _put_faults(editors, faults or [])
        market = issue_certificates(folder, datetime.now(UTC))
        with socket.create_server(("127.0.0.1", port)) as door:
            bound = door.getsockname()[1]
            sheets = write_sheets(market, editors.books, bound)
            count = len(editors.books)
            print_line(f"{count} éditeurs sur https://localhost:{bound} ; fiches : {sheets}")
            build_server(editors, market.server, market.authority).run(sockets=[door])
    except OSError as error:
        exit_with_error(describe_error(error), REFUSED)


def _put_faults(editors: EditorServer, faults: Sequence[str]) -> None:
    for given in faults:
        editor, _, name = given.partition("=")
        if editor not in editors.books:
            exit_with_error(f"--fault : {editor} n'est pas un éditeur du jeu.", BAD_USAGE)
        if name not in FAULTS:
            exit_with_error(f"--fault : les pannes sont {', '.join(sorted(FAULTS))}.", BAD_USAGE)
        editors.faults.set(editor, name)
