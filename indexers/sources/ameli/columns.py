"""Columns of the file, found by name: their order is not promised, and their names vary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from indexers.sources.reading.errors import LayoutError
from mappings.analysis import fold

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "family": ("ps_activite_nom", "activite_nom", "nom"),
        "given": ("ps_activite_prenom", "activite_prenom", "prenom"),
        "civility": ("ps_activite_civilite", "activite_civilite", "civilite"),
        "specialty": ("specialite_code", "code_specialite", "profession_code"),
        "kind": ("type_ps_code", "code_type_ps"),
        "line": ("coordonnees_voie", "coordonnees_adresse", "adresse"),
        "postal_code": ("coordonnees_code_postal", "code_postal"),
        "city": ("coordonnees_ville", "coordonnees_commune", "ville", "commune"),
        "sector": (
            "secteur_conventionnel_libelle",
            "secteur_conventionnel",
            "convention_libelle",
        ),
        "option": ("option_tarifaire_libelle", "option_tarifaire"),
        "vitale": (
            "ps_activite_sesam_vitale",
            "ps_sesam_vitale",
            "sesam_vitale",
            "ps_carte_vitale",
            "carte_vitale",
        ),
    }
)
"""Names a column is known under, the published one of today first."""

REQUIRED = ("family", "given", "specialty", "postal_code", "city", "sector")
IGNORED = frozenset(
    {
        "ps activite raison sociale",
        "specialite libelle",
        "type ps libelle",
        "activite particuliere code",
        "activite particuliere libelle",
        "coordonnees complement",
        "coordonnees lieu dit",
        "coordonnees num tel",
        "secteur conventionnel code",
        "nature exercice code",
        "nature exercice libelle",
        "option tarifaire code",
    }
)
"""Columns known and not read: the codes of sectors mean other things from year to year."""


def locate_ameli_columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    """The position of each column; optional ones may lack.

    Raises ``LayoutError`` naming the columns that lack, or one that is there twice.
    """
    places: dict[str, int] = {}
    for position, name in enumerate(header):
        if places.setdefault(fold(name), position) != position and name.strip():
            raise LayoutError(f"{path.name} has the column {name!r} twice; download it again")
    found = {
        field: places[fold(alias)]
        for field, aliases in ALIASES.items()
        for alias in reversed(aliases)
        if fold(alias) in places
    }
    missing = [ALIASES[field][0] for field in REQUIRED if field not in found]
    if missing:
        raise LayoutError(
            f"{path.name} is not the Ameli file of professionals: no column "
            f"{', '.join(missing)}; give liste-ps-*.csv of « Annuaire santé Ameli »"
        )
    return found


def unknown_ameli_columns(header: Sequence[str], found: Mapping[str, int]) -> list[str]:
    """Columns that are neither read nor known to be useless."""
    taken = set(found.values())
    return [
        name
        for position, name in enumerate(header)
        if position not in taken and name.strip() and fold(name) not in IGNORED
    ]
