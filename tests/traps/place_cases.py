"""Traps of places, hours and slots: 35 to 60."""

from geography.reasons import Note
from indexers.sources.own_formats import OwnFormatError
from tests.indexers.file_set import CPTS
from tests.traps.rows import (
    BRUNO,
    K,
    P,
    T,
    TrapCase,
    X,
    anne,
    at,
    at_closed_site,
    both,
    crowd,
    file,
    point,
    slot,
)

PLACES = (
    TrapCase(
        38,
        "the code of the whole city",
        K,
        at(code="75015", city="Paris", insee="75056"),
        fields={"insee": "75115"},
    ),
    TrapCase(
        39,
        "Corsica",
        K,
        at(code="20000", city="Ajaccio", insee="2A004", department="02A"),
        fields={"department": "2A"},
    ),
    TrapCase(
        40,
        "Saint-Barthélemy",
        K,
        at(code="97133", city="Saint-Barthélemy", insee="97123"),
        fields={"department": "977"},
    ),
    TrapCase(
        41,
        "a merged commune",
        K,
        at(code="01300", city="ARBIGNIEU", insee=""),
        fields={"insee": "01015"},
    ),
    TrapCase(
        44, "a repetition", K, at(repetition="B"), fields={"lines": ["12 B Rue DES TANNEURS"]}
    ),
    TrapCase(
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
    TrapCase(
        54, "one point for many streets", K, crowd, count=25, fields={"precision": "municipality"}
    ),
    TrapCase(
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
    TrapCase(
        56,
        "0033 and a premium number",
        K,
        anne(phone="0033466000001 0899000001"),
        fields={"phones": ["+33466000001", "+33899000001"]},
    ),
    TrapCase(
        58,
        "a slot in the past",
        T,
        slot(start="2026-11-23T06:00:00Z", end="2026-11-23T06:20:00Z"),
        "past",
    ),
    TrapCase(58, "negative length", T, slot(end="2026-11-23T09:00:00Z"), "bad_agenda_row"),
    TrapCase(
        58,
        "an overseas offset",
        T,
        slot(start="2026-11-23T14:00:00+04:00", end="2026-11-23T14:20:00+04:00"),
    ),
    TrapCase(59, "somebody unknown", T, slot(practitioner={"idnps": f"8{BRUNO}"}), "unknown_owner"),
    TrapCase(59, "a closed place", T, at_closed_site, "unknown_owner"),
    TrapCase(60, "a CPTS without prefix", T, slot(types=["SNP", "CPTS"], cpts=[{"finess": CPTS}])),
    TrapCase(
        60,
        "an own column nobody knows",
        X,
        both(anne(), file("participation.csv", b"rpps,colour\n")),
        error=OwnFormatError,
    ),
)
