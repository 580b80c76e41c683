"""Traps of files, rows and persons: 1 to 34."""

from indexers.quality.reasons import Reason
from indexers.sources.finess.plus import INACTIVE
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from tests.indexers.file_set import ACTIVITIES, CENTRE, FLORAC, MSP, PHARMACY, rang
from tests.traps.rows import (
    ANNE,
    BRUNO,
    NOTHING,
    PIPED,
    RUN,
    K,
    R,
    S,
    TrapCase,
    W,
    X,
    adeli,
    alter_file,
    anne,
    at,
    both,
    cut,
    file,
    site,
)

ROWS = (
    TrapCase(1, "a quote is content", K, anne(brand='LE "PHARE')),
    TrapCase(2, "a missing last pipe", K, alter_file(b"|\n", b"\n")),
    TrapCase(
        2, "one field too many", R, alter_file(PIPED, PIPED + b"X|"), Reason.COLUMN_COUNT, count=0
    ),
    TrapCase(
        3,
        "a renamed column",
        K,
        alter_file("Code genre activité".encode(), b"Code genre d'activite"),
    ),
    TrapCase(
        3,
        "a column that decides is missing",
        X,
        alter_file(b"Code profession", b"Code metier"),
        error=LayoutError,
    ),
    TrapCase(
        4,
        "a byte order mark",
        K,
        alter_file(b"Type d'identifiant PP", b"\xef\xbb\xbfType d'identifiant PP"),
    ),
    TrapCase(
        5,
        "a line of Windows-1252",
        W,
        alter_file(b"MARTIN", b"L\xc9GER"),
        Reason.NOT_UTF8,
        fields={"family": "LÉGER"},
    ),
    TrapCase(
        5,
        "a character lost before",
        W,
        alter_file(b"MARTIN", "L\ufffdGER".encode()),
        Reason.LOST_CHARACTER,
    ),
    TrapCase(
        5,
        "U+0092 is an apostrophe",
        K,
        alter_file(b"MARTIN", "D\u0092ARC".encode()),
        fields={"family": "D’ARC"},
    ),
    TrapCase(
        6,
        "controls, tabs, hard spaces",
        K,
        alter_file(b"MARTIN", "MAR\u00a0\tTIN\x07".encode()),
        fields={"family": "MAR TIN"},
    ),
    TrapCase(
        7, "padding", K, alter_file(b"MARTIN", b"  MARTIN      "), fields={"family": "MARTIN"}
    ),
    TrapCase(8, "CRLF", K, alter_file(b"|\n", b"|\r\n")),
    TrapCase(
        8, "a last line cut", R, alter_file(b"|GENR01||\n", b"|GEN"), Reason.TRUNCATED_LINE, count=0
    ),
    TrapCase(9, "fewer rows than last time", RUN, NOTHING),
    TrapCase(9, "JSON that stops early", X, both(site(), cut), error=CutFileError),
    TrapCase(
        10,
        "a zip in place of its member",
        X,
        both(anne(), file(ACTIVITIES, b"PK\x03\x04...")),
        error=LayoutError,
    ),
    TrapCase(
        10,
        "members of two days",
        X,
        both(anne(), file(ACTIVITIES.replace("22083", "21083"), b"a|\n")),
        error=TwoEditionsError,
    ),
    TrapCase(11, "the same bytes under a newer day", RUN, NOTHING),
    TrapCase(
        12, "keys out of the schema", K, site(nouvelleRubrique={"code": 1}), fields={"finess": MSP}
    ),
    TrapCase(
        13,
        "spellings of nothing",
        K,
        anne(phone="\\N", brand="NULL", company="-"),
        fields={"phones": None},
    ),
    TrapCase(14, "a SIRET as a float", W, anne(siret="2,601E+13"), Reason.IDENTIFIER_DROPPED),
    TrapCase(
        14,
        "a phone without its zero",
        K,
        anne(phone="466000001"),
        fields={"phones": ["+33466000001"]},
    ),
    TrapCase(
        14,
        "codes without their zero",
        K,
        at(code="1000", insee="1053", city="Bourg-en-Bresse"),
        fields={"insee": "01053"},
    ),
    TrapCase(
        15,
        "one RPPS, two spellings",
        K,
        both(anne(), lambda f: f.doctor(ANNE, name=("Martin", "ANNE-LISE"))),
        fields={"rpps": ANNE},
    ),
    TrapCase(16, "only an ADELI number", S, adeli, Reason.WITHOUT_RPPS, count=0),
    TrapCase(17, "homonyms in one town", K, both(anne(), lambda f: f.doctor(BRUNO)), count=2),
    TrapCase(
        18,
        "a practice of a new rank",
        K,
        lambda f: f.doctor(ANNE, practice=rang(ANNE, 2)),
        fields={"place_key": f"4{rang(ANNE, 2)}"},
    ),
    TrapCase(19, "somebody gone", RUN, NOTHING),
    TrapCase(20, "a FINESS twice", R, both(site(), site()), Reason.FINESS_DUPLICATE, "finess"),
    TrapCase(
        20, "a site without FINESS", R, both(site(), site("")), Reason.FINESS_MISSING, "finess"
    ),
    TrapCase(
        21,
        "a wrong key on a real number",
        W,
        lambda f: f.doctor("10107582544"),
        Reason.KEY_CHECK_FAILED,
    ),
    TrapCase(22, "letter or digit", K, anne(former=""), fields={"idnst": f"4{rang(ANNE)}"}),
    TrapCase(
        23,
        "the legal entity as the site",
        W,
        anne(finess="480009999", legal_finess="480009999"),
        Reason.LEGAL_FINESS_AS_SITE,
    ),
    TrapCase(
        24,
        "one SIRET in two towns",
        K,
        both(
            anne(siret="77567227233016"),
            lambda f: f.doctor(ANNE, FLORAC, practice=rang(ANNE, 2), siret="77567227233016"),
        ),
        count=2,
    ),
    TrapCase(25, "a military doctor", S, anne(category="M"), Reason.MILITARY, count=0),
    TrapCase(25, "a student", S, anne(category="E"), Reason.STUDENT, count=0),
    TrapCase(
        26,
        "a skill only in its own file",
        K,
        both(anne(skill=""), lambda f: f.skill(ANNE, "SM04")),
        fields={"specialties": ["SM04"]},
    ),
    TrapCase(27, "a GP as SM26", K, anne(skill="SM26"), fields={"specialties": ["SM26"]}),
    TrapCase(27, "a GP with a second exercise", K, both(anne(), anne(skill="SM59"))),
    TrapCase(
        28,
        "two professions",
        K,
        both(anne(profession="60", skill=""), anne(profession="71", skill="")),
    ),
    TrapCase(
        29,
        "a closed site still referred to",
        S,
        both(site(CENTRE, "124", etatObjet=INACTIVE), anne(finess=CENTRE)),
        Reason.CLOSED,
        count=0,
    ),
    TrapCase(30, "a site that closes later", K, site(closed="2027-11-01"), fields={"finess": MSP}),
    TrapCase(31, "a billing place", S, anne(sector="SA50"), Reason.BILLING_PLACE, count=0),
    TrapCase(
        32, "a teleconsultation company", S, anne(sector="SA64"), Reason.TELECONSULTATION, count=0
    ),
    TrapCase(
        32,
        "a platform as a centre",
        S,
        anne(sector="SA05", company="CENTRE DE TELECONSULTATION"),
        Reason.TELECONSULTATION,
        count=0,
    ),
    TrapCase(
        33,
        "a doctor at several points",
        K,
        both(anne(), lambda f: f.doctor(ANNE, FLORAC, practice=rang(ANNE, 2))),
        count=2,
    ),
    TrapCase(
        34,
        "three sites at one address",
        K,
        both(site(), site(CENTRE, "124"), site(PHARMACY, "620")),
        count=3,
    ),
)
