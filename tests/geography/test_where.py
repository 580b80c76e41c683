"""``where`` in every wording, offline: coordinates, districts, islands, misspelt communes."""

from time import thread_time

import pytest

from geography.gazetteer import load_gazetteer
from geography.where.coordinates import PastedPoint, is_link, parse_coordinates
from geography.where.department_text import match_department
from geography.where.misspelt import find_near_communes
from geography.where.text_place import MISSPELT, find_other_communes, match_commune
from geography.where.usual_places import find_usual_communes

COMMUNES = load_gazetteer()

PARIS = (48.8566, 2.3522)

POINTS = {
    "48.8566,2.3522": PARIS,
    " 48.8566 2.3522 ": PARIS,
    "(48.8566, 2.3522)": PARIS,
    "48,8566 2,3522": PARIS,
    "48,8566, 2,3522": PARIS,
    "48,8566;2,3522": PARIS,
    "48,8566,2,3522": PARIS,
    "48.8566° / 2.3522°": PARIS,
    "lat 48.8566 lon 2.3522": PARIS,
    "lat=48.8566&lng=2.3522": PARIS,
    "latitude : 48.8566, longitude : 2.3522": PARIS,
    "48.8566N 2.3522E": PARIS,
    "N 48.8566, E 2.3522": PARIS,
    "2.3522° Est, 48.8566° Nord": PARIS,
    "+48.8566+002.3522/": PARIS,
    "geo:48.8566,2.3522?z=15": PARIS,
    "geo:48,2": (48, 2),
    "48°51'24\"N 2°21'8\"E": (48.856667, 2.352222),
    "48° 51′ 24″ N, 2° 21′ 8″ E": (48.856667, 2.352222),
    "48 51 24 N 2 21 8 E": (48.856667, 2.352222),
    "48°51.4'N 2°21.1333'E": (48.856667, 2.352222),
    "48°23'N 4°29'O": (48.383333, -4.483333),
    "21,1° Sud 55,5° Est": (-21.1, 55.5),
    "-21.1, 55.5": (-21.1, 55.5),
    "44.5, 0": (44.5, 0.0),
    "44.5 0.0": (44.5, 0.0),
    "0.0,0.0": (0.0, 0.0),
    "https://www.google.com/maps/@48.8566,2.3522,15z": PARIS,
    "https://www.google.com/maps/place/X/@48.8,2.3,15z/data=!3m1!3d48.8566!4d2.3522": PARIS,
    "https://www.google.com/maps/search/?api=1&query=48.8566%2C2.3522": PARIS,
    "https://maps.apple.com/?ll=48.8566,2.3522&q=Paris": PARIS,
    "https://www.openstreetmap.org/#map=15/48.8566/2.3522": PARIS,
    "https://www.openstreetmap.org/?mlat=48.8566&mlon=2.3522#map=15/48.8/2.3": PARIS,
    "https://waze.com/ul?ll=48.8566%2C2.3522&navigate=yes": PARIS,
    "https://www.geoportail.gouv.fr/carte?c=2.3522,48.8566&z=10": PARIS,
    "@48.8566,2.3522": PARIS,
}

NO_POINTS = (
    *("29 35", "75, 12", "48,2", "48", "48000 Mende", "12 rue X 48000 Mende", "93 94", ""),
    *("1.5 2.5 3.5", "48°51'N", "12,5 rue", "3.4 km de Brest", "Brest 29200", "48°N 12°N"),
    *("https://maps.app.goo.gl/aBcD", "https://sante.fr/x", "dr.martin@sante.fr"),
)


def test_coordinates_are_read_in_every_usual_form() -> None:
    wrong = {text: parse_coordinates(text) for text in POINTS}
    for text, (lat, lon) in POINTS.items():
        point = wrong[text]
        if point is not None and max(abs(point.lat - lat), abs(point.lon - lon)) < 1e-5:
            del wrong[text]
    assert wrong == {}
    assert {text: parse_coordinates(text) for text in NO_POINTS} == dict.fromkeys(NO_POINTS)


def test_a_link_without_a_point_is_still_a_link() -> None:
    assert is_link("https://maps.app.goo.gl/aBcD")
    assert not is_link("12 rue du Lac, Mende")
    assert PastedPoint(48, 2).is_on_earth
    assert not PastedPoint(165, -21).is_on_earth


