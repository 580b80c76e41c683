"""Columns and keys of the published formats, each with its bound: what readers look up.

Sources: docs/reference/sources/rpps.md, finess.md, ameli.md. A column that is not here is counted
and not read, and is bounded as ``CELL``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mappings.bounds import CELL, CODE, FEW, MANY, SOME, ListBound, TextBound

Columns = Mapping[str, TextBound]
"""The columns of a format in the order of its published header."""

_PERSON: Columns = {
    "Type d'identifiant PP": CODE,
    "Identifiant PP": CODE,
    "Identification nationale PP": CODE,
}
_EXERCISE: Columns = {
    "Nom d'exercice": CELL,
    "Prénom d'exercice": CELL,
    "Code profession": CODE,
    "Libellé profession": CELL,
    "Code catégorie professionnelle": CODE,
    "Libellé catégorie professionnelle": CELL,
    "Code type savoir-faire": CODE,
    "Libellé type savoir-faire": CELL,
    "Code savoir-faire": CODE,
    "Libellé savoir-faire": CELL,
}
"""Shared by both files of the RPPS."""

RPPS: Columns = MappingProxyType(
    {
        **_PERSON,
        "Code civilité d'exercice": CODE,
        "Libellé civilité d'exercice": CELL,
        "Code civilité": CODE,
        "Libellé civilité": CELL,
        **_EXERCISE,
        "Code mode exercice": CODE,
        "Libellé mode exercice": CELL,
        "Numéro SIRET site": CODE,
        "Numéro SIREN site": CODE,
        "Numéro FINESS site": CODE,
        "Numéro FINESS établissement juridique": CODE,
        "Identifiant technique de la structure": CODE,
        "Raison sociale site": CELL,
        "Enseigne commerciale site": CELL,
        "Complément destinataire (coord. structure)": CELL,
        "Complément point géographique (coord. structure)": CELL,
        "Numéro Voie (coord. structure)": CODE,
        "Indice répétition voie (coord. structure)": CODE,
        "Code type de voie (coord. structure)": CODE,
        "Libellé type de voie (coord. structure)": CELL,
        "Libellé Voie (coord. structure)": CELL,
        "Mention distribution (coord. structure)": CELL,
        "Bureau cedex (coord. structure)": CELL,
        "Code postal (coord. structure)": CODE,
        "Code commune (coord. structure)": CODE,
        "Libellé commune (coord. structure)": CELL,
        "Code pays (coord. structure)": CODE,
        "Libellé pays (coord. structure)": CELL,
        "Téléphone (coord. structure)": CELL,
        "Téléphone 2 (coord. structure)": CELL,
        "Télécopie (coord. structure)": CELL,
        "Adresse e-mail (coord. structure)": CELL,
        "Code Département (structure)": CODE,
        "Libellé Département (structure)": CELL,
        "Ancien identifiant de la structure": CODE,
        "Autorité d'enregistrement": CELL,
        "Code secteur d'activité": CODE,
        "Libellé secteur d'activité": CELL,
        "Code section tableau pharmaciens": CODE,
        "Libellé section tableau pharmaciens": CELL,
        "Code rôle": CODE,
        "Libellé rôle": CELL,
        "Code genre activité": CODE,
        "Libellé genre activité": CELL,
    }
)
"""``PS_LibreAcces_Personne_activite_*.txt``; a line ends with a 57th, empty field."""

RPPS_SKILLS: Columns = MappingProxyType({**_PERSON, **_EXERCISE})
"""``PS_LibreAcces_SavoirFaire_*.txt``; a line ends with a 14th, empty field."""

_SITE: Columns = {
    "nofinesset": CODE,
    "nofinessej": CODE,
    "rs": CELL,
    "rslongue": CELL,
    "complrs": CELL,
    "compldistrib": CELL,
    "numvoie": CODE,
    "typvoie": CODE,
    "voie": CELL,
    "compvoie": CODE,
    "lieuditbp": CELL,
}
"""Names and street of a site, shared by both CSV forms of FINESS."""

FINESS_HEADED: Columns = MappingProxyType(
    {
        **_SITE,
        "region": CODE,
        "libregion": CELL,
        "departement": CODE,
        "libdepartement": CELL,
        "cog": CODE,
        "codepostal": CODE,
        "libelle_routage": CELL,
        "ligneacheminement": CELL,
        "telephone": CELL,
        "telecopie": CELL,
        "categetab": CODE,
        "libcategetab": CELL,
        "liblongcategetab": CELL,
        "categretab": CODE,
        "libcategretab": CELL,
        "siret": CODE,
        "codeape": CODE,
        "libcodeape": CELL,
        "mft": CODE,
        "libmft": CELL,
        "liblongmft": CELL,
        "sph": CODE,
        "libsph": CELL,
        "numen": CODE,
        "coordx": CODE,
        "coordy": CODE,
        "sourcegeocod": CELL,
        "dategeocod": CODE,
        "dateautor": CODE,
        "dateouvert": CODE,
        "datemaj": CODE,
    }
)
"""The form with a header, 42 columns."""

FINESS_LEGACY_SITE: Columns = MappingProxyType(
    {
        "structureet": CODE,
        **_SITE,
        "commune": CODE,
        "departement": CODE,
        "libdepartement": CELL,
        "ligneacheminement": CELL,
        "telephone": CELL,
        "telecopie": CELL,
        "categetab": CODE,
        "libcategetab": CELL,
        "categagretab": CODE,
        "libcategagretab": CELL,
        "siret": CODE,
        "codeape": CODE,
        "codemft": CODE,
        "libmft": CELL,
        "codesph": CODE,
        "libsph": CELL,
        "dateouv": CODE,
        "dateautor": CODE,
        "datemaj": CODE,
        "numuai": CODE,
    }
)
"""A ``structureet`` line of the form without header; its first field is the section."""

FINESS_LEGACY_POINT: Columns = MappingProxyType(
    {
        "geolocalisation": CODE,
        "nofinesset": CODE,
        "coordxet": CODE,
        "coordyet": CODE,
        "sourcecoordet": CELL,
        "datemaj": CODE,
    }
)
"""A ``geolocalisation`` line of the same form."""

Keys = Mapping[str, TextBound | ListBound]
"""The keys of a JSON object; a list is bounded in its items, and one object is a list of one."""

FINESS_PLUS: Mapping[str, Keys] = MappingProxyType(
    {
        "pmej": {
            "informationsGeneralesPMEJ": FEW,
            "adresse": SOME,
            "contact": SOME,
            "engagement": MANY,
            "evenement": MANY,
            "ege": MANY,
            "etatObjet": CODE,
            "dateDerniereMaj": CODE,
        },
        "informationsGeneralesPMEJ": {
            "pmSmsseId": CODE,
            "codeApe": CODE,
            "complementAdressePmSmsse": CELL,
            "dateCreation": CODE,
            "dateFermeture": CODE,
            "denominationLonguePmSmsse": CELL,
            "denominationPm": CELL,
            "numFinessPm": CODE,
            "fonctionPublique": CODE,
            "categorieentiteGeographiqueExercice": CODE,
            "siren": CODE,
            "statutJuridique": CODE,
            "typeGroupeGco": CODE,
            "typePersonneMorale": CODE,
        },
        "ege": {
            "informationsGeneralesEGE": FEW,
            "categorieentiteGeographiqueExercice": CODE,
            "modefixationtarifaire": MANY,
            "typeBudget": MANY,
            "adresse": SOME,
            "contact": SOME,
            "engagement": MANY,
            "evenement": MANY,
            "roleEge": MANY,
            "etatObjet": CODE,
            "dateDerniereMaj": CODE,
        },
        "informationsGeneralesEGE": {
            "egeId": CODE,
            "complementDenominationEg": CELL,
            "dateFermeture": CODE,
            "dateOuverture": CODE,
            "datePremiereAutorisation": CODE,
            "nomEgeCourt": CELL,
            "nomEgeLong": CELL,
            "numeroEducationNationale": CODE,
            "numeroReferenceExterne": CODE,
            "numFinessEge": CODE,
            "espic": CODE,
            "siret": CODE,
        },
        "adresse": {
            "usageAdresse": CODE,
            "numeroVoie": CODE,
            "typeVoie": CODE,
            "libelleVoie": CELL,
            "complementVoie": CELL,
            "complementPointGeographique": CELL,
            "lieuDit": CELL,
            "cogCommune": CODE,
            "ligneAcheminement": CELL,
            "ligneUne": CELL,
            "ligneDeux": CELL,
            "ligneTrois": CELL,
            "ligneQuatre": CELL,
            "ligneCinq": CELL,
            "ligneSix": CELL,
            "codePostal": CODE,
            "coordonneesGeographique": FEW,
        },
        "coordonneesGeographique": {
            "coordonneeX": CODE,
            "coordonneeY": CODE,
            "directionLatitude": CODE,
            "directionLongitude": CODE,
            "cleInInteropBAN": CODE,
            "scoreBAN": CODE,
        },
        "contact": {
            "typeContact": FEW,
            "telecom": FEW,
        },
        "typeContact": {
            "roleContact": CODE,
        },
        "telecom": {
            "telephone": CELL,
            "telecopie": CELL,
            "courriel": CELL,
        },
    }
)
"""Keys of each object of the JSON form, as published in September 2026."""

AMELI: Columns = MappingProxyType(
    {
        "family": CELL,
        "given": CELL,
        "civility": CODE,
        "specialty": CODE,
        "kind": CODE,
        "line": CELL,
        "postal_code": CODE,
        "city": CELL,
        "sector": CELL,
        "option": CELL,
        "vitale": CELL,
    }
)
"""Fields of the file of conventions; ``indexers.sources.ameli.columns`` has their names."""

GEOCODED: Columns = MappingProxyType(
    {
        "line": CELL,
        "postal_code": CODE,
        "city": CELL,
        "lat": CODE,
        "lon": CODE,
        "precision": CODE,
        "score": CODE,
    }
)
"""``geocoded.csv``: the answers of a geocoder's batch."""
