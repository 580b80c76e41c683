"""``sas search`` and ``sas serve`` as a person meets them: a process, its text, its exit code."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from cli.views.page_cards import place_line
from tests.conftest import CreateOffers
from tests.suite.waiting import PATIENCE_S, wait_for_liveness

DOZEN = Path(__file__).parents[1] / "fixtures" / "search" / "dozen_offers.json"
NOW = "2026-11-23T09:00:00Z"
SAS = str(Path(sys.executable).with_name("sas"))

Sas = Callable[..., Result]


@pytest.fixture
def environment(es_url: str, index_prefix: str) -> dict[str, str]:
    """What the commands find: the node of the tests, no geocoding service, no terminal."""
    unwanted = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": index_prefix,
        "SAS_GEOCODER_URL": "off",
    }


@pytest.fixture
def sas(environment: dict[str, str]) -> Sas:
    """``sas(*arguments)`` runs the command in this process: exit code and both streams."""

    def run(*arguments: str, **changed: str) -> Result:
        return CliRunner().invoke(app, arguments, env=environment | changed)

    return run


@pytest.fixture
def dozen(create_offers: CreateOffers) -> None:
    """The dozen offers, searchable."""
    create_offers(json.loads(DOZEN.read_text("utf-8")))


@pytest.mark.proves("F001", "F018", "F023", "F100")
def test_a_page_reads_without_a_terminal(environment: dict[str, str], dozen: None) -> None:
    command = [SAS, "search", "médecin généraliste", "--near", "44.5180,3.5005", "--now", NOW]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 100 and line == line.rstrip() for line in done.stdout.splitlines())
    page = " ".join(done.stdout.split())
    for result in (
        "Médecine générale : Mende (48), rayon 50 km",
        "5 offres · offres avec créneau · ordre : meilleure offre",
        "Dr Élodie SÉITÉ Médecin · Médecine générale",
        "04 66 00 11 01 · 12 rue du Lac, 48000 Mende",
        "SAS par sa CPTS (CPTS du Gévaudan)",
        "Aujourd'hui à 11:00 (SNP",
        "(PUBLIC, au cabinet ou en téléconsultation)",
        "sans rendez-vous, reste 3 places sur 4",
        "ouvert",
        "--filters : les filtres et leurs comptes · --why : le détail de chaque rang",
    ):
        assert result in page, result
    assert "FILTRES" not in page
    assert "Rang :" not in page


def test_a_card_has_four_lines_at_most_and_its_sum_on_demand(sas: Sas, dozen: None) -> None:
    asked = ("search", "médecin généraliste", "--near", "44.5180,3.5005", "--now", NOW)
    cards = re.split(r"\n +\d+ (?:Dr|SOS) ", sas(*asked).stdout.partition("Suite")[0])[1:]
    assert len(cards) == 5
    assert all(len(card.strip("\n").split("\n\n")[0].splitlines()) <= 4 for card in cards)
    explained = sas(*asked, "--why").stdout
    assert explained.count("Rang :") == len(cards)
    words = " ".join(explained.split())
    sums = re.findall(
        r"palier (\d+), bande (−?\d+) — trajet [\d,]+ \([\d,]+ k?m\) ; .+? min", words
    )
    places = [(int(tier), int(band.replace("−", "-"))) for tier, band in sums]
    assert len(places) == len(cards)
    assert places == sorted(places)
    assert "SNP −4" in words
    assert "--why" not in explained


def test_a_structure_is_not_named_twice(sas: Sas, dozen: None) -> None:
    result = sas("search", "pharmacie", "--insee", "48095", "--now", NOW).stdout
    titles = re.findall(r"^ +\d+ (.+?)  Pharmacie$", result, re.MULTILINE)
    assert titles
    assert all(result.count(title) == 1 for title in titles)


def test_a_phone_is_not_cut_by_the_end_of_a_line() -> None:
    card = {
        "title": "Dr A",
        "kind": "professional",
        "accepts_beyond": False,
        "participation": {"sas": False},
        "place": {"name": "C" * 60, "lines": ["1 rue du Lac"], "city": "Mende"},
        "phones": ["+33466001101"],
    }
    assert place_line(card) == f"04 66 00 11 01 · {'C' * 60}, 1 rue du Lac, Mende"


def test_an_empty_page_proposes_only_what_is_not_empty(sas: Sas, dozen: None) -> None:
    nobody = sas("search", "Xyzzyx", "--now", NOW, "--department", "48").stdout
    assert "Rien non plus dans un autre mode ou sans filtre." in nobody
    assert "« Xyzzyx » : personne de ce nom ici. Vérifiez l'orthographe" in nobody
    filtered = ("search", "MG", "--now", NOW, "--insee", "48095", "--consultation", "HH")
    result = sas(*filtered, "--radius", "1").stdout
    assert re.search(r"Sans les filtres : \d+ \(sans --consultation\)", result)
    assert "Sans --radius, la recherche va à 50 km au moins." in result
    assert "(--radius 2)" in result or "(--mode all)" not in result


def test_a_page_after_the_last_one_says_which_is_the_last(sas: Sas, dozen: None) -> None:
    asked = ("search", "MG", "--now", NOW, "--insee", "48095", "--size", "1", "--page", "90")
    result = sas(*asked).stdout
    assert re.search(r"\d+ offres · ", result)
    assert "Cette page est vide : la dernière est --page 5." in result


@pytest.mark.proves("F082", "W09")
def test_every_filter_shown_is_an_option_that_gives_its_count(sas: Sas, dozen: None) -> None:
    asked = ("search", "MG", "--now", NOW, "--insee", "48095", "--radius", "90", "--mode", "all")
    result = " ".join(sas(*asked, "--filters").stdout.partition("FILTRES")[2].split())
    facets = re.findall(r", (--[a-z-]+) : (.*?)(?= [A-Z][^,()]*, --|$| Suite| --why)", result)
    shown = [
        (option, value, count)
        for option, values in facets
        for value, count in re.findall(r"\(([^)]+)\) (\d+)", values)
    ]
    assert {"--consultation", "--slot-type", "--horizon"} <= {option for option, _, _ in shown}
    horizons = [int(value.partition("-")[0]) for name, value, _ in shown if name == "--horizon"]
    assert horizons == sorted(horizons)
    for option, value, count in shown:
        chosen = sas(*asked, option, value)
        assert re.search(rf"^{count} offres?\b", chosen.stdout, re.MULTILINE), (option, value)


@pytest.mark.proves("F048")
def test_the_treating_doctor_is_shown_apart(sas: Sas, dozen: None) -> None:
    done = sas(
        *("search", "MG", "--insee", "48095", "--treating-doctor", "Journo", "--now", NOW),
        *("--size", "2"),
    )
    assert done.exit_code == 0
    before, _, after = done.stdout.partition("MÉDECIN TRAITANT")
    assert "JOURNO" not in before
    assert after.count("JOURNO") == 1
    assert "AUTRES OFFRES" in after
    assert re.search(r"Suite : --page 2 --seed \d+", done.stdout)


def test_json_for_programs_is_the_page_itself(sas: Sas, dozen: None) -> None:
    done = sas("search", "MG", "--department", "48", "--now", NOW, "--seed", "7", "--json")
    page: dict[str, Any] = json.loads(done.stdout)
    assert (done.exit_code, page["seed"], page["total"]["value"]) == (0, 7, 5)
    assert page["window"]["from"] == NOW


@pytest.mark.proves("F009", "F031")
def test_a_structure_word_and_a_department_said_in_words(sas: Sas, dozen: None) -> None:
    done = sas("search", "pharmacies", "--where", "Lozère", "--now", NOW)
    assert "Pharmacie d'officine : département Lozère (48)" in done.stdout
    assert "Pharmacie du Gévaudan" in done.stdout
    assert "Aucun créneau" in done.stdout
    assert "les offres sans créneau sont aussi affichées" in done.stdout


@pytest.mark.proves("F006")
def test_an_address_read_as_its_commune_is_told(sas: Sas, dozen: None) -> None:
    asked = ("search", "MG", "--now", NOW, "--where")
    address = sas(*asked, "12 rue de la Paix, Mende")
    assert "Médecine générale : Mende (48)" in address.stdout
    assert "Adresse non trouvée : la recherche se fait autour de sa commune." in address.stdout
    assert "Adresse non trouvée" not in sas(*asked, "48000 Mende").stdout


def test_the_communes_a_name_may_also_mean_are_told(sas: Sas, dozen: None) -> None:
    asked = ("search", "médecin généraliste", "--now", NOW, "--where")
    result = " ".join(sas(*asked, "Saint-Denis").stdout.split())
    assert "Plusieurs communes possibles : Saint-Denis (974) est retenue." in result
    assert "Pour Saint-Denis (93), Saint-Denis (11) ou Saint-Denis (30), donnez le code" in result
    assert "communes possibles" not in sas(*asked, "Saint-Denis, La Réunion").stdout


def test_what_else_an_ambiguous_word_means_is_told(sas: Sas, dozen: None) -> None:
    done = sas("search", "ortho", "--insee", "48095", "--now", NOW)
    assert done.exit_code == 0
    assert "Aucune offre" in done.stdout
    assert "Autres sens possibles : chirurgien orthopédiste, orthodontiste" in done.stdout


def test_the_day_is_the_place_s_own(sas: Sas, dozen: None) -> None:
    done = sas("search", "Hoarau", "--department", "974", "--now", NOW)
    assert "Demain à 01:30 (PUBLIC)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zz", "--insee", "48095"], "Recherche trop courte (QUOI)"),
        (["MG"], "Aucun lieu n'est donné, ni reconnu dans la recherche."),
        (["MG", "--insee", "48095", "--department", "48"], "Donnez un seul lieu"),
        (["MG", "--near", "48.8"], "--near attend une latitude et une longitude"),
        (["MG", "--near", "0,0"], "Lieu hors de France (--near)"),
        (["MG", "--insee", "99999"], "Lieu introuvable (--insee)"),
        (["MG", "--where", "zzzz qqqq"], "Lieu introuvable (--where)"),
        (["MG", "--insee", "48095", "--size", "0"], "Critère invalide (--size)"),
        (["MG", "--insee", "48095", "--profile", "none"], "Code inconnu (--profile)"),
        (["MG", "--insee", "48095", "--now", "today"], "--now attend un instant"),
        (["MG", "--insee", "48095", "--now", "2026-11-23T10:00:00"], "décalage horaire"),
        (["MG", "--department", "48", "--radius", "5"], "Rayon sans objet (--radius)"),
    ],
)
def test_a_search_to_correct_is_a_sentence_and_exit_code_2(
    sas: Sas, arguments: list[str], sentence: str
) -> None:
    done = sas("search", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_to_mend_is_a_sentence_and_exit_code_3(sas: Sas, dead_port: int) -> None:
    missing = sas("search", "MG", "--insee", "48095")
    assert (missing.exit_code, missing.stdout) == (3, "")
    assert "sas reindex" in missing.stderr
    stopped = sas(
        "search",
        "MG",
        "--insee",
        "48095",
        SAS_ELASTICSEARCH_URL=f"http://127.0.0.1:{dead_port}",
    )
    assert (stopped.exit_code, stopped.stdout) == (3, "")
    assert "Recherche indisponible" in stopped.stderr
    assert "Traceback" not in missing.stderr + stopped.stderr


SEARCH_SETTINGS = {
    "SAS_GEOCODER_TIMEOUT_MS": "soon",
    "SAS_INDEX_PREFIX": "Not A Prefix",
    "SAS_PROFILES_FILE": "/nowhere/profiles.toml",
    "SAS_RADII_FILE": "/nowhere/radii.json",
}
API_SETTINGS = {
    "SAS_AUTH": "none",
    "SAS_DEV_NETWORKS": "not json",
    "SAS_CURSOR_KEY": "too-short",
    "SAS_CLAIMS_FILE": "/nowhere/claims.toml",
}


@pytest.mark.parametrize(("variable", "value"), (SEARCH_SETTINGS | API_SETTINGS).items())
def test_a_setting_to_correct_is_one_sentence(sas: Sas, variable: str, value: str) -> None:
    """A search reads its own settings; those of the API are checked when it is served."""
    commands = [["serve", "--port", "0"]]
    if variable in SEARCH_SETTINGS:
        commands.append(["search", "MG", "--insee", "48095"])
    for arguments in commands:
        done = sas(*arguments, **{variable: value})
        assert done.exit_code in (2, 3), done.output
        assert variable.lower() in done.stderr.lower() or value in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("key", ["", "A" * 43])
def test_serve_answers_until_it_is_stopped(
    dozen: None, environment: dict[str, str], key: str
) -> None:
    command = [SAS, "serve", "--port", "0"]
    environment["SAS_CURSOR_KEY"] = key
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        shown = re.search(r"(http://127\.0\.0\.1:\d+)/docs", process.stdout.readline())
        assert shown is not None
        url = wait_for_liveness(shown[1])
        page = httpx.post(f"{url}/v1/search", json={"what": "MG", "department": "48"}).json()
        assert page["area"]["department"] == "48"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
    assert process.stdout is not None
    # What was read ahead with the first line is in the buffer: communicate() would pass over it.
    out = process.stdout.read()
    process.stdout.close()
    assert ("SAS_CURSOR_KEY is not set" in out) == (not key)


def test_serve_says_that_the_port_is_taken(sas: Sas) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = sas("serve", "--port", str(port))
    assert done.exit_code == 1
    assert f"Port {port} of 127.0.0.1 is already taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_is_not_opened_to_a_network_by_accident(sas: Sas) -> None:
    done = sas("serve", "--host", "0.0.0.0", "--port", "0")
    assert done.exit_code == 2
    assert "SAS_DEV_NETWORKS" in done.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["MG"], "(--near, --where, --insee, --department)"),
        (["MG", "--near", "48,2", "--insee", "48095"], "(--near, --insee)"),
        (["MG", "--where", "Mende", "--insee", "48095"], "(--where, --insee)"),
    ],
)
def test_the_options_of_the_place_are_named(words: list[str], named: str) -> None:
    done = CliRunner().invoke(app, ["search", *words])
    assert done.exit_code == 2
    assert named in done.stderr


def test_a_stopped_node_is_told_with_its_remedy() -> None:
    nowhere = {"SAS_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    done = CliRunner().invoke(app, ["search", "MG", "--near", "48,2"], env=nowhere)
    assert done.exit_code == 3
    assert "`sas up`" in done.stderr


def test_what_concerns_a_patient_is_read_from_the_standard_input(
    sas: Sas, environment: dict[str, str], dozen: None
) -> None:
    arguments = ["search", "pharmacie", "--where", "Mende", "--now", NOW, "--seed", "1", "--json"]
    shown = sas(*arguments)
    hidden = [{"Mende": "-", "pharmacie": "-"}.get(word, word) for word in arguments]
    read = CliRunner().invoke(app, hidden, env=environment, input="pharmacie\nMende\n")
    assert read.exit_code == 0, read.output
    drop = {"took_ms", "took"}
    one, other = (json.loads(done.stdout) for done in (shown, read))
    assert {k: v for k, v in one.items() if k not in drop} == {
        k: v for k, v in other.items() if k not in drop
    }


@pytest.mark.parametrize("option", ["--where", "--near", "--treating-doctor"])
def test_a_line_that_is_missing_is_told(option: str) -> None:
    done = CliRunner().invoke(app, ["search", "MG", option, "-"], input="")
    assert done.exit_code == 2
    assert f"{option} - attend une ligne" in done.stderr
