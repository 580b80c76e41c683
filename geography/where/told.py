"""Places that say themselves to be one: by their department, or by what stands there.

``Mende 48``, ``Saint-Denis de la Réunion``, ``gare de Dijon``, ``Paris Nord``.
"""

from geography.gazetteer import Commune, Gazetteer
from geography.where.beginnings import find_dominant, find_longer_names, parse_place
from geography.where.phrases import strip_landmark, strip_tail
from geography.where.usual_places import find_usual_communes


def is_told_place(gazetteer: Gazetteer, text: str) -> bool:
    """Whether the whole text is a commune and its department, or a landmark and its commune."""
    return is_in_department(gazetteer, text) or _is_landmark(gazetteer, text)


def find_begun_communes(gazetteer: Gazetteer, name: str) -> list[Commune]:
    """The commune that whole words begin, ``Florac``; none where others rival it."""
    longer = find_longer_names(gazetteer, name)
    return find_dominant([commune for commune in longer if commune.part is None] or longer)


def is_in_department(gazetteer: Gazetteer, text: str) -> bool:
    """Whether the whole text is a commune and its department: ``Saint-Pierre Réunion``."""
    place = parse_place(gazetteer, text)
    if not place.department or place.street or not place.city:
        return False
    named = gazetteer.by_name(place.city, department=place.department)
    return bool(named or find_longer_names(gazetteer, place.city, place.department))


def _is_landmark(gazetteer: Gazetteer, text: str) -> bool:
    """A usual name counts with its landmark: ``gare de Lyon`` is one of Paris."""
    stripped = strip_landmark(text)
    if stripped != text and (find_usual_communes(text) or find_usual_communes(stripped)):
        return True
    plain = strip_tail(stripped)
    return plain != text and bool(gazetteer.by_name(plain))
