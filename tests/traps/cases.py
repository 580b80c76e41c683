"""The sixty traps every importer must meet, one damage each, and what must come out.

Each case fills a directory from healthy rows changed in one place; ``tests/traps/test_traps.py``
runs it through the pipeline that a load uses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geography.reasons import Note, Refusal
from indexers.finess.plus import INACTIVE
from indexers.own_formats import OwnFormatError
from indexers.published import TwoEditionsError
from indexers.reading.errors import CutFileError, LayoutError
from indexers.reasons import Reason
from tests.indexers.sets import (
    ACTIVITIES,
    AT,
    CENTRE,
    CPTS,
    FLORAC,
    MENDE,
    MSP,
    PHARMACY,
    FileSet,
    rang,
)

ANNE, BRUNO = "10100000016", "10100000024"
FINESS_FILE = "finess-structures.json"


SLOT: Mapping[str, Any] = {
    "slot": "s1",
    "start": "2026-11-23T10:00:00Z",
    "end": "2026-11-23T10:20:00Z",
    "types": ["SNP"],
    "practitioner": {"idnps": f"8{ANNE}"},
    "structure": {"idnst": f"4{rang(ANNE)}", "kind": "RPPS_RANG"},
}
"""A healthy slot of the SAS agenda."""


class Outcome(StrEnum):
    """What becomes of the damage."""

    KEPT = "kept"
    """Kept or repaired: the offers are as healthy rows would have made them."""
    WARNED = "warned"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    REFUSED = "refused"
    """The whole file, with a typed error."""
    POINT = "point"
    """A raw point, read, mended or refused with a code of ``geography.reasons``."""
    SLOT = "slot"
    """A slot refused, left aside or hidden, with a code of docs/sources/slots.md."""
    RUN = "run"
    """A whole run against the last one: ``tests/traps/test_whole_files.py``."""


@dataclass(frozen=True)
class Case:
    """One damage; ``fields`` are those of the first offer, ``count`` how many offers come out."""

    number: int
    name: str
    outcome: Outcome
    make: Callable[[FileSet], object]
    reason: str = ""
    source: str = "rpps"
    count: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    error: type[Exception] | None = None


def anne(**columns: str) -> Callable[[FileSet], FileSet]:
    """One doctor, changed in some columns."""
    return lambda files: files.doctor(ANNE, **columns)


def at(**columns: str) -> Callable[[FileSet], FileSet]:
    """One doctor of Mende, her place changed in some columns of the address."""
    return lambda files: files.doctor(ANNE, {**MENDE, **address_columns(**columns)})


def address_columns(**columns: str) -> dict[str, str]:
    """Columns of the address by a short word."""
    names = {
        "number": f"Numéro Voie {AT}",
        "repetition": f"Indice répétition voie {AT}",
        "kind": f"Libellé type de voie {AT}",
        "street": f"Libellé Voie {AT}",
        "office": f"Bureau cedex {AT}",
        "mention": f"Mention distribution {AT}",
        "code": f"Code postal {AT}",
        "insee": f"Code commune {AT}",
        "city": f"Libellé commune {AT}",
        "country": f"Code pays {AT}",
        "department": "Code Département (structure)",
    }
    return {names[word]: text for word, text in columns.items()}


def altered(
    old: bytes, new: bytes, name: str = ACTIVITIES, **columns: str
) -> Callable[[FileSet], None]:
    """One doctor, the bytes of the file then changed."""

    def make(files: FileSet) -> None:
        files.doctor(ANNE, **columns)
        path = files.directory / name
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return make


def both(*makes: Callable[[FileSet], object]) -> Callable[[FileSet], None]:
    """Several changes one after the other."""

    def make(files: FileSet) -> None:
        for one in makes:
            one(files)

    return make


def file(name: str, content: bytes) -> Callable[[FileSet], None]:
    """A file of these bytes."""
    return lambda files: (files.directory / name).write_bytes(content) and None


def site(finess: str = MSP, category: str = "603", **facts: Any) -> Callable[[FileSet], FileSet]:
    """One site of Mende."""
    return lambda files: files.site(finess, category, "MAISON DES TANNEURS", **facts)


def point(x: str, y: str, **address: Any) -> Callable[[FileSet], FileSet]:
    """One site of Mende with this pair."""
    place = {"coordonneesGeographique": {"coordonneeX": x, "coordonneeY": y}, **address}
    return site(address=place)


def cut(files: FileSet) -> None:
    """The FINESS file without its end."""
    path = files.directory / FINESS_FILE
    path.write_bytes(path.read_bytes()[:-40])


def crowd(files: FileSet) -> None:
    """More than twenty streets on exactly one point."""
    for number in range(25):
        files.site(f"4800{number:05d}", "620", "PHARMACIE", address={"libelleVoie": f"N{number}"})


def slot(**fields: Any) -> Callable[[FileSet], FileSet]:
    """One doctor and one slot of the SAS agenda."""
    return lambda files: files.doctor(ANNE).line("agenda", **{**SLOT, **fields})


def adeli(files: FileSet) -> None:
    """A row of a nurse with an ADELI number only."""
    files.doctor(ANNE)
    path = files.directory / ACTIVITIES
    text = path.read_text("utf-8").replace(f"|8{ANNE}|", "|0484000013|")
    path.write_text(text.replace(f"8|{ANNE}|", "0|484000013|"), "utf-8")


def at_closed_site(files: FileSet) -> None:
    """A slot at a site that has closed, where nobody is shown any more."""
    site(CENTRE, "124", etatObjet=INACTIVE)(files)
    files.doctor(ANNE, finess=CENTRE)
    structure = {"idnst": f"1{CENTRE}", "kind": "FINESS"}
    files.line("agenda", **{**SLOT, "structure": structure})


K, W, S, R = Outcome.KEPT, Outcome.WARNED, Outcome.SKIPPED, Outcome.REJECTED
X, P, T, RUN = Outcome.REFUSED, Outcome.POINT, Outcome.SLOT, Outcome.RUN
PIPED = f"|8{ANNE}|".encode()
MENDE_INSEE = {"insee": "48095", "department": "48"}
TANNEURS = {"lines": ["12 Rue DES TANNEURS"]}
NOTHING: Callable[[FileSet], object] = anne()

CASES = (
    Case(1, "a quote is content", K, anne(brand='LE "PHARE')),
    Case(2, "a missing last pipe", K, altered(b"|\n", b"\n")),
    Case(2, "one field too many", R, altered(PIPED, PIPED + b"X|"), Reason.COLUMN_COUNT, count=0),
    Case(
        3, "a renamed column", K, altered("Code genre activité".encode(), b"Code genre d'activite")
    ),
    Case(
        3,
        "a column that decides is missing",
        X,
        altered(b"Code profession", b"Code metier"),
        error=LayoutError,
    ),
    Case(
        4,
        "a byte order mark",
        K,
        altered(b"Type d'identifiant PP", b"\xef\xbb\xbfType d'identifiant PP"),
    ),
    Case(
        5,
        "a line of Windows-1252",
        W,
        altered(b"MARTIN", b"L\xc9GER"),
        Reason.NOT_UTF8,
        fields={"family": "LÉGER"},
    ),
    Case(
        5,
        "a character lost before",
        W,
        altered(b"MARTIN", "L\ufffdGER".encode()),
        Reason.LOST_CHARACTER,
    ),
    Case(
        5,
        "U+0092 is an apostrophe",
        K,
        altered(b"MARTIN", "D\u0092ARC".encode()),
        fields={"family": "D’ARC"},
    ),
    Case(
        6,
        "controls, tabs, hard spaces",
        K,
        altered(b"MARTIN", "MAR\u00a0\tTIN\x07".encode()),
        fields={"family": "MAR TIN"},
    ),
    Case(7, "padding", K, altered(b"MARTIN", b"  MARTIN      "), fields={"family": "MARTIN"}),
    Case(8, "CRLF", K, altered(b"|\n", b"|\r\n")),
    Case(8, "a last line cut", R, altered(b"|GENR01||\n", b"|GEN"), Reason.TRUNCATED_LINE, count=0),
    Case(9, "fewer rows than last time", RUN, NOTHING),
    Case(9, "JSON that stops early", X, both(site(), cut), error=CutFileError),
    Case(
        10,
        "a zip in place of its member",
        X,
        both(anne(), file(ACTIVITIES, b"PK\x03\x04...")),
        error=LayoutError,
    ),
    Case(
        10,
        "members of two days",
        X,
        both(anne(), file(ACTIVITIES.replace("22083", "21083"), b"a|\n")),
        error=TwoEditionsError,
    ),
    Case(11, "the same bytes under a newer day", RUN, NOTHING),
    Case(
        12, "keys out of the schema", K, site(nouvelleRubrique={"code": 1}), fields={"finess": MSP}
    ),
    Case(
        13,
        "spellings of nothing",
        K,
        anne(phone="\\N", brand="NULL", company="-"),
        fields={"phones": None},
    ),
    Case(14, "a SIRET as a float", W, anne(siret="2,601E+13"), Reason.IDENTIFIER_DROPPED),
    Case(
        14,
        "a phone without its zero",
        K,
        anne(phone="466000001"),
        fields={"phones": ["+33466000001"]},
    ),
    Case(
        14,
        "codes without their zero",
        K,
        at(code="1000", insee="1053", city="Bourg-en-Bresse"),
        fields={"insee": "01053"},
    ),
    Case(
        15,
        "one RPPS, two spellings",
        K,
        both(anne(), lambda f: f.doctor(ANNE, name=("Martin", "ANNE-LISE"))),
        fields={"rpps": ANNE},
    ),
    Case(16, "only an ADELI number", S, adeli, Reason.WITHOUT_RPPS, count=0),
    Case(17, "homonyms in one town", K, both(anne(), lambda f: f.doctor(BRUNO)), count=2),
    Case(
        18,
        "a practice of a new rank",
        K,
        lambda f: f.doctor(ANNE, practice=rang(ANNE, 2)),
        fields={"place_key": f"4{rang(ANNE, 2)}"},
    ),
    Case(19, "somebody gone", RUN, NOTHING),
    Case(20, "a FINESS twice", R, both(site(), site()), Reason.FINESS_DUPLICATE, "finess"),
    Case(20, "a site without FINESS", R, both(site(), site("")), Reason.FINESS_MISSING, "finess"),
    Case(
        21,
        "a wrong key on a real number",
        W,
        lambda f: f.doctor("10107582544"),
        Reason.KEY_CHECK_FAILED,
    ),
    Case(22, "letter or digit", K, anne(former=""), fields={"idnst": f"4{rang(ANNE)}"}),
    Case(
        23,
        "the legal entity as the site",
        W,
        anne(finess="480009999", legal_finess="480009999"),
        Reason.LEGAL_FINESS_AS_SITE,
    ),
    Case(
        24,
        "one SIRET in two towns",
        K,
        both(
            anne(siret="77567227233016"),
            lambda f: f.doctor(ANNE, FLORAC, practice=rang(ANNE, 2), siret="77567227233016"),
        ),
        count=2,
    ),
    Case(25, "a military doctor", S, anne(category="M"), Reason.MILITARY, count=0),
    Case(25, "a student", S, anne(category="E"), Reason.STUDENT, count=0),
    Case(
        26,
        "a skill only in its own file",
        K,
        both(anne(skill=""), lambda f: f.skill(ANNE, "SM04")),
        fields={"specialties": ["SM04"]},
    ),
    Case(27, "a GP as SM26", K, anne(skill="SM26"), fields={"specialties": ["SM26"]}),
    Case(27, "a GP with a second exercise", K, both(anne(), anne(skill="SM59"))),
    Case(
        28,
        "two professions",
        K,
        both(anne(profession="60", skill=""), anne(profession="71", skill="")),
    ),
    Case(
        29,
        "a closed site still referred to",
        S,
        both(site(CENTRE, "124", etatObjet=INACTIVE), anne(finess=CENTRE)),
        Reason.CLOSED,
        count=0,
    ),
    Case(30, "a site that closes later", K, site(closed="2027-11-01"), fields={"finess": MSP}),
    Case(31, "a billing place", S, anne(sector="SA50"), Reason.BILLING_PLACE, count=0),
    Case(
        32, "a teleconsultation company", S, anne(sector="SA64"), Reason.TELECONSULTATION, count=0
    ),
    Case(
        32,
        "a platform as a centre",
        S,
        anne(sector="SA05", company="CENTRE DE TELECONSULTATION"),
        Reason.TELECONSULTATION,
        count=0,
    ),
    Case(
        33,
        "a doctor at several points",
        K,
        both(anne(), lambda f: f.doctor(ANNE, FLORAC, practice=rang(ANNE, 2))),
        count=2,
    ),
    Case(
        34,
        "three sites at one address",
        K,
        both(site(), site(CENTRE, "124"), site(PHARMACY, "620")),
        count=3,
    ),
    Case(
        35,
        "a CPTS without communes",
        K,
        lambda f: f.line(
            "cpts",
            finess=CPTS,
            name="CPTS Lozère",
            communes=[],
            address={"line": "1 rue A", "postal_code": "48000", "city": "Mende"},
        ),
    ),
    Case(
        36,
        "CEDEX and CS",
        K,
        at(code="48009", city="MENDE CEDEX 9", insee="", mention="CS 10009"),
        fields=MENDE_INSEE,
    ),
    Case(
        37,
        "the town in the sorting office",
        K,
        at(code="", city="", insee="", office="48000 MENDE"),
        fields=MENDE_INSEE,
    ),
    Case(
        38,
        "the code of the whole city",
        K,
        at(code="75015", city="Paris", insee="75056"),
        fields={"insee": "75115"},
    ),
    Case(39, "a padded department", K, at(department="048"), fields=MENDE_INSEE),
    Case(
        39,
        "Corsica",
        K,
        at(code="20000", city="Ajaccio", insee="2A004", department="02A"),
        fields={"department": "2A"},
    ),
    Case(
        40,
        "Saint-Barthélemy",
        K,
        at(code="97133", city="Saint-Barthélemy", insee="97123"),
        fields={"department": "977"},
    ),
    Case(
        41,
        "a merged commune",
        K,
        at(code="01300", city="ARBIGNIEU", insee=""),
        fields={"insee": "01015"},
    ),
    Case(
        42,
        "a place abroad",
        S,
        at(code="GL", city="CHELTENHAM", insee="", country="99132"),
        Reason.ABROAD,
        count=0,
    ),
    Case(43, "TH become E", K, at(street="DES EERMES"), fields=MENDE_INSEE),
    Case(
        44,
        "the type inside the street",
        K,
        at(number="12-14", kind="", street="R DES TANNEURS"),
        fields=MENDE_INSEE,
    ),
    Case(44, "a repetition", K, at(repetition="B"), fields={"lines": ["12 B Rue DES TANNEURS"]}),
    Case(45, "swapped", P, point("44.5190", "3.4990"), Note.AXES_SWAPPED),
    Case(46, "latitude twice", P, point("44.5190", "44.5190"), Refusal.LAT_EQUALS_LON),
    Case(47, "a flipped sign", P, point("-3.4990", "44.5190"), Refusal.SIGN_FLIPPED),
    Case(48, "zero and zero", P, point("0", "0"), Refusal.ZERO_ZERO),
    Case(48, "not a number", P, point("NaN", "NaN"), Refusal.NOT_A_NUMBER),
    Case(48, "a decimal comma", P, point("3,4990", "44,5190")),
    Case(49, "the northing first", P, point("6380000", "739000"), Note.AXES_SWAPPED),
    Case(
        50,
        "UTM said to be Lambert",
        P,
        point(
            "338000",
            "7690000",
            codePostal="97400",
            cogCommune="97411",
            ligneAcheminement="SAINT-DENIS",
        ),
        Note.PROJECTION_FROM_DEPARTMENT,
    ),
    Case(51, "in the sea", P, point("-9.9", "45.0"), Refusal.OUTSIDE_FRANCE),
    Case(52, "in another department", P, point("2.396", "47.083"), Refusal.OUTSIDE_DEPARTMENT),
    Case(
        53,
        "a commune dressed up",
        P,
        point(
            "3.4990",
            "44.5190",
            coordonneesGeographique={
                "coordonneeX": "3.4990",
                "coordonneeY": "44.5190",
                "cleInInteropBAN": "48095",
            },
        ),
        Note.COMMUNE_POINT,
    ),
    Case(
        54, "one point for many streets", K, crowd, count=25, fields={"precision": "municipality"}
    ),
    Case(
        55,
        "an answer in the wrong commune",
        K,
        both(
            anne(),
            file(
                "geocoded.csv",
                b"line,postal_code,city,lat,lon,precision,score\n"
                b"12 Rue DES TANNEURS,48000,Mende,48.85,2.35,housenumber,0.97\n",
            ),
        ),
        fields={"precision": "municipality"},
    ),
    Case(
        56,
        "two phones in one field",
        K,
        anne(phone="0466000001 / +33 (0)4 66 00 00 02"),
        fields={"phones": ["+33466000001", "+33466000002"]},
    ),
    Case(56, "zeros", K, anne(phone="0000000000"), fields={"phones": None}),
    Case(
        56,
        "0033 and a premium number",
        K,
        anne(phone="0033466000001 0899000001"),
        fields={"phones": ["+33466000001", "+33899000001"]},
    ),
    Case(
        56,
        "text",
        W,
        anne(phone="VOIR LE SECRETARIAT"),
        Reason.PHONE_DROPPED,
        fields={"phones": None},
    ),
    Case(57, "an e-mail as a phone", K, anne(phone="cabinet@example.org"), fields={"phones": None}),
    Case(
        58,
        "a slot in the past",
        T,
        slot(start="2026-11-23T06:00:00Z", end="2026-11-23T06:20:00Z"),
        "past",
    ),
    Case(58, "zero length", T, slot(end="2026-11-23T10:00:00Z"), "bad_agenda_row"),
    Case(58, "negative length", T, slot(end="2026-11-23T09:00:00Z"), "bad_agenda_row"),
    Case(58, "no offset", T, slot(start="2026-11-23T10:00:00"), "bad_agenda_row"),
    Case(
        58,
        "an overseas offset",
        T,
        slot(start="2026-11-23T14:00:00+04:00", end="2026-11-23T14:20:00+04:00"),
    ),
    Case(59, "somebody unknown", T, slot(practitioner={"idnps": f"8{BRUNO}"}), "unknown_owner"),
    Case(59, "a closed place", T, at_closed_site, "unknown_owner"),
    Case(60, "a CPTS without prefix", T, slot(types=["SNP", "CPTS"], cpts=[{"finess": CPTS}])),
    Case(
        60,
        "an own column nobody knows",
        X,
        both(anne(), file("participation.csv", b"rpps,colour\n")),
        error=OwnFormatError,
    ),
)
