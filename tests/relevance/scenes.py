"""Scenes of the judged collection: one town each, far from the others, for one family of rules.

Keys begin with the letter of their scene. ``around`` places an offer so many kilometres north of
the town; instants are relative to the frozen Tuesday 16 June 2026, 10:05 in Paris.
"""

from typing import Any

from tests.relevance.places import around
from tests.search_engine.sample_offers import Offer, cpts, doctor, slot, structure

GUERET = {"lat": 46.1696, "lon": 1.8714, "department": "23", "insee": "23096"}
QUIMPER = {"lat": 47.9962, "lon": -4.102, "department": "29", "insee": "29232"}
AUCH = {"lat": 43.6471, "lon": 0.5837, "department": "32", "insee": "32013"}
ALENCON = {"lat": 48.4301, "lon": 0.0826, "department": "61", "insee": "61001"}
EPINAL = {"lat": 48.1752, "lon": 6.4505, "department": "88", "insee": "88160"}
BOURG = {"lat": 46.2051, "lon": 5.2252, "department": "01", "insee": "01053"}
DIJON = {"lat": 47.321, "lon": 5.0413, "department": "21", "insee": "21231"}
POITIERS = {"lat": 46.5802, "lon": 0.3408, "department": "86", "insee": "86194"}
CAYENNE = {"lat": 4.938, "lon": -52.335, "department": "973", "insee": "97302"}
DZAOUDZI = {"lat": -12.7879, "lon": 45.2704, "department": "976", "insee": "97608"}
BASSE_TERRE = {"lat": 15.9972, "lon": -61.7323, "department": "971", "insee": "97105"}
SAINTE_ANNE = {"lat": 14.44, "lon": -60.88, "department": "972", "insee": "97226"}

BAYONNE = {"lat": 43.4929, "lon": -1.4748, "department": "64", "insee": "64102"}

COVERING, AWAY = "640000011", "640000022"
"""FINESS of the CPTS of Bayonne, and of one that covers another commune."""

GARNIER, VASSEUR_A, VASSEUR_B = "10100000901", "10100000902", "10100000903"
"""RPPS of treating doctors."""


def scenes() -> list[Offer]:
    """Every scene."""
    made = (credits_scene, window_scene, absence_scene, role_scene, mode_scene)
    others = (border_scene, overseas_scene, treating_scene, filter_scene, cpts_scene)
    return [offer for scene in (*made, *others) for offer in scene()]


def at(instant: str, **fields: Any) -> dict[str, Any]:
    """A public slot of twenty minutes at an exact instant of June 2026, ``18T21:59``."""
    day, _, hour = instant.partition("T")
    start = f"2026-06-{day}T{hour}:00Z"
    end = f"2026-06-{day}T{hour[:3]}{min(59, int(hour[3:]) + 20):02d}:00Z"
    return slot(30, id=f"at-{instant}", start=start, end=end, **fields)


def of_type(hours: float, *types: str) -> dict[str, Any]:
    """A slot of these types."""
    return slot(hours, types=list(types), declared_types=list(types))


def credits_scene() -> list[Offer]:
    """Guéret, 50 km: SNP is worth 5 km, CPTS 3.5, PRO 1.5, within 4 hours 3, today 1.5,
    a precise point 1."""
    tomorrow = [slot(30)]
    return [
        doctor("c-ref", slots=tomorrow, **around(GUERET, 5)),
        doctor("c-commune", slots=tomorrow, **around(GUERET, 9.5, precision="municipality")),
        doctor("c-public", slots=tomorrow, **around(GUERET, 10)),
        doctor("c-both", slots=[of_type(2, "SNP")], **around(GUERET, 10.5)),
        doctor("c-pro", slots=[of_type(30, "PRO")], **around(GUERET, 10.8)),
        doctor("c-split", slots=[slot(1), of_type(50, "SNP")], **around(GUERET, 11)),
        doctor("c-today", slots=[slot(6)], **around(GUERET, 11.2)),
        doctor("c-cpts", slots=[of_type(30, "CPTS")], **around(GUERET, 12)),
        doctor("c-soon", slots=[slot(3)], **around(GUERET, 12.8)),
        doctor("c-snp", slots=[of_type(30, "SNP")], **around(GUERET, 14)),
        doctor("c-participant", slots=tomorrow, **around(GUERET, 45, participant=True)),
        doctor("c-part-noslot", **around(GUERET, 20, participant=True)),
        doctor("c-noslot", **around(GUERET, 1)),
    ]


