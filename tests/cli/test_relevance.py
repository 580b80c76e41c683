"""``sas relevance`` and the relevance part of the gate, on real indices good and damaged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.commands import relevance
from cli.main import app
from elastic import lifecycle
from elastic.names import offers_alias
from indexers.reindex import recipe
from indexers.reindex.unfinished import build_unfinished_mapping
from search_engine.relevance import judge
from search_engine.relevance.known_items.templates import load_templates
from tests.conftest import CreateOffers
from tests.indexers.file_set import MENDE, NOW, FileSet
from tests.search_engine.sample_offers import doctor, structure
from tests.search_engine.sample_offers import slot as slot_after

AT_MENDE = {"insee": "48095", "department": "48", "city": "Mende"}
SEARCHED = "2026-06-16T08:05:00Z"
DOCTORS = 60

TYPED = ("titre-dr", "pharmacie-genre", "hopital-nom")
"""Templates that these tests type; all of them are typed once, below."""

Offer = dict[str, Any]
Sas = Callable[..., Result]


@pytest.fixture
def sas(es_url: str, index_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sas:
    """``sas("relevance", ...)`` as a person types it, in a corner of its own."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", "30")
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(autouse=True)
def few_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(one for one in load_templates() if one.id in TYPED)
    monkeypatch.setattr(judge, "load_templates", lambda: kept)


def surname(rank: int) -> str:
    """Names that no near spelling confuses."""
    return f"{chr(65 + rank % 26)}OR{chr(65 + rank // 26)}VELBAC"


def town(**changed: Any) -> list[Offer]:
    """General practitioners and a pharmacy of Mende; ``changed`` damages the doctors."""
    point = {"lat": 44.518, "lon": 3.501}
    doctors = [
        doctor(
            f"d{rank}",
            slots=[slot_after(30)],
            **{
                **AT_MENDE,
                "point": point,
                "names": [f"{surname(rank)} Anne"],
                "family": surname(rank),
                "given": "Anne",
                **changed,
            },
        )
        for rank in range(DOCTORS)
    ]
    pharmacy = structure("PHARMACIE DU GEVAUDAN", "pharmacy", "620", point=point, **AT_MENDE)
    return [*doctors, pharmacy]


def read_json_result(result: Result, code: int) -> dict[str, Any]:
    """The JSON of a run that ended with this code."""
    assert result.exit_code == code, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def test_a_good_index_passes(sas: Sas, create_offers: CreateOffers) -> None:
    create_offers(town())
    result = read_json_result(sas("relevance", "--now", SEARCHED, "--json"), 0)
    assert (result["good"], result["ndcg"], result["faults"]) == (True, 1.0, [])
    assert result["groups"]["professional"]["passed"] == DOCTORS
    assert result["groups"]["structure"]["passed"] == 1
    assert result["groups"]["anywhere"]["failed"] == 0
    away = {one["id"]: one for one in result["cases"]}["cardiologue-lyon"]
    assert (away["state"], away["problems"]) == ("not_judged", ["aucune offre dans ce secteur"])
    text = sas("relevance", "--now", SEARCHED)
    assert text.exit_code == 0
    assert "Cet index répond bien." in text.output
    assert (result["readings"]["failed"], result["readings"]["passed"]["reading_must"]) == ([], 989)
    assert "Textes lus comme il le faut : 989 sur 989" in text.output
    known = result["known_items"]
    assert (known["gate"], known["musts"], known["wishes"]) == (True, 1.0, None)
    assert known["groups"]["title"]["passed"] == 3
    assert "hopital-nom" in {one["id"] for one in known["cases"] if one["state"] == "not_judged"}
    assert "Recherches tapées trouvées : ce qui doit l'être 100 %" in text.output


def test_a_place_on_the_card_of_its_person_is_found(sas: Sas, create_offers: CreateOffers) -> None:
    """One card a person: whichever of two places was drawn, the card shows it."""
    offers = town()
    doctors = [one for one in offers if one["kind"] == "professional"]
    create_offers([*offers, *({**one, "id": f"{one['id']}-2"} for one in doctors)])
    result = read_json_result(sas("relevance", "--now", SEARCHED, "--json"), 0)
    named = [one for one in result["cases"] if one["group"] == "professional"]
    assert {one["id"].endswith("-2") for one in named} == {True, False}
    assert [one["id"] for one in named if one["ndcg"] < 1] == []


