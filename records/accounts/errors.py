"""What an account is refused for."""

from records.errors import RecordsError


class AccountExists(RecordsError):
    """Another account has the national identifier or the address of mail."""

    code = "account_exists"

    def __init__(self) -> None:
        super().__init__(
            "Un compte a déjà cet identifiant national ou cette adresse de messagerie."
        )


class NoActiveAccount(RecordsError):
    """Nobody active is known by this identifier."""

    code = "no_active_account"

    def __init__(self) -> None:
        super().__init__(
            "Aucun compte actif n'a cet identifiant : faites-le créer par le gestionnaire de "
            "comptes de votre territoire."
        )


class AccountClosed(RecordsError):
    """The person's account was closed: what signs him in opens nothing here."""

    code = "account_closed"

    def __init__(self) -> None:
        super().__init__("Votre compte a été fermé par son gestionnaire.")
