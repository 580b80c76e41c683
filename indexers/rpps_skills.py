"""RPPS skills: the qualifications that the activity file does not carry.

Source: public extract of the Annuaire Santé, docs/sources/rpps.md.
"""

COLUMNS = (
    "Type d'identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Libellé profession",
    "Code catégorie professionnelle",
    "Libellé catégorie professionnelle",
    "Code type savoir-faire",
    "Libellé type savoir-faire",
    "Code savoir-faire",
    "Libellé savoir-faire",
)
"""Header of the published file, in order; a line ends with a 14th, empty field."""
