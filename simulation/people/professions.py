"""Professions, specialities and sectors, with their density and habits."""

from dataclasses import dataclass

from mappings import codes

Share = tuple[str, float]

OFFICE: tuple[Share, ...] = (("SA07", 1.0),)
"""Sector of a private practice; the second to come makes it a group (SA08)."""

SECTOR_LABELS = {
    "SA01": "Etablissement public de santé",
    "SA02": "Hôpital militaire du service de santé des armées",
    "SA04": "Etablissement privé non PSPH",
    "SA05": "Centre de santé",
    "SA07": "Cabinet individuel",
    "SA08": "Cabinet de groupe",
    "SA09": "Société d'exercice",
    "SA13": "Service de santé au travail",
    "SA15": "Protection maternelle et infantile",
    "SA17": "Etablissement pour personnes âgées",
    "SA25": "Laboratoire de biologie médicale",
    "SA33": "Officine de pharmacie",
    "SA50": "Structure de facturation de la permanence des soins",
    "SA52": "Maison ou pôle de santé",
    "SA64": "Société de téléconsultation",
    "SA67": "Maison médicale de garde",
}

SKILL_TYPES = {
    "S": "Spécialité ordinale",
    "CEX": "Compétence exclusive",
    "C": "Compétence",
    "CAPA": "Capacité de médecine",
    "DNQ": "Diplôme d'études spécialisées complémentaires non qualifiant",
    "SST": "Surspécialité",
    "OP": "Orientation particulière",
}


@dataclass(frozen=True, slots=True)
class Trade:
    """One profession with one family of specialities.

    ``per_100k`` counts people of private practice for 100,000 inhabitants (0 for general
    practitioners: their density comes from the department's table). ``editor`` is the share
    whose agenda an editor serves, ``skills`` those of the skill file alone, with their share.
    """

    profession: str
    specialties: tuple[Share, ...]
    per_100k: float
    editor: float = 0.0
    sectors: tuple[Share, ...] = OFFICE
    doctor: bool = False
    skills: tuple[tuple[str, str, float], ...] = ()


def _doctor(per_100k: float, *specialties: Share, editor: float = 0.35) -> Trade:
    skills = (("C", "C05", 0.02),)
    return Trade("10", specialties, per_100k, editor, doctor=True, skills=skills)


GENERAL_PRACTICE = Trade(
    "10",
    (("SM54", 0.55), ("SM53", 0.25), ("SM26", 0.20)),
    per_100k=0,
    editor=0.45,
    doctor=True,
    skills=(
        ("CAPA", "CAPA04", 0.03),
        ("C", "C05", 0.05),
        ("DNQ", "DSM220", 0.03),
        ("DNQ", "DSM223", 0.01),
    ),
)

SPECIALISTS = (
    _doctor(8.0, ("SM04", 0.75), ("SM73", 0.2), ("SM79", 0.03), ("SM81", 0.02)),
    _doctor(4.5, ("SM15", 1)),
    _doctor(7.5, ("SM38", 0.97), ("SM85", 0.03)),
    _doctor(4.5, ("SM40", 0.96), ("SM88", 0.04)),
    _doctor(7.0, ("SM20", 0.5), ("SM51", 0.2), ("SM19", 0.2), ("SM52", 0.1)),
    _doctor(9.0, ("SM42", 0.9), ("SM33", 0.1)),
    _doctor(1.2, ("SM43", 0.6), ("SM92", 0.4)),
    _doctor(9.0, ("SM44", 0.6), ("SM74", 0.38), ("SM94", 0.02)),
    _doctor(3.4, ("SM34", 0.6), ("SM39", 0.38), ("SM86", 0.02)),
    _doctor(2.8, ("SM48", 1)),
    _doctor(3.7, ("SM24", 1)),
    _doctor(2.0, ("SM41", 1)),
    _doctor(2.0, ("SM32", 1)),
    _doctor(1.6, ("SM16", 0.5), ("SM62", 0.5)),
    _doctor(6.0, ("SM02", 1)),
    _doctor(4.0, ("SM08", 1)),
    _doctor(2.2, ("SM14", 1)),
    _doctor(1.5, ("SM12", 1)),
    _doctor(0.8, ("SM10", 1)),
    _doctor(0.6, ("SM06", 0.3), ("SM07", 0.3), ("SM68", 0.4)),
    _doctor(0.5, ("SM50", 0.6), ("SM56", 0.4)),
    _doctor(0.4, ("SM18", 1)),
    _doctor(1.0, ("SM30", 1)),
    _doctor(0.5, ("SM27", 0.7), ("SM72", 0.3)),
    _doctor(0.8, ("SM29", 1)),
    _doctor(1.0, ("SM59", 1)),
    _doctor(0.8, ("SM57", 1)),
    _doctor(1.5, ("SM61", 1)),
    _doctor(0.4, ("SM21", 0.5), ("SM71", 0.5)),
    _doctor(0.7, ("SM36", 0.6), ("SM37", 0.4)),
    _doctor(0.2, ("SM58", 1)),
)

