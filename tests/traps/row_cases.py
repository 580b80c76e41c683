"""Traps of files, rows and persons: 1 to 34."""

from indexers.quality.reasons import Reason
from indexers.sources.finess.plus import INACTIVE
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from tests.indexers.file_set import ACTIVITIES, CENTRE, FLORAC, PHARMACY, rang
from tests.traps.rows import (
    ANNE,
    BRUNO,
    NOTHING,
    RUN,
    K,
    S,
    TrapCase,
    X,
    adeli,
    alter_file,
    anne,
    both,
    cut,
    file,
    site,
)

ROWS = (
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
        6,
        "controls, tabs, hard spaces",
        K,
        alter_file(b"MARTIN", "MAR\u00a0\tTIN\x07".encode()),
        fields={"family": "MAR TIN"},
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
