"""Traps of places, hours and slots: 35 to 60."""

from geography.reasons import Note, Refusal
from indexers.quality.reasons import Reason
from indexers.sources.own_formats import OwnFormatError
from tests.indexers.file_set import CPTS
from tests.traps.rows import (
    BRUNO,
    MENDE_INSEE,
    K,
    P,
    S,
    T,
    TrapCase,
    W,
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
    TrapCase(
        36,
        "CEDEX and CS",
        K,
        at(code="48009", city="MENDE CEDEX 9", insee="", mention="CS 10009"),
        fields=MENDE_INSEE,
    ),
    TrapCase(
        37,
        "the town in the sorting office",
        K,
        at(code="", city="", insee="", office="48000 MENDE"),
        fields=MENDE_INSEE,
    ),
    TrapCase(
        38,
        "the code of the whole city",
        K,
        at(code="75015", city="Paris", insee="75056"),
        fields={"insee": "75115"},
    ),
    TrapCase(39, "a padded department", K, at(department="048"), fields=MENDE_INSEE),
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
        42,
        "a place abroad",
        S,
        at(code="GL", city="CHELTENHAM", insee="", country="99132"),
        Reason.ABROAD,
        count=0,
    ),
    TrapCase(43, "TH become E", K, at(street="DES EERMES"), fields=MENDE_INSEE),
    TrapCase(
        44,
        "the type inside the street",
        K,
        at(number="12-14", kind="", street="R DES TANNEURS"),
        fields=MENDE_INSEE,
    ),
    TrapCase(
        44, "a repetition", K, at(repetition="B"), fields={"lines": ["12 B Rue DES TANNEURS"]}
    ),
    TrapCase(45, "swapped", P, point("44.5190", "3.4990"), Note.AXES_SWAPPED),
    TrapCase(46, "latitude twice", P, point("44.5190", "44.5190"), Refusal.LAT_EQUALS_LON),
    TrapCase(47, "a flipped sign", P, point("-3.4990", "44.5190"), Refusal.SIGN_FLIPPED),
    TrapCase(48, "zero and zero", P, point("0", "0"), Refusal.ZERO_ZERO),
    TrapCase(48, "not a number", P, point("NaN", "NaN"), Refusal.NOT_A_NUMBER),
    TrapCase(48, "a decimal comma", P, point("3,4990", "44,5190")),
    TrapCase(49, "the northing first", P, point("6380000", "739000"), Note.AXES_SWAPPED),
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
    TrapCase(51, "in the sea", P, point("-9.9", "45.0"), Refusal.OUTSIDE_FRANCE),
    TrapCase(52, "in another department", P, point("2.396", "47.083"), Refusal.OUTSIDE_DEPARTMENT),
    TrapCase(
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
        "two phones in one field",
        K,
        anne(phone="0466000001 / +33 (0)4 66 00 00 02"),
        fields={"phones": ["+33466000001", "+33466000002"]},
    ),
    TrapCase(56, "zeros", K, anne(phone="0000000000"), fields={"phones": None}),
    TrapCase(
        56,
        "0033 and a premium number",
        K,
        anne(phone="0033466000001 0899000001"),
        fields={"phones": ["+33466000001", "+33899000001"]},
    ),
    TrapCase(
        56,
        "text",
        W,
        anne(phone="VOIR LE SECRETARIAT"),
        Reason.PHONE_DROPPED,
        fields={"phones": None},
    ),
    TrapCase(
        57, "an e-mail as a phone", K, anne(phone="cabinet@example.org"), fields={"phones": None}
    ),
    TrapCase(
        58,
        "a slot in the past",
        T,
        slot(start="2026-11-23T06:00:00Z", end="2026-11-23T06:20:00Z"),
        "past",
    ),
    TrapCase(58, "zero length", T, slot(end="2026-11-23T10:00:00Z"), "bad_agenda_row"),
    TrapCase(58, "negative length", T, slot(end="2026-11-23T09:00:00Z"), "bad_agenda_row"),
    TrapCase(58, "no offset", T, slot(start="2026-11-23T10:00:00"), "bad_agenda_row"),
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