def window_scene() -> list[Offer]:
    """Quimper, 10 km: which slots count; the window ends on the 18th at 21:59:59 UTC."""
    full = slot(30, seats_max=1, seats_left=0)
    refused = slot(30, types=[], hidden_reason="editor_disabled")
    return [
        doctor("w-now", slots=[slot(0)], **around(QUIMPER, 1)),
        doctor("w-past", slots=[at("16T08:04")], **around(QUIMPER, 1.2)),
        doctor("w-last", slots=[at("18T21:59")], **around(QUIMPER, 1.4)),
        doctor("w-after", slots=[at("18T22:00")], **around(QUIMPER, 1.6)),
        doctor("w-full", slots=[full], **around(QUIMPER, 1.8)),
        doctor("w-seat", slots=[slot(30, seats_max=2, seats_left=1)], **around(QUIMPER, 2)),
        doctor("w-hidden", slots=[refused], **around(QUIMPER, 2.2)),
        doctor("w-vr", slots=[slot(5, consultation=["VR"])], **around(QUIMPER, 3)),
        doctor("w-hh", slots=[slot(6, consultation=["HH"])], **around(QUIMPER, 4)),
        doctor("w-amb", slots=[slot(7, consultation=["AMB"])], **around(QUIMPER, 5)),
        doctor("w-ninety", slots=[slot(1.5)], **around(QUIMPER, 6)),
    ]


def absence_scene() -> list[Offer]:
    """Auch, 40 km: who is away for the whole window, and who is not."""
    spans = {
        "a-here": [],
        "a-covered": [away("15T00:00", "20T00:00")],
        "a-part": [away("16T00:00", "17T00:00")],
        "a-over": [away("01T00:00", "16T00:00")],
        "a-later": [away("19T00:00", "30T00:00")],
        "a-three": [
            away("02T00:00", "03T00:00"),
            away("16T00:00", "22T00:00"),
            away("25T00:00", "26T00:00"),
        ],
        "a-edge": [away("16T08:05", "18T22:00")],
        "a-short": [away("16T00:00", "18T21:00")],
    }
    present = [
        doctor(key, slots=[slot(30)], **around(AUCH, rank + 1, absences=ranges))
        for rank, (key, ranges) in enumerate(spans.items())
    ]
    return [*present, doctor("a-always", slots=[slot(30)], **around(AUCH, 9, always_absent=True))]


def away(start: str, end: str) -> dict[str, str]:
    """An absence of June 2026, its end left out."""
    return {"gte": f"2026-06-{start}:00Z", "lt": f"2026-06-{end}:00Z"}


def role_scene() -> list[Offer]:
    """Alençon, 40 km: SNP is worth 4 km, CPTS 2.8, PRO 1.2, within 4 hours 2.4."""
    pro_first = [of_type(3, "PRO"), slot(30)]
    return [
        doctor("r-public", slots=[slot(30)], **around(ALENCON, 1)),
        doctor("r-pro", slots=[of_type(30, "PRO")], **around(ALENCON, 2)),
        doctor("r-snp", slots=[of_type(30, "SNP")], **around(ALENCON, 3)),
        doctor("r-cpts", slots=[of_type(30, "CPTS")], **around(ALENCON, 4)),
        doctor("r-mixed", slots=[of_type(30, "SNP", "PUBLIC")], **around(ALENCON, 5.5)),
        doctor("r-both", slots=pro_first, **around(ALENCON, 6)),
        doctor("r-seven", slots=[slot(30)], **around(ALENCON, 7)),
    ]


def mode_scene() -> list[Offer]:
    """Épinal, 30 km: agreements without a slot, and structures."""
    accepts, again = {"accepts_beyond": True}, {"reorientation": True}
    part = {"participant": True}
    far = around(EPINAL, 6, **part)
    return [
        doctor("m-slot", slots=[slot(30)], **around(EPINAL, 1)),
        doctor("m-accept", **around(EPINAL, 2, **accepts)),
        doctor("m-reo", **around(EPINAL, 3, **again)),
        doctor("m-accept-part", **around(EPINAL, 5, **accepts, **part)),
        doctor("m-reo-slot", slots=[slot(30)], **around(EPINAL, 8, **again)),
        doctor("m-accept-slot", slots=[slot(30)], **around(EPINAL, 9, **accepts)),
        structure("m-msp", "msp", "603", **around(EPINAL, 2.5, **accepts)),
        structure("m-msp-part", "msp", "603", **far),
        structure("m-msp-slot", "msp", "603", slots=[slot(30)], **around(EPINAL, 9.5)),
        structure("m-centre", "health_centre", "439", **around(EPINAL, 4)),
    ]


def border_scene() -> list[Offer]:
    """Bourg-en-Bresse, 20 km: neighbours of Saône-et-Loire and Jura."""
    saone = {**BOURG, "department": "71", "insee": "71270"}
    jura = {**BOURG, "department": "39", "insee": "39300"}
    bugey = {**BOURG, "insee": "01034"}
    tomorrow = [slot(30)]
    return [
        doctor("b-71", slots=tomorrow, **around(saone, 3, participant=True)),
        doctor("b-39", slots=tomorrow, **around(jura, 4)),
        doctor("b-01", slots=tomorrow, **around(BOURG, 6)),
        doctor("b-01-mid", slots=tomorrow, **around(BOURG, 15)),
        doctor("b-71-far", slots=tomorrow, **around(saone, 19)),
        doctor("b-01-far", slots=tomorrow, **around(bugey, -50, participant=True)),
    ]


