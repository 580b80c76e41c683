"""Commands of the topic ``words``: the table of what people say, and how a text is read."""

from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import BAD_USAGE, REFUSED
from cli.output import exit_with_error, print_json, print_line, result_console
from cli.private_values import HELP, read_private_values
from cli.views import words as words_text
from mappings.state_file import EVERYBODY_READS, replace_file
from search_engine.understanding.check_sentences import check_sentences
from search_engine.understanding.check_words import Row, check_words
from search_engine.understanding.read_what import read_what
from search_engine.understanding.sentences import read_sentence_rows
from search_engine.understanding.words_file import (
    WORDS,
    WordsFileInvalid,
    WordsRefused,
    add_row,
    parse_words,
)

TEXT = "TEXTE"

TableFile = Annotated[
    Path | None,
    typer.Option("--table", metavar="FICHIER", help="Votre table ; par défaut celle du produit."),
]
AsJsonFr = Annotated[bool, typer.Option("--json", help="Pour les programmes : un document JSON.")]

words_app = typer.Typer(
    name="words",
    help="La table des mots de tous les jours, et la lecture d'un texte.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    app.add_typer(words_app)


@words_app.command("check")
def check(*, table: TableFile = None, as_json: AsJsonFr = False) -> None:
    """Vérifie la table : colonnes, lectures connues, rien en double, rien de caché.

    Celle du produit l'est avec ses phrases (sentences.csv) : chacune parle de ce qui peut être lu,
    et tout ce qui est connu sans être dans l'annuaire a la sienne.

    Codes de sortie : 0 aucune faute ; 1 des lignes à corriger ; 2 fichier inutilisable.
    """
    rows = _read_rows(table or WORDS)
    sentences = read_sentence_rows() if table is None else []
    faults = check_words(rows)
    unsaid = check_sentences(sentences) if table is None else []
    if as_json:
        print_json(words_text.faults_as_json(len(rows), faults, len(sentences), unsaid))
    else:
        for line in words_text.describe_faults(len(rows), "expressions", faults):
            print_line(line)
        for line in words_text.describe_faults(len(sentences), "phrases", unsaid):
            print_line(line)
    if faults or unsaid:
        raise typer.Exit(REFUSED)


@words_app.command("explain")
def explain(
    text: Annotated[str, typer.Argument(metavar=TEXT, help=f"Ce qui est tapé. {HELP}")],
    *,
    place_given: Annotated[
        bool,
        typer.Option("--place-given", help="Un lieu est donné à part."),
    ] = False,
    as_json: AsJsonFr = False,
) -> None:
    """Dit comment un texte est lu : chaque partie, ce qui est corrigé, ce qui n'est pas utilisé.

    Jamais un tri : une plainte nomme qui la soigne, rien de plus.

    Exemples :

    sas words explain "cardioloque à Brest demain matin"

    echo "otite 4 ans" | sas words explain -
    """
    typed = read_private_values({TEXT: text})[TEXT] or ""
    reading = read_what(typed, place_given=place_given)
    if as_json:
        print_json(words_text.reading_as_json(reading), indent=True)
    else:
        result_console(highlight=False, markup=False).print(words_text.explain_reading(reading))


@words_app.command("add")
def add(
    phrase: Annotated[str, typer.Argument(metavar="EXPRESSION", help="Comme les gens la disent.")],
    kind: Annotated[str, typer.Argument(metavar="NATURE", help="need, complaint, danger...")],
    reading: Annotated[
        str,
        typer.Argument(metavar="LECTURE", help="pédiatre ; otite>généraliste|ORL ; HH..."),
    ] = "",
    *,
    source: Annotated[str, typer.Option(help="D'où vient cette lecture, ou sa raison.")],
    table: TableFile = None,
) -> None:
    """Ajoute une expression à la table, à sa place, si la table reste sans faute.

    Jamais un tri : une plainte nomme qui la soigne, sans urgence ni conseil.

    Exemple :

    sas words add "mal au coude" complaint "douleur du coude>généraliste|kiné"
    --source "généraliste d'abord"
    """
    row: Row = {"phrase": phrase, "kind": kind, "reading": reading, "source": source}
    file = table or WORDS
    try:
        content = add_row(file.read_bytes(), row)
        replace_file(file, content, mode=EVERYBODY_READS)
    except (OSError, WordsFileInvalid) as error:
        exit_with_error(f"Table inutilisable ({file}) : {_describe(error)}.", BAD_USAGE)
    except WordsRefused as refused:
        faults = [f"« {fault.phrase} » : {fault.reason}" for fault in refused.faults]
        exit_with_error(f"Expression refusée : {' ; '.join(faults)}.", REFUSED)
    print_line(f"« {phrase} » est ajoutée.")


def _read_rows(table: Path) -> list[Row]:
    try:
        return parse_words(table.read_bytes())
    except (OSError, WordsFileInvalid) as error:
        exit_with_error(f"Table inutilisable ({table}) : {_describe(error)}.", BAD_USAGE)


def _describe(error: OSError | WordsFileInvalid) -> str:
    return (error.strerror or "illisible") if isinstance(error, OSError) else str(error)
