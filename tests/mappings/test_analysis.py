"""French analysis on real tokens, asked from a real Elasticsearch."""

import pytest

from mappings.analysis import analysis_settings, fold, synonym_rules
from mappings.offers import offers_mapping, offers_settings


@pytest.fixture(scope="module")
def analyze(es):
    """The tokens that an analyser of the index of offers gives for a text."""
    name = "analysis-tests"
    es.indices.delete(index=name, ignore_unavailable=True)
    es.indices.create(index=name, settings=offers_settings(), mappings=offers_mapping())

    def tokens(analyzer: str, text: str) -> list[str]:
        answer = es.indices.analyze(index=name, analyzer=analyzer, text=text)
        return [token["token"] for token in answer["tokens"]]

    yield tokens
    es.indices.delete(index=name)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("Éléonore LEFÈVRE", ["eleonore", "lefevre"]),
        ("Jean-Pierre", ["jean", "pierre"]),
        ("Marie Hélène d'Angély", ["marie", "helene", "angely", "dangely"]),
        ("d’Estaing", ["estaing", "destaing"]),
        ("St-Étienne", ["saint", "etienne"]),
        ("Ste Geneviève", ["sainte", "genevieve"]),
        ("Saint Martin", ["saint", "martin"]),
        ("Dr Cœur", ["coeur"]),
        ("Docteur Nuñez", ["nunez"]),
        ("L'Haÿ", ["hay", "lhay"]),
        ("O’BRIEN", ["o'brien", "obrien"]),
        ("de La Fontaine", ["de", "la", "fontaine"]),
        ("DU Thi", ["du", "thi"]),
    ],
)
def test_names_are_folded(analyze, written, tokens):
    assert analyze("name", written) == tokens


def test_particles_are_dropped_only_from_what_is_searched(analyze):
    assert analyze("name_search", "de La Fontaine") == ["la", "fontaine"]
    assert analyze("name", "de La Fontaine") == ["de", "la", "fontaine"]


@pytest.mark.proves("F029")
@pytest.mark.parametrize("register", ["D'ANGELO", "DANGELO", "O’BRIEN", "OBRIEN", "N'GUYEN"])
@pytest.mark.parametrize("mark", ["'", "’", ""])
def test_a_name_meets_itself_with_or_without_its_apostrophe(analyze, register, mark):
    typed = {"D": f"d{mark}angelo", "O": f"o{mark}brien", "N": f"n{mark}guyen"}[register[0]]
    for analyzer in ("name", "name_prefix"):
        assert set(analyze(f"{analyzer}_search", typed)) & set(analyze(analyzer, register))


def test_a_name_with_an_elided_particle_is_found_without_it(analyze):
    assert analyze("name_search", "d Angelo") == analyze("name_search", "ANGELO") == ["angelo"]
    assert "angelo" in analyze("name", "D'ANGELO")


def test_prefixes_of_every_word_are_indexed(analyze):
    assert analyze("name_prefix", "Hô") == ["h", "ho"]
    assert analyze("name_prefix_search", "HÔP") == ["hop"]
    assert "boid" in analyze("name_prefix", "Jean BOIDIN")


@pytest.mark.proves("F026")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("médecins généralistes", "Médecin généraliste"),
        ("l'ophtalmologie", "OPHTALMOLOGIE"),
        ("d’orthophonistes", "orthophoniste"),
        ("masseurs-kinésithérapeutes", "Masseur kinésithérapeute"),
    ],
)
def test_labels_do_not_depend_on_case_accent_plural_or_elision(analyze, one, other):
    assert analyze("label", one) == analyze("label", other)


def test_a_synonym_also_matches_the_label_of_its_target(analyze):
    found = analyze("label_search", "cardio")
    assert "cardio" in found
    assert analyze("label", "Cardiologie et maladies vasculaires")[0] in found


def test_short_synonyms_are_no_rule_since_they_hit_names():
    assert all(len(rule.split(" => ")[0]) > 3 for rule in synonym_rules())


def test_every_analyser_of_a_field_is_defined():
    defined = set(analysis_settings()["analyzer"])
    names = offers_mapping()["properties"]["names"]
    used = {names["analyzer"], names["search_analyzer"]}
    used |= {names["fields"]["prefix"]["analyzer"], names["fields"]["prefix"]["search_analyzer"]}
    labels = offers_mapping()["properties"]["labels"]
    assert used | {labels["analyzer"], labels["search_analyzer"]} <= defined


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Médecin-Généraliste", "medecin generaliste"),
        ("l’Œil  (gauche)", "l oeil gauche"),
        ("", ""),
    ],
)
def test_fold_is_the_key_of_whole_text_lookups(written, folded):
    assert fold(written) == folded
