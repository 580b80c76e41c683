"""Warnings about the place: how it was read, and what else it may mean."""

from collections.abc import Iterator, Sequence

from geography.gazetteer import Commune, load_gazetteer
from geography.place_names import split_place
from geography.reasons import Note
from geography.where.text_place import MISSPELT, find_homonyms, find_other_communes
from search_engine.request.area import Area, AreaKind, find_home, read_insee
from search_engine.request.criteria import Criteria

PageWarning = dict[str, str]
"""A code and its French sentence."""

COMMUNE_ONLY = {
    "code": "commune_only",
    "message": "Adresse non trouvée : la recherche se fait autour de sa commune.",
}
SERVICE_DOWN = {
    "code": "address_service_down",
    "message": "Le service d'adresses ne répond pas : la recherche se fait autour de la commune de "
    "l'adresse, sans savoir si celle-ci existe.",
}


def place_warnings(criteria: Criteria, area: Area) -> list[PageWarning]:
    """What a caller must know of the place before he reads the cards."""
    return [
        *_reading_warnings(area),
        *insee_warnings(criteria.insee),
        *_homonym_warnings(criteria, area),
    ]


def _reading_warnings(area: Area) -> Iterator[PageWarning]:
    """A name read with an error, or a commune that stands for an address."""
    if area.kind is not AreaKind.COMMUNE or (area.score or 1) >= 1:
        return
    if area.score == MISSPELT:
        message = f"Aucun lieu ne porte ce nom exact : il a été lu {area.label}."
        yield {"code": "place_corrected", "message": message}
    else:
        yield SERVICE_DOWN if area.service_down else COMMUNE_ONLY


def _homonym_warnings(criteria: Criteria, area: Area) -> Iterator[PageWarning]:
    others = [commune.label for commune in _other_communes(criteria, area)]
    if others:
        message = f"Plusieurs communes possibles : {area.label} est retenue. "
        given = split_place(criteria.where or "").postcode
        told = "écrivez son nom" if given else "donnez le code postal"
        message += f"Pour {join_with_or(others)}, {told}."
        yield {"code": "other_communes", "message": message}


def _other_communes(criteria: Criteria, area: Area) -> list[Commune]:
    """Other communes that the text may mean; of an address found, only those of the same name."""
    gazetteer, text = load_gazetteer(), criteria.where
    chosen = gazetteer.by_insee(area.insee or "")
    if text is None or chosen is None:
        return []
    if area.kind is AreaKind.COMMUNE:
        return find_other_communes(gazetteer, text, chosen, find_home(criteria))
    if area.kind is AreaKind.ADDRESS:
        return find_homonyms(gazetteer, text, chosen, find_home(criteria))
    return []


def insee_warnings(insee: str | None) -> list[PageWarning]:
    """What a code given alone was read as, when it is a postcode or could be one."""
    gazetteer = load_gazetteer()
    found = read_insee(gazetteer, insee) if insee else None
    if found is None:
        return []
    if Note.INSEE_IS_POSTCODE in found.notes:
        message = f"{insee} est un code postal, lu comme {found.commune.label}. "
        message += "Donnez un code INSEE, ou la commune en texte."
        return [{"code": "insee_is_postcode", "message": message}]
    if found.instead is None:
        return []
    message = f"{insee} est lu comme le code INSEE de {found.commune.label}. "
    message += f"C'est aussi le code postal de {found.instead.label} : pour ce lieu, donnez la "
    message += "commune en texte."
    return [{"code": "insee_or_postcode", "message": message}]


def join_with_or(words: Sequence[str]) -> str:
    """``A``, ``A ou B``, ``A, B ou C``."""
    *most, last = words
    return f"{', '.join(most)} ou {last}" if most else last
