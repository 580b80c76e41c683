"""What an orientation is refused for, each with a sentence for the regulator."""

from records.errors import RecordsError


class SlotFull(RecordsError):
    """Every seat of the occurrence is taken."""

    code = "slot_full"

    def __init__(self) -> None:
        super().__init__("Ce créneau vient d'être complet : choisissez-en un autre.")


class SlotGone(RecordsError):
    """The agenda holds this occurrence no more."""

    code = "slot_gone"

    def __init__(self) -> None:
        super().__init__("Ce créneau n'est plus proposé : choisissez-en un autre.")


class OfferGone(RecordsError):
    """No offer has this id any more."""

    code = "offer_gone"

    def __init__(self) -> None:
        super().__init__("Cette offre n'existe pas ou plus : refaites votre recherche.")


class StateRefused(RecordsError):
    """A state that cannot follow the present one."""

    code = "state_refused"