COMMUNE_TEXTS = {
    # districts
    "Paris XV": "75115",
    "paris 15e": "75115",
    "Paris, 6e": "75106",
    "Paris 6ème arrdt": "75106",
    "75015": "75115",
    "15e arrondissement de Paris": "75115",
    "dans le 15e à Paris": "75115",
    "Lyon 3": "69383",
    "Lyon IIIe": "69383",
    "le 3e de Lyon": "69383",
    "Marseille XIII": "13213",
    "17e arrondissement": "75117",
    "12 rue Lecourbe Paris XV": "75115",
    # islands
    "Ouessant": "29155",
    "île d'Ouessant": "29155",
    "Belle-Île": "56152",
    "belle ile en mer": "56152",
    "les Glénan": "29058",
    "Oléron": "17385",
    "l'île d'Oléron": "17385",
    "Ré": "17369",
    "ile de re": "17369",
    "Groix": "56069",
    "Houat": "56086",
    "Hoedic": "56085",
    "Yeu": "85113",
    "Porquerolles": "83069",
    "la Désirade": "97110",
    "Marie-Galante": "97112",
    "Les Saintes": "97131",
    "Saintes": "17415",
    "Bréhat": "22016",
    "Chausey": "50218",
    "St Barth": "97701",
    "Petite-Terre": "97615",
    "Moorea": "98729",
    # words around the name, abbreviations
    "près de Brest": "29019",
    "à Brest": "29019",
    "vers Morlaix": "29151",
    "centre-ville de Rennes": "35238",
    "Rennes centre": "35238",
    "au Mans": "72181",
    "Chalon s/ Saône": "71076",
    "Villeneuve ss Dammartin": "77511",
    "Rosny s/ Bois": "93064",
    "Neuilly s/Seine": "92051",
    "FONTENAY S BOIS": "94033",
    "ST ETIENNE DU ROUVRAY": "76575",
    "Ste Maxime": "83115",
    "Fort de France": "97209",
    "la Défense": "92026",
    # misspelt
    "Landernau": "29103",
    "Quimpert": "29232",
    "Maurlaix": "29151",
    "Montpelier": "34172",
    "Saint Brieux": "22278",
    "lehavre": "76351",
    "Charleville Mézière": "08105",
    "Carpantras": "84031",
    "près de Landernau": "29103",
    # last words of an address
    "16 rue Gabarret Attenschwiller": "68013",
    "3 place du Bourg Plouzévédé": "29213",
    "Kergoat Plouzévédé": "29213",
    "12 rue Saint Jean Brest": "29019",
    "rue de Siam à Brest": "29019",
    "4 rue des Lilas Saint-Pierre": "67429",
    "12 rue Victor Schoelcher Fort-de-France": "97209",
    "11 rue Henri Bretagne Bethoncourt": "25057",
    "9 rue de l'école bitschhoffen": "67048",
    "544 route de Champagnole Ney": "39389",
    "120 chemin du Milieu Le Pin": "77363",
    "12 rue du Lac, 29600Morlaix": "29151",
    "Brest, 12 rue de Siam": "29019",
    "Amiens rue du maréchal Foch": "80021",
}

NO_COMMUNE = (
    *("10 rue des 4 Frères Robert", "12 rue Paul Bert", "rue Jean Macé", "12 rue Louis Aragon"),
    *("12 rue de Brest", "place de la Mairie", "rue de la République", "résidence Les Lilas"),
    *("Lieu-dit Kerguelen", "12 rue X Le Bourg", "La Plage", "Kervao", "Paris 21", "Corse"),
    *("11 rue Henri Bretagne", "25 rue Arago", "3 voie communale Grande Rue", "3 rue de Verdun"),
    *("12 avenue du Général de Gaulle", "rue Albert", "8 place Sainte Anne", "La Roche"),
)


def test_a_commune_is_found_in_every_wording() -> None:
    found = {text: match_commune(COMMUNES, text) for text in (*COMMUNE_TEXTS, *NO_COMMUNE)}
    read = {text: None if match is None else match.commune.insee for text, match in found.items()}
    assert read == COMMUNE_TEXTS | dict.fromkeys(NO_COMMUNE)


def test_an_island_of_a_commune_of_the_coast_has_its_own_point_and_name() -> None:
    (porquerolles,) = find_usual_communes("île de Porquerolles")
    assert (porquerolles.part, porquerolles.insee) == ("Porquerolles", "83069")
    assert abs(porquerolles.lat - 43.001) < 0.01
    assert find_usual_communes("Hyères") == []


def test_a_misspelt_name_is_less_sure_than_a_name_and_costs_little() -> None:
    match = match_commune(COMMUNES, "Landernau")
    assert match is not None
    assert match.score == MISSPELT
    texts = [text for text in COMMUNE_TEXTS if text.isascii()] * 2
    started = thread_time()
    for text in texts:
        find_near_communes(COMMUNES, text)
    assert (thread_time() - started) / len(texts) < 0.002


OTHERS = {
    "6e arrondissement": ["69386", "13206"],
    "42620": ["03250"],
    "12 rue du Lac 42620": ["03250"],
    "42620 Saint-Martin-d'Estréaux": [],
    "Saint-Benoît": ["86214"],
    "Roissy": ["95527"],
    "Les Saintes": ["97130"],
}


def test_what_else_a_text_may_mean_is_told() -> None:
    read = {}
    for text, others in OTHERS.items():
        match = match_commune(COMMUNES, text)
        assert match is not None
        found = [c.insee for c in find_other_communes(COMMUNES, text, match.commune)]
        read[text] = found[: len(others)] if others else found
    assert read == OTHERS


@pytest.mark.parametrize(
    ("text", "home", "insee"),
    [
        ("Saint-Denis", "93", "93066"),
        ("Saint-Denis", "29", "93066"),  # none at home: on the same shore
        ("Saint-Denis", "974", "97411"),
        ("Saint-Pierre", "972", "97225"),
        ("4 rue des Lilas Saint-Pierre", "974", "97416"),
        ("Évry", "91", "91228"),
        ("Saint-Ouen", "93", "93070"),
        ("6e arrondissement", "69", "69386"),
        ("Mende", "29", "48095"),
    ],
)
def test_the_departments_of_the_caller_decide_between_homonyms(
    text: str, home: str, insee: str
) -> None:
    match = match_commune(COMMUNES, text, home={home})
    assert match is not None
    assert match.commune.insee == insee


DEPARTMENTS = {
    "le 93": "93",
    "dans le 93": "93",
    "le 9-3": "93",
    "en Lozère": "48",
    "la Vienne": "86",
    "dans la Manche": "50",
    "le 2A": "2A",
    "dept 48": "48",
    "dans le département du Nord": "59",
    "Vienne": None,
    "93 94": None,
    "le Mans": None,
}


def test_a_department_is_found_in_every_wording() -> None:
    assert {text: match_department(COMMUNES, text) for text in DEPARTMENTS} == DEPARTMENTS