OTHERS = (
    Trade("40", (("", 0.92), ("SCD01", 0.06), ("SCD02", 0.02)), 60, editor=0.4),
    Trade("50", (("", 1),), 12, editor=0.3),
    Trade("60", (("", 0.97), ("SI01", 0.02), ("SI05", 0.01)), 140, editor=0.02),
    Trade("70", (("", 1),), 105, editor=0.04),
    Trade("80", (("", 1),), 20, editor=0.08),
    Trade("91", (("", 1),), 33, editor=0.01),
    Trade("92", (("", 1),), 5, editor=0.02),
    Trade("93", (("", 1),), 35, editor=0.06),
    Trade("71", (("", 1),), 25, editor=0.1),
    Trade("95", (("", 1),), 7, editor=0.03),
    Trade("94", (("", 1),), 4, editor=0.03),
    Trade("96", (("", 1),), 5, editor=0.03),
    Trade("21", (("", 1),), 75, sectors=(("SA33", 0.95), ("SA01", 0.05))),
    Trade("10", (("SM03", 1),), 4, sectors=(("SA25", 1),), doctor=True),
    Trade("10", (("SM25", 1),), 5, sectors=(("SA13", 1),), doctor=True),
)

TRADES = (GENERAL_PRACTICE, *SPECIALISTS, *OTHERS)

EMPLOYED: tuple[Share, ...] = (("SA01", 0.7), ("SA04", 0.2), ("SA17", 0.1))
"""Sectors of who works in a hospital, a clinic or a home for the elderly."""

REGISTER = (
    Trade("60", (("", 1),), 780, sectors=EMPLOYED),
    Trade("35", (("", 1),), 560, sectors=EMPLOYED),
    Trade(
        "10", (("SM54", 0.4), ("SM53", 0.2), ("SM02", 0.2), ("SM38", 0.2)), 150, sectors=EMPLOYED
    ),
    Trade("39", (("", 1),), 90, sectors=(("SA33", 1),)),
    Trade("70", (("", 1),), 35, sectors=EMPLOYED),
    Trade("98", (("", 1),), 60, sectors=EMPLOYED),
    Trade("86", (("", 1),), 60, sectors=EMPLOYED),
    Trade("41", (("", 1),), 30, sectors=EMPLOYED),
    Trade("94", (("", 1),), 20, sectors=EMPLOYED),
    Trade("96", (("", 1),), 20, sectors=EMPLOYED),
)
"""Professions of the register that are never shown: two rows of the national file in three."""

STUDENTS = Trade("10", (("", 1),), 120)
"""Students of the register, who have no place yet."""

HIDDEN_ROLES: tuple[tuple[str, float], ...] = (
    ("SA01", 0.10),
    ("SA50", 0.03),
    ("SA64", 0.015),
    ("SA04", 0.04),
    ("SA17", 0.02),
)
"""Second activities of doctors that must not show, with their share."""

STUDENT_SHARE = 0.02
MILITARY_SHARE = 0.003
NO_STRUCTURE_SHARE = 0.03
"""People no patient can be sent to: students, military, without a place of practice."""


def profession_label(code: str) -> str:
    """Display label of a profession of the table."""
    return codes.professions()[code].label


def specialty_label(code: str) -> str:
    """Label as the extract writes it, which is not that of the terminology for SM53."""
    return "Spécialiste en Médecine Générale" if code == "SM53" else codes.specialties()[code].label
