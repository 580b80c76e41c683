"""``sas lrm``: links built and explained, without a network and with an exit code."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app

Sas = Callable[..., Result]
BASE = "https://sas.example/v1/lrm/search"
LINK_PARAMETERS = {
    "origin": "1.2.250.1.999.1",
    "specialty": "SM54",
    "practitioner": "10000000102",
    "streetnumber": "12 bis",
    "streetname": "rue de l'Église & du Lac",
    "inseecode": "48095",
}


@pytest.fixture
def sas(monkeypatch: pytest.MonkeyPatch) -> Sas:
    """The command with no node, no service and a wide terminal."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words, **more: CliRunner().invoke(app, ["lrm", *words], **more)


def options(**parameters: str) -> list[str]:
    return [word for name, value in parameters.items() for word in (f"--{name}", value)]


def check_link(sas: Sas, link: str) -> tuple[int, list[tuple[str, str, str]]]:
    done = sas("check", "--json", link)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return done.exit_code, [(one["parameter"], one["level"], one["became"]) for one in found]


@pytest.mark.proves("F053")
def test_a_link_built_is_a_link_understood(sas: Sas) -> None:
    built = sas("link", *options(**LINK_PARAMETERS, base=BASE))
    assert (built.exit_code, built.stderr) == (0, "")
    link = built.stdout.strip()
    assert link.startswith(
        f"{BASE}?origin=1.2.250.1.999.1&specialty=urn%3Aoid%3A1.2.250.1.213.2.28"
    )
    assert " " not in link
    assert check_link(sas, link) == (
        0,
        [
            ("origin", "ok", "1.2.250.1.999.1"),
            ("specialty", "ok", "Médecine générale"),
            ("practitioner", "ok", "RPPS 10000000102"),
            ("adresse", "unchecked", "12 bis rue de l'Église & du Lac, 48000 Mende"),
        ],
    )


