"""A directory of files to index, written row by row by a test."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from geography.locate import Locator
from indexers.offers.pipeline import build_offers, open_offer_sources
from indexers.runs.folder import Quarantines
from indexers.sources.rpps.activities import COLUMNS as ACTIVITY_COLUMNS
from indexers.sources.rpps.skills import COLUMNS as SKILL_COLUMNS
from mappings.records import Offer

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""

ACTIVITIES = "PS_LibreAcces_Personne_activite_202611220830.txt"
SKILLS = "PS_LibreAcces_SavoirFaire_202611220830.txt"

AT = "(coord. structure)"
DOCTOR = {
    "Type d'identifiant PP": "8",
    "Code civilité d'exercice": "DR",
    "Code profession": "10",
    "Code catégorie professionnelle": "C",
    "Code savoir-faire": "SM54",
    "Code mode exercice": "L",
    "Code secteur d'activité": "SA07",
    "Code genre activité": "GENR01",
}
MENDE = {
    f"Numéro Voie {AT}": "12",
    f"Libellé type de voie {AT}": "Rue",
    f"Libellé Voie {AT}": "DES TANNEURS",
    f"Code postal {AT}": "48000",
    f"Code commune {AT}": "48095",
    f"Libellé commune {AT}": "Mende",
}
FLORAC = {
    f"Numéro Voie {AT}": "3",
    f"Libellé type de voie {AT}": "Place",
    f"Libellé Voie {AT}": "DE L'ESPLANADE",
    f"Code postal {AT}": "48400",
    f"Code commune {AT}": "48061",
    f"Libellé commune {AT}": "Florac Trois Rivières",
}
CAYENNE = {
    f"Numéro Voie {AT}": "5",
    f"Libellé type de voie {AT}": "Avenue",
    f"Libellé Voie {AT}": "DE LA LIBERTE",
    f"Code postal {AT}": "97300",
    f"Code commune {AT}": "97302",
    f"Libellé commune {AT}": "Cayenne",
}

MSP, CENTRE, PHARMACY, CPTS = "480000017", "480000025", "480000033", "480000041"
"""FINESS of the structures that tests use."""
SOS_SIRET = "77567227233016"


def rang(rpps: str, number: int = 1) -> str:
    """The RPPS-rang of a practice owned by this professional, without prefix."""
    return f"{rpps}{number:03d}"


def stream_offers(directory: Path, quarantines: Quarantines | None = None) -> Iterator[Offer]:
    """The offers of a directory on ``NOW``, without slots."""
    counted = quarantines or Quarantines()
    with open_offer_sources(directory, counted) as sources:
        yield from build_offers(sources, Locator(), NOW.date(), counted)


class FileSet:
    """A directory being filled; files are written again at each addition."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._activities: list[str] = []
        self._skills: list[str] = []
        self._sites: list[dict[str, Any]] = []

    def doctor(
        self,
        rpps: str,
        place: Mapping[str, str] = MENDE,
        name: tuple[str, str] = ("MARTIN", "Anne"),
        practice: str | None = None,
        **columns: str,
    ) -> "FileSet":
        """A row of activity: a GP with a practice of her own, unless columns say otherwise.

        ``columns`` are keyed by a short word, see ``SHORT_SLOT_INSTANTS``.
        """
        row = {
            **DOCTOR,
            **place,
            "Identifiant PP": rpps,
            "Identification nationale PP": f"8{rpps}",
            "Nom d'exercice": name[0],
            "Prénom d'exercice": name[1],
            "Identifiant technique de la structure": f"R{practice or rang(rpps)}",
            "Ancien identifiant de la structure": f"4{practice or rang(rpps)}",
            **{SHORT[key]: value for key, value in columns.items()},
        }
        return self.activity(row)

    def activity(self, row: Mapping[str, str]) -> "FileSet":
        """Any row of activity."""
        return self._row(ACTIVITIES, ACTIVITY_COLUMNS, self._activities, row)

    def skill(self, rpps: str, code: str, profession: str = "10") -> "FileSet":
        """A qualification of a person."""
        row = {
            "Type d'identifiant PP": "8",
            "Identifiant PP": rpps,
            "Identification nationale PP": f"8{rpps}",
            "Code profession": profession,
            "Code type savoir-faire": "S",
            "Code savoir-faire": code,
        }
        return self._row(SKILLS, SKILL_COLUMNS, self._skills, row)

    def site(self, finess: str, category: str, name: str, **facts: Any) -> "FileSet":
        """A FINESS site in Mende, at a point of its own; ``facts`` are keys of its object."""
        general = {"numFinessEge": finess, "nomEgeLong": name, "siret": facts.pop("siret", "")}
        general |= {"dateFermeture": facts.pop("closed", "")}
        address = {
            "usageAdresse": "03",
            "numeroVoie": "8",
            "typeVoie": "R",
            "libelleVoie": "DE LA REPUBLIQUE",
            "codePostal": "48000",
            "cogCommune": "48095",
            "ligneAcheminement": "MENDE",
            "coordonneesGeographique": {"coordonneeX": "3.4990", "coordonneeY": "44.5190"},
            **facts.pop("address", {}),
        }
        phone = {"typeContact": {"roleContact": "01"}, "telecom": {"telephone": "0466000001"}}
        self._sites.append(
            {
                "informationsGeneralesEGE": general,
                "categorieentiteGeographiqueExercice": category,
                "etatObjet": "A",
                "dateDerniereMaj": "2026-10-18",
                "adresse": [address],
                "contact": [phone],
                **facts,
            }
        )
        entity = {"informationsGeneralesPMEJ": {"numFinessPm": "480009999"}, "ege": self._sites}
        whole = {"schemaVersion": "v1.0.0", "generatedAt": "2026-11-20", "pmej": [entity]}
        (self.directory / "finess-structures.json").write_bytes(orjson.dumps(whole))
        return self

    def line(self, source: str, **fields: Any) -> "FileSet":
        """One more line of an own source."""
        with (self.directory / f"{source}.jsonl").open("ab") as lines:
            lines.write(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))
        return self

    def sos(self, **fields: Any) -> "FileSet":
        """The SOS association of Mende with one point, changed by ``fields``."""
        address = {"line": "1 avenue Foch", "postal_code": "48000", "city": "Mende"}
        point = {"id": "PFG-1", "name": "Point de garde de Mende", "address": address}
        association = {"siret": SOS_SIRET, "name": "SOS Médecins Lozère", "points": [point]}
        return self.line("sos", **{**association, **fields})

    def _row(
        self, name: str, columns: tuple[str, ...], rows: list[str], row: Mapping[str, str]
    ) -> "FileSet":
        unknown = set(row) - set(columns)
        assert not unknown, unknown
        rows.append("|".join(row.get(column, "") for column in columns) + "|")
        text = "\n".join(["|".join(columns) + "|", *rows]) + "\n"
        (self.directory / name).write_text(text, encoding="utf-8")
        return self

    def offers(self, quarantines: Quarantines | None = None) -> dict[str, Offer]:
        """The offers of the directory by id; fails when two bear one id."""
        found = list(stream_offers(self.directory, quarantines))
        by_id = {offer["id"]: offer for offer in found}
        assert len(by_id) == len(found)
        return by_id

    def only(self) -> Offer:
        """The only offer of the directory."""
        (offer,) = self.offers().values()
        return offer


SHORT = {
    "profession": "Code profession",
    "skill": "Code savoir-faire",
    "sector": "Code secteur d'activité",
    "finess": "Numéro FINESS site",
    "legal_finess": "Numéro FINESS établissement juridique",
    "siret": "Numéro SIRET site",
    "former": "Ancien identifiant de la structure",
    "technical": "Identifiant technique de la structure",
    "brand": "Enseigne commerciale site",
    "company": "Raison sociale site",
    "phone": f"Téléphone {AT}",
    "civility": "Code civilité d'exercice",
    "general_civility": "Code civilité",
    "category": "Code catégorie professionnelle",
    "city": f"Libellé commune {AT}",
    "postal_code": f"Code postal {AT}",
    "insee": f"Code commune {AT}",
    "country": f"Code pays {AT}",
    "street": f"Libellé Voie {AT}",
    "number": f"Numéro Voie {AT}",
}
"""Short words for columns."""
