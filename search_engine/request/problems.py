"""The problems of a search, as types: a stable code, and French sentences for the caller.

No text here ever holds what was typed: places, doctors' names and free text stay out of errors,
so that an error may be logged and sent back as it is.
"""

from typing import ClassVar


class SearchProblem(Exception):
    """A search that cannot be answered, with the sentence to show and the way out.

    ``status`` is the HTTP status the API gives it, ``field`` the criterion at fault,
    ``retry_after_s`` the seconds to wait when asking again may work.
    """

    code: ClassVar[str] = "search_failed"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "Recherche impossible"
    remedy: ClassVar[str] = "Modifiez votre recherche."
    retry_after_s: ClassVar[int | None] = None

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class QueryTooShort(SearchProblem):
    """Fewer than three characters, and no known abbreviation (F002)."""

    code = "query_too_short"
    title = "Recherche trop courte"
    remedy = "Saisissez au moins 3 lettres ou une abréviation connue, comme MG ou SF."

    def __init__(self) -> None:
        super().__init__(
            "Le texte recherché compte moins de 3 lettres et n'est pas une abréviation connue.",
            field="what",
        )


class PlaceNotFound(SearchProblem):
    """No geocoder, commune, postcode or department answers to that text (F007)."""

    code = "place_not_found"
    title = "Lieu introuvable"
    remedy = "Vérifiez l'adresse, ou donnez seulement la commune et le code postal."

    def __init__(
        self,
        detail: str = "Ni adresse, ni commune, ni département ne répond à ce texte.",
        *,
        field: str = "where",
    ) -> None:
        super().__init__(detail, field=field)


class CommuneNotFound(PlaceNotFound):
    """No commune has that INSEE code, today or before a merger."""

    remedy = "Vérifiez le code INSEE (5 caractères, comme 48095), différent du code postal."

    def __init__(self) -> None:
        super().__init__("Ce code INSEE n'est celui d'aucune commune.", field="insee")


class LinkWithoutPoint(PlaceNotFound):
    """A link in which no coordinates are written: a short link of a map, another page."""

    remedy = "Ouvrez le lien, puis collez l'adresse longue de la page ou les coordonnées du point."

    def __init__(self) -> None:
        super().__init__("Ce lien ne contient pas de coordonnées lisibles.")


class DepartmentNotFound(PlaceNotFound):
    """No department or collectivity has that code."""

    remedy = "Donnez un code de département : 01 à 95, 2A, 2B, 971 à 978, 986 à 988."

    def __init__(self) -> None:
        super().__init__("Ce code n'est celui d'aucun département.", field="department")


class PlaceOutsideFrance(SearchProblem):
    """The point is too far from any commune of France, overseas included."""

    code = "place_outside_france"
    title = "Lieu hors de France"
    remedy = "Placez le point en France métropolitaine ou outre-mer."

    def __init__(self, field: str = "lat") -> None:
        super().__init__("Le point demandé est hors de France.", field=field)


class CoordinatesSwapped(SearchProblem):
    """The point is outside France, and inside it the other way round."""

    code = "coordinates_swapped"
    title = "Latitude et longitude inversées"
    remedy = "Donnez la latitude d'abord, puis la longitude : 48.8566, 2.3522."

    def __init__(self, field: str = "lat") -> None:
        super().__init__(
            "Ce point est hors de France, mais il y serait si l'on inversait ses deux nombres.",
            field=field,
        )


class RadiusNotApplicable(SearchProblem):
    """A department is searched within its own borders (W36), a radius would be ignored."""

    code = "radius_not_applicable"
    title = "Rayon sans objet"
    remedy = "Retirez le rayon, ou cherchez autour d'une commune ou d'une adresse."

    def __init__(self) -> None:
        super().__init__(
            "La recherche porte sur un département entier : un rayon ne s'y applique pas.",
            field="radius_km",
        )


class GeocoderUnavailable(SearchProblem):
    """The geocoder is down and the text could not be understood without it."""

    code = "geocoder_unavailable"
    status = 503
    title = "Recherche d'adresse indisponible"
    remedy = "Donnez la commune et le code postal, ou réessayez dans quelques instants."
    retry_after_s = 10

    def __init__(self) -> None:
        super().__init__(
            "Le service d'adresses ne répond pas et ce lieu n'a pas été reconnu sans lui.",
            field="where",
        )


class UnknownCode(SearchProblem):
    """A filter names a code that no terminology holds."""

    code = "unknown_code"
    title = "Code inconnu"
    remedy = "Utilisez un code des nomenclatures citées dans la documentation."


class CursorUnreadable(SearchProblem):
    """A foreign or altered cursor, or one sealed with another key."""

    code = "cursor_unreadable"
    status = 400
    title = "Curseur illisible"
    remedy = "Relancez la recherche depuis la première page."

    def __init__(self) -> None:
        super().__init__(
            "Ce curseur ne vient pas de ce service, ou a été modifié depuis.", field="cursor"
        )


class CursorExpired(SearchProblem):
    """A cursor too old, or whose point in time is gone."""

    code = "cursor_expired"
    status = 400
    title = "Curseur expiré"
    remedy = "Relancez la recherche depuis la première page."

    def __init__(self) -> None:
        super().__init__("Ce curseur n'est plus valable : la recherche a vieilli.", field="cursor")


class CursorOfAnotherSearch(SearchProblem):
    """A cursor handed back with other criteria than those of its search."""

    code = "cursor_of_another_search"
    status = 400
    title = "Curseur d'une autre recherche"
    remedy = "Renvoyez les critères de la première page, ou relancez la recherche sans curseur."

    def __init__(self) -> None:
        super().__init__("Ce curseur a été donné pour d'autres critères.", field="cursor")


class OfferNotFound(SearchProblem):
    """No offer has that identifier."""

    code = "offer_not_found"
    status = 404
    title = "Offre introuvable"
    remedy = "Relancez la recherche : l'offre a pu quitter l'annuaire."

    def __init__(self) -> None:
        super().__init__("Aucune offre ne porte cet identifiant.", field="id")


class CptsNotFound(SearchProblem):
    """No CPTS has that FINESS."""

    code = "cpts_not_found"
    status = 404
    title = "CPTS introuvable"
    remedy = "Relancez la recherche : la CPTS a pu quitter l'annuaire."

    def __init__(self) -> None:
        super().__init__("Aucune CPTS ne porte ce numéro FINESS.", field="finess")


class PartialAnswer(SearchProblem):
    """Some shards did not answer: a page with holes would look like a true one."""

    code = "partial_answer"
    status = 503
    title = "Réponse incomplète"
    remedy = "Réessayez dans quelques instants."
    retry_after_s = 2

    def __init__(self) -> None:
        super().__init__("Une partie de l'index n'a pas répondu ; aucun résultat n'est affiché.")