@pytest.mark.proves("F058")
def test_a_link_that_would_be_refused_is_not_written(sas: Sas) -> None:
    done = sas("link", *options(origin="1.2", streetnumber="12", inseecode="48095"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "sans nom de rue" in done.stderr


def test_a_link_to_an_unknown_speciality_is_not_written(sas: Sas) -> None:
    """The service would look for a general practitioner instead."""
    done = sas("link", *options(origin="1.2", specialty="quevarrec", city="Mende"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Aucun lien n'est écrit" in done.stderr
    assert sas("link", *options(origin="1.2", city="Mende")).exit_code == 0


def test_an_address_is_read_from_the_standard_input(sas: Sas) -> None:
    """Arguments are in the list of processes: lines stand for them, in the order of the help."""
    hidden = {"practitioner": "-", "streetnumber": "-", "streetname": "-"}
    lines = [LINK_PARAMETERS[name] for name in hidden]
    for content in ("\n".join(lines), "\r\n".join(lines).encode("cp1252")):
        done = sas("link", *options(**{**LINK_PARAMETERS, **hidden}, base=BASE), input=content)
        assert done.stdout == sas("link", *options(**LINK_PARAMETERS, base=BASE)).stdout


@pytest.mark.parametrize("content", ["", "\n", "x" * 10_001])
def test_a_line_that_is_missing_or_endless_is_refused(sas: Sas, content: str) -> None:
    done = sas("link", *options(origin="1.2", city="-"), input=content)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--city - attend une ligne" in done.stderr


@pytest.mark.parametrize(
    ("query", "code", "wrong"),
    [
        ("origin=1.2&city=Mende&specialty=MG&practitioner=Boidin", 0, []),
        ("origin=1.2&city=Mende", 0, [("specialty", "warning"), ("practitioner", "warning")]),
        ("specialty=MG&practitioner=X&city=Mende", 2, [("origin", "fault")]),
        ("origin=1.2&specialty=MG&practitioner=X", 2, [("city", "fault")]),
        ("origin=1&specialty=MG&practitioner=X&city=Mende&city=Lyon", 2, [("city", "fault")]),
        ("origin=1&specialty=MG&practitioner=X&city=Mende&size=x", 2, [("size", "fault")]),
        ("origin=1&specialty=MG&practitioner=Andr%E9&city=Mende", 0, []),
        ("origin=1&specialty=MG&practitioner=Andr\udce9&city=Mende", 0, []),
        (
            "origin=1&specialty=MG&practitioner=Andr%EF%BF%BD&city=Mende",
            2,
            [("practitioner", "fault")],
        ),
        ("origin=1&specialty=MG&practitioner=X&city=Mende#city=Lyon", 0, []),
        ("origin=1&specialty=MG&practitioner=X&city=Mende&loc=a", 0, [("loc", "warning")]),
        (
            "origin=1&speciality=quevarrec&practitioner=X&city=Mende",
            0,
            [("speciality", "warning")],
        ),
        ("", 2, [("origin", "fault"), ("specialty", "warning")]),
    ],
)
def test_each_wrong_parameter_is_named(
    sas: Sas, query: str, code: int, wrong: list[tuple[str, str]]
) -> None:
    exit_code, found = check_link(sas, f"{BASE}?{query}\n")
    result = [(name, level) for name, level, _ in found if level != "ok"]
    assert exit_code == code
    assert result[: len(wrong)] == wrong
    assert bool(result) == bool(wrong)


@pytest.mark.parametrize(
    ("query", "told"), [("city=Mende&x=%81", "Windows-1252"), ("&x=1" * 4_090, "256")]
)
def test_a_link_that_cannot_be_read_is_refused_in_one_sentence(
    sas: Sas, query: str, told: str
) -> None:
    done = sas("check", input=f"{BASE}?{query}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_link_is_read_from_the_standard_input(sas: Sas) -> None:
    done = sas("check", input=f"{BASE}?origin=1.2&inseecode=75115\n")
    assert done.exit_code == 0
    assert "75015 Paris" in done.stdout


def test_a_code_given_alone_is_shown_in_the_form_of_the_contract(sas: Sas) -> None:
    done = sas("check", f"{BASE}?origin=1.2&city=Mende&practitioner=X&specialty=SM54")
    assert done.exit_code == 0
    assert "Un code ne va pas seul : urn:oid:1.2.250.1.213.2.28|SM54" in done.stdout


def test_a_text_that_is_no_link_is_refused_and_not_repeated(sas: Sas) -> None:
    done = sas("check", input="12 rue du Lac\n")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Ce n'est pas un lien" in done.stderr
    assert "Lac" not in done.stderr


def test_what_walks_the_pages_is_told_too(sas: Sas) -> None:
    done = sas("check", f"{BASE}?origin=1.2&city=Mende&cursor=abc&stable=true")
    assert done.exit_code == 0
    assert "suite d'une réponse précédente" in done.stdout
    assert "annuaire figé à la première page" in done.stdout


def test_people_read_sentences_in_french(sas: Sas) -> None:
    done = sas("check", f"{BASE}?origin=1.2&inseecode=75115&streetname=rue+%5Bbold%5D+X")
    assert done.exit_code == 0
    for result in ("rue [bold] X, 75015 Paris", "INSEE 75115", "Vérifiée au registre", "attention"):
        assert result in done.stdout


@pytest.mark.parametrize(
    ("query", "level", "words"),
    [
        ("inseecode=48095", "ok", "Autour de la commune"),
        ("inseecode=48095&streetname=rue+qui+manque", "unchecked", "pas ici"),
        ("inseecode=48095&streetnumber=12&streetname=rue+du+Lac", "unchecked", "pas ici"),
    ],
)
def test_a_street_that_nobody_looked_for_is_not_said_to_be_good(
    sas: Sas, query: str, level: str, words: str
) -> None:
    done = sas("check", "--json", f"{BASE}?origin=1.2&specialty=MG&practitioner=X&{query}")
    (found,) = [one for one in json.loads(done.stdout) if one["parameter"] == "adresse"]
    assert (done.exit_code, found["level"]) == (0, level)
    assert words in found["message"]
    shown = sas("check", f"{BASE}?origin=1.2&specialty=MG&practitioner=X&{query}")
    assert ("non vérifié" in shown.stdout) is (level == "unchecked")