def test_the_part_asked_before_a_swap_is_small(sas: Sas, create_offers: CreateOffers) -> None:
    create_offers(town())
    result = read_json_result(sas("relevance", "--smoke", "--now", SEARCHED, "--json"), 0)
    assert result["groups"]["professional"]["passed"] == 24
    assert result["groups"]["anywhere"]["passed"] >= 5
    assert len(result["cases"]) <= 70
    assert result["known_items"]["cases"] == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ({"specialties": ["54"]}, "medecin-generaliste : rien de trouvé là où 60 offres"),
        ({"point": {"lat": 3.501, "lon": 44.518}}, "sous 0,950 : 60 offres introuvables"),
        ({"names": ["INCONNU"]}, "sous 0,950 : 60 offres introuvables"),
    ],
    ids=["specialities", "points", "names"],
)
def test_a_damaged_index_fails_with_a_sentence(
    sas: Sas, create_offers: CreateOffers, damage: Offer, sentence: str
) -> None:
    create_offers(town(**damage))
    result = sas("relevance", "--now", SEARCHED)
    assert result.exit_code == 1, result.output
    assert "Cet index ne répond pas assez bien" in result.output
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_an_index_where_nothing_can_be_judged_is_not_called_good(
    sas: Sas, create_offers: CreateOffers
) -> None:
    create_offers([])
    result = sas("relevance", "--now", SEARCHED)
    assert result.exit_code == 1
    assert "Rien n'a pu être jugé" in result.output


def test_another_index_is_judged_by_its_own_name(
    sas: Sas, es: Elasticsearch, index_prefix: str, create_offers: CreateOffers
) -> None:
    create_offers(town())
    kept = str(lifecycle.live_index(es, offers_alias(index_prefix)))
    create_offers(town(names=["INCONNU"]))
    assert read_json_result(sas("relevance", "--index", kept, "--now", SEARCHED, "--json"), 0)[
        "good"
    ]
    assert not read_json_result(sas("relevance", "--now", SEARCHED, "--json"), 1)["good"]


def write_complaint(tmp_path: Path, **fields: Any) -> Path:
    """A file with one case judged by ids, in the words of whoever complained."""
    search = '{ what = "Anne AORAVELBAC", insee = "48095", mode = "all" }'
    lines = {
        "id": '"plainte-1"',
        "description": '"Plainte du 16 juin : le Dr Aoravelbac ne sort pas"',
        "kind": '"recall"',
        "search": search,
        **fields,
    }
    path = tmp_path / "plaintes.toml"
    text = "\n".join(f"{name} = {value}" for name, value in lines.items())
    path.write_text(f"[[case]]\n{text}\n", encoding="utf-8")
    return path


def test_a_complaint_is_a_case(sas: Sas, create_offers: CreateOffers, tmp_path: Path) -> None:
    offers = town()
    create_offers(offers)
    own, other = offers[0]["id"], offers[1]["id"]
    words = ("relevance", "--now", SEARCHED, "--cases")
    assert sas(*words, write_complaint(tmp_path, expected=f'["{own}"]')).exit_code == 0
    result = sas(*words, write_complaint(tmp_path, expected=f'["{other}"]'))
    assert result.exit_code == 1
    for output in (
        "Plainte du 16 juin",
        f"manque : {other}",
        "trouvé : Dr d0",
        "plainte-1 : échoué",
    ):
        assert output in result.output, result.output
    assert "nDCG@10 de 0,000, sous 0,950\n" in result.output
    absent = write_complaint(tmp_path, expected='["rpps:9@9"]')
    unjudged = "plainte-1 : non jugé, une offre attendue n'est pas dans cet index"
    assert unjudged in sas(*words, absent).output
    gone = read_json_result(sas(*words, absent, "--json"), 1)
    assert gone["cases"][0]["state"] == "not_judged"
    known = write_complaint(
        tmp_path, expected=f'["{other}"]', known_failure='"on attend la mise à jour"'
    )
    output = read_json_result(sas(*words, known, "--json"), 0)
    assert output["cases"][0]["state"] == "known_failure"


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({"expcted": '["a"]'}, "case 1, expcted : ce champ n'existe pas"),
        (
            {"search": '{ what = "MG", insee = "48095", rayon = 3 }'},
            "case 1, search, rayon : ce champ n'existe pas",
        ),
        ({"search": '{ what = "MG", where = "Mende" }'}, "case 1, search : dites le lieu par lat"),
        ({"expected": "[]"}, "case 1 : nommez les identifiants attendus"),
        ({"kind": '"foo"'}, "case 1, kind : valeurs permises : 'precision'"),
        ({"description": '"trop"'}, "case 1, description : au moins 10 caractères"),
    ],
    ids=["field", "criterion", "text-place", "nothing", "kind", "description"],
)
def test_a_case_that_would_judge_nothing_is_refused(
    sas: Sas, tmp_path: Path, field: dict[str, str], sentence: str
) -> None:
    path = write_complaint(tmp_path, **{"expected": '["a"]', **field})
    result = sas("relevance", "--cases", path)
    assert result.exit_code == 2, result.output
    assert "Fichier de cas inutilisable" in result.output
    assert sentence in result.output
    assert "pydantic" not in result.output
    assert "Traceback" not in result.output


def test_a_missing_file_of_cases_is_refused(sas: Sas, tmp_path: Path) -> None:
    assert sas("relevance", "--cases", tmp_path / "none.toml").exit_code == 2


