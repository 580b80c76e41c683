"""What an LRM link can be refused for, beside what any search can be (F056 to F058)."""

from search_engine.request.problems import PlaceNotFound, SearchProblem


class OriginRefused(SearchProblem):
    """The origin is not that of an active dispatch software (F056)."""

    code = "lrm_origin_refused"
    status = 403
    title = "Lien refusé"
    remedy = "Faites inscrire ce logiciel de régulation au registre, ou corrigez « origin »."

    def __init__(self, detail: str) -> None:
        super().__init__(detail, field="origin")


class OriginUnknown(OriginRefused):
    """No entry of the registry has this origin."""

    def __init__(self) -> None:
        super().__init__("L'origine du lien n'est pas inscrite au registre des LRM.")


class OriginInactive(OriginRefused):
    """The entry of this origin was switched off."""

    def __init__(self) -> None:
        super().__init__("L'origine du lien est inscrite au registre des LRM, mais désactivée.")


class RegistryUnavailable(SearchProblem):
    """The registry cannot be read and no list at hand has the origin (F057, W29)."""

    code = "lrm_registry_unavailable"
    status = 503
    title = "Registre des LRM indisponible"
    remedy = "Réessayez dans quelques instants ; le registre se charge par `sas load lrm FICHIER`."
    retry_after_s = 10

    def __init__(self) -> None:
        super().__init__(
            "Le registre des LRM ne peut pas être lu : l'origine n'a pas pu être vérifiée.",
            field="origin",
        )


class NumberWithoutStreet(SearchProblem):
    """A number alone locates no one (F058)."""

    code = "lrm_number_without_street"
    title = "Adresse incomplète"
    remedy = "Ajoutez « streetname », ou retirez « streetnumber »."

    def __init__(self) -> None:
        super().__init__("Un numéro est donné sans nom de rue.", field="streetnumber")


class NoCity(SearchProblem):
    """Neither a known INSEE code nor a city (F058)."""

    code = "lrm_no_city"
    title = "Commune absente"
    remedy = "Ajoutez « inseecode » (5 caractères, différent du code postal) ou « city »."

    def __init__(self) -> None:
        super().__init__("Le lien ne donne ni code INSEE connu ni nom de commune.", field="city")


class CityNotFound(PlaceNotFound):
    """No commune has that name, and there is no street to search by."""

    remedy = "Corrigez « city », ou donnez « inseecode »."

    def __init__(self) -> None:
        super().__init__("Aucune commune ne porte ce nom.", field="city")