def overseas_scene() -> list[Offer]:
    """Guyane (UTC-3), Mayotte (UTC+3), Guadeloupe and Martinique."""
    tomorrow = [slot(30)]
    return [
        doctor("g-plain", slots=tomorrow, **around(CAYENNE, -2)),
        doctor("g-tonight", slots=[slot(18)], **around(CAYENNE, -3)),
        doctor("g-evening", slots=[at("19T01:00")], **around(CAYENNE, -4)),
        doctor("g-after", slots=[at("19T03:00")], **around(CAYENNE, -5)),
        doctor("g-more", slots=tomorrow, **around(CAYENNE, -6)),
        doctor("g-far", slots=tomorrow, **around(CAYENNE, -45)),
        doctor("g-too-far", slots=tomorrow, **around(CAYENNE, -120)),
        *(doctor(f"y-{n}", slots=tomorrow, **around(DZAOUDZI, n)) for n in range(1, 6)),
        doctor("y-evening", slots=[at("18T20:30")], **around(DZAOUDZI, 6)),
        doctor("y-after", slots=[at("18T21:00")], **around(DZAOUDZI, 0.5)),
        *(doctor(f"p-{n}", slots=tomorrow, **around(BASSE_TERRE, n)) for n in range(1, 6)),
        *(doctor(f"q-{n}", slots=tomorrow, **around(SAINTE_ANNE, n)) for n in range(1, 3)),
    ]


def treating_scene() -> list[Offer]:
    """Dijon, 20 km: doctors of patients, homonyms, and others."""
    tomorrow = [slot(30)]
    return [
        *(doctor(f"t-{n}", slots=tomorrow, **around(DIJON, n)) for n in range(1, 6)),
        dijon_person("t-garnier", "GARNIER Lucie", 5.5, rpps=GARNIER, slots=tomorrow, sector="1"),
        dijon_person("t-garnier-far", "GARNIER Lucie", 60, rpps=GARNIER),
        dijon_person("t-vasseur-a", "VASSEUR Paul", 7, rpps=VASSEUR_A, slots=tomorrow),
        dijon_person("t-vasseur-b", "VASSEUR Paul", 8, rpps=VASSEUR_B, slots=tomorrow),
        dijon_person("t-boidin", "BOIDIN Zélie", 9, slots=tomorrow),
        dijon_person("t-away", "MERCIER Odile", 10, slots=tomorrow, always_absent=True),
        dijon_person("t-noslot", "LACROIX Hugo", 11),
        dijon_person("t-nurse", "PETIT Nadia", 12, profession="60", specialties=[]),
    ]


def dijon_person(key: str, name: str, km: float, **fields: Any) -> Offer:
    """A person of Dijon with a name."""
    family, _, given = name.rpartition(" ")
    named = {"names": [name], "family": family, "given": given, "title": f"Dr {given} {family}"}
    return doctor(key, **around(DIJON, km), **{**named, **fields})


def filter_scene() -> list[Offer]:
    """Poitiers, 20 km: what the filters keep."""
    tomorrow = [slot(30)]
    own = {"participant": True, "via": ["own"]}
    fields: dict[str, dict[str, Any]] = {
        "f-s1": {"territory": "SAS-86"},
        "f-s2": {"sector": "2"},
        "f-s3": {"sector": "3"},
        "f-own": own,
        "f-cpts": {"participant": True, "via": ["cpts"], "sector": "2"},
        "f-skilled": {"specialties": ["SM54", "CAPA04"], "sector": "0"},
        "f-cardio-part": {"specialties": ["SM04"], **own},
        "f-cardio": {"specialties": ["SM04"]},
        "f-midwife": {"profession": "50", "specialties": []},
    }
    return [
        doctor(key, slots=tomorrow, **around(POITIERS, rank + 1, **result))
        for rank, (key, result) in enumerate(fields.items())
    ]


def cpts_scene() -> list[Offer]:
    """Bayonne: two members of the CPTS that covers it, one of another, two of none."""
    tomorrow = [slot(30)]
    member = {"participant": True, "via": ["cpts"], "cpts": [COVERING]}
    return [
        cpts(COVERING, "64102", **around(BAYONNE, 0)),
        cpts(AWAY, "64001", **around(BAYONNE, 9)),
        doctor("k-alone", slots=tomorrow, **around(BAYONNE, 2, participant=True)),
        doctor("k-first", slots=tomorrow, **around(BAYONNE, 4, **member)),
        doctor("k-away", slots=tomorrow, **around(BAYONNE, 5, **{**member, "cpts": [AWAY]})),
        doctor("k-second", slots=tomorrow, **around(BAYONNE, 6, **member, sector="2")),
        doctor("k-noslot", **around(BAYONNE, 3, **member)),
        doctor("k-plain", slots=tomorrow, **around(BAYONNE, 1)),
    ]