def test_without_an_index_or_a_node_the_service_is_said_to_be_missing(
    sas: Sas, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = sas("relevance")
    assert result.exit_code == 3, result.output
    assert "Traceback" not in result.output
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    assert sas("relevance").exit_code == 3


def test_the_page_names_what_is_not_found_and_escapes_it(
    sas: Sas, create_offers: CreateOffers, tmp_path: Path
) -> None:
    create_offers(town(names=["<b>INCONNU</b>"]))
    page = tmp_path / "pertinence.html"
    assert sas("relevance", "--now", SEARCHED, "--html", page).exit_code == 1
    text = page.read_text("utf-8")
    assert "Cet index ne répond pas assez bien" in text
    assert "Titre ou civilité, et nom : 3 sur 3" in text
    assert "&lt;b&gt;INCONNU&lt;/b&gt;" in text
    assert "<b>" not in text
    assert sas("relevance", "--now", SEARCHED, "--html", tmp_path / "no" / "a.html").exit_code == 2


def test_the_doctrine_is_measured_beside_its_targets(
    sas: Sas, create_offers: CreateOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "PATIENTS", 10)
    create_offers(town())
    found = sas("relevance", "--doctrine", "--now", SEARCHED, "--json")
    figures: dict[str, Any] = orjson.loads(found.stdout)
    assert found.exit_code == (1 if figures["missed"] else 0)
    assert (figures["gate"], figures["places"]) == (True, {"Mende (48)": 10})
    assert figures["contexts"]["dense"]["pages"] == 0
    assert figures["contexts"]["elsewhere"]["pages"] + figures["empty"] == 10
    text = sas("relevance", "--doctrine", "--now", SEARCHED, "--profile", "distance")
    assert text.exit_code == 0, text.output
    assert "3 % au plus" in text.output
    assert sas("relevance", "--doctrine", "--now", SEARCHED, "--profile", "none").exit_code == 2


# The gate ------------------------------------------------------------------------------------


def files_of_town(folder: Path) -> FileSet:
    """The same sixty doctors as files."""
    files = FileSet(folder)
    for rank in range(DOCTORS):
        files.doctor(f"101000{rank:05d}", MENDE, name=(surname(rank), surname(rank).title()))
    return files


def reindex(sas: Sas, files: FileSet, *words: str) -> Result:
    return sas("reindex", "--from", files.directory, "--now", NOW.isoformat(), *words)


def assert_gate_closed(
    result: Result, es: Elasticsearch, prefix: str, live: str, sentence: str
) -> None:
    """The gate stayed closed with this sentence, and the live index is alone as it was."""
    assert result.exit_code == 1, result.output
    assert sentence in result.output.replace("\n", " ")
    assert "The index was not made live." in result.output
    names = [str(name) for name in lifecycle.all_indices(es, offers_alias(prefix))]
    assert names == [live]


def test_a_damaged_mapping_does_not_go_live(
    sas: Sas,
    es: Elasticsearch,
    index_prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = files_of_town(tmp_path / "in")
    live = read_json_result(reindex(sas, files, "--json"), 0)["index"]
    damaged = build_unfinished_mapping()
    damaged["properties"]["specialties"] = {"type": "text"}
    monkeypatch.setattr(recipe, "build_unfinished_mapping", lambda: damaged)
    result = reindex(sas, files, "--accept-drift")
    sentence = "relevance case medecin-generaliste : Elasticsearch refuse cette recherche"
    assert_gate_closed(result, es, index_prefix, live, sentence)


def test_a_set_with_its_points_turned_round_does_not_go_live(
    sas: Sas,
    es: Elasticsearch,
    index_prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = files_of_town(tmp_path / "in")
    live = read_json_result(reindex(sas, files, "--json"), 0)["index"]
    written = recipe.write_offers

    def write_swapped_offers(client: Any, index: str, offers: Any, progress: Any) -> int:
        there = ({**one, "point": swap_lat_lon(one["point"])} for one in offers)
        return written(client, index, there, progress)

    monkeypatch.setattr(recipe, "write_offers", write_swapped_offers)
    result = reindex(sas, files, "--accept-drift")
    assert_gate_closed(result, es, index_prefix, live, "offres introuvables par leur nom")


def swap_lat_lon(point: dict[str, float]) -> dict[str, float]:
    return {"lat": point["lon"], "lon": point["lat"]}


def test_a_small_set_without_slots_goes_live(sas: Sas, tmp_path: Path) -> None:
    files = FileSet(tmp_path / "in").doctor("10100000016")
    assert reindex(sas, files).exit_code == 0


def test_homonyms_crowd_nobody_out_of_the_verdict(sas: Sas, create_offers: CreateOffers) -> None:
    same = {"names": ["AORAVELBAC Anne"], "family": "AORAVELBAC", "given": "Anne"}
    create_offers(town(**same))
    result = read_json_result(sas("relevance", "--now", SEARCHED, "--json"), 0)
    assert result["groups"]["professional"]["not_judged"] > 0
    assert result["groups"]["professional"]["failed"] == 0
