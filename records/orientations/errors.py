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


class IdempotencyKeyReused(RecordsError):
    """A key came again with another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "Cette clé d'idempotence a déjà servi pour une autre demande : prenez-en une nouvelle."
        )


class IdempotencyKeyInvalid(RecordsError):
    """A key that is no UUID: it could hold a word about somebody."""

    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__("La clé d'idempotence est un UUID : tirez-en un par demande.")


class StateRefused(RecordsError):
    """A state that cannot follow the present one."""

    code = "state_refused"
