"""Refusals of the HTTP layer: identity, sizes, rates, routes and readiness."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from search_engine.request.criteria_faults import MALFORMED_BODY
from search_engine.request.problem_document import TRY_AGAIN, Problem
from search_engine.request.query_string import MAX_PARAMETERS

BODY_TOO_LARGE = Problem(
    413,
    "body_too_large",
    "Demande trop longue",
    "La demande dépasse la taille acceptée.",
    "Envoyez moins de critères ou des textes plus courts.",
)
NOT_FOUND = Problem(
    404,
    "not_found",
    "Adresse inconnue",
    "Cette route n'existe pas.",
    "Voyez docs/reference/api.md.",
)
METHOD_NOT_ALLOWED = Problem(
    405,
    "method_not_allowed",
    "Méthode non permise",
    "Cette route ne répond pas à cette méthode HTTP.",
    "Voyez docs/reference/api.md.",
)
BAD_REQUEST = Problem(
    400,
    "bad_request",
    "Demande invalide",
    "La demande n'a pas pu être lue.",
    "Voyez docs/reference/api.md.",
)
OUTSIDE_NETWORK = Problem(
    403,
    "outside_network",
    "Accès refusé",
    "Sans authentification, le service ne répond qu'à la machine qui l'héberge.",
    "Appelez-le depuis cette machine, ou ajoutez votre réseau à SAS_DEV_NETWORKS.",
)
QUERY_TOO_LONG = Problem(
    414,
    "query_too_long",
    "Lien trop long",
    "Les paramètres du lien dépassent la taille acceptée.",
    "Envoyez la recherche par POST, ou avec des textes plus courts.",
)
QUERY_UNREADABLE = Problem(
    400,
    "query_unreadable",
    "Lien illisible",
    "Un paramètre du lien n'est écrit ni en UTF-8 ni en Windows-1252.",
    "Encodez les paramètres du lien en UTF-8.",
)
TOO_MANY_PARAMETERS = Problem(
    400,
    "too_many_parameters",
    "Trop de paramètres",
    f"Le lien porte plus de {MAX_PARAMETERS} paramètres.",
    "Retirez les paramètres hors du contrat, ou envoyez la recherche par POST.",
)
HEADERS_TOO_LARGE = Problem(
    431,
    "headers_too_large",
    "En-têtes trop longs",
    "Les en-têtes de la demande dépassent la taille acceptée.",
    "Envoyez moins d'en-têtes, ou un jeton plus court.",
)
REQUEST_TIMEOUT = Problem(
    408,
    "request_timeout",
    "Demande incomplète",
    "La demande n'est pas arrivée entière à temps.",
    "Réessayez dans quelques instants.",
)
TARGET_TOO_LONG = Problem(
    414,
    "target_too_long",
    "Adresse trop longue",
    "L'adresse demandée dépasse la taille acceptée.",
    "Envoyez la recherche par POST.",
)
REPEATED_HEADER = Problem(
    400,
    "repeated_header",
    "En-tête répété",
    "Un en-tête qui n'a qu'une valeur est donné plusieurs fois.",
    "Envoyez-le une seule fois.",
)
HOST_UNKNOWN = Problem(
    421,
    "host_unknown",
    "Nom de serveur inconnu",
    "Le service ne répond pas sous ce nom.",
    "Appelez-le par localhost, ou ajoutez ce nom à SAS_HOSTS.",
)
TOO_MANY_CONNECTIONS = Problem(
    503,
    "too_many_connections",
    "Service saturé",
    "Trop de connexions sont ouvertes.",
    TRY_AGAIN,
    retry_after_s=1,
)
_REALM = 'Bearer realm="sas"'
IDENTITY_MISSING = Problem(
    401,
    "identity_missing",
    "Identification requise",
    "La demande ne porte pas de jeton ni de clé, ou porte les deux.",
    "Envoyez Authorization: Bearer, ou X-API-Key pour un programme.",
    challenge=_REALM,
)
TOKEN_REFUSED = Problem(
    401,
    "token_refused",
    "Jeton refusé",
    "Le jeton n'est pas valable pour ce service, ou ne l'est plus.",
    "Reconnectez-vous pour obtenir un nouveau jeton.",
    challenge=f'{_REALM}, error="invalid_token"',
)
KEY_REFUSED = Problem(
    401,
    "key_refused",
    "Clé refusée",
    "La clé n'existe pas ou a été révoquée.",
    "Demandez une clé à l'administrateur du service.",
    challenge=_REALM,
)
ROLE_MISSING = Problem(
    403,
    "role_missing",
    "Rôle absent",
    "Votre compte n'a aucun rôle dans ce service.",
    "Demandez un rôle à l'administrateur du service.",
    challenge=f'{_REALM}, error="insufficient_scope"',
)
IDENTITY_UNAVAILABLE = Problem(
    503,
    "identity_unavailable",
    "Identification indisponible",
    "Le service d'identité ne répond pas : personne ne peut être identifié.",
    TRY_AGAIN,
    retry_after_s=30,
)
RATE_LIMITED = Problem(
    429,
    "rate_limited",
    "Trop de demandes",
    "Ce client envoie trop de demandes à la fois.",
    "Attendez le délai indiqué par Retry-After.",
    retry_after_s=1,
)
TOO_MANY_AT_ONCE = Problem(
    429,
    "too_many_at_once",
    "Trop de demandes à la fois",
    "Trop de recherches de ce client, ou de tous ensemble, sont en cours.",
    "Attendez la réponse des précédentes, puis le délai indiqué par Retry-After.",
    retry_after_s=1,
)
INDEX_TOO_SMALL = Problem(
    503,
    "index_too_small",
    "Annuaire incomplet",
    "L'annuaire chargé compte moins d'offres que le minimum attendu.",
    "Rechargez-le avec `sas reindex --from DOSSIER`, ou revoyez SAS_READY_FLOOR.",
    retry_after_s=30,
)
SCHEMA_MISMATCH = Problem(
    503,
    "schema_mismatch",
    "Version d'annuaire différente",
    "L'annuaire chargé n'a pas le schéma que ce programme attend.",
    "Rechargez-le avec `sas reindex --from DOSSIER` dans la version de ce programme.",
    retry_after_s=30,
)

RECORDS_UNAVAILABLE = Problem(
    503,
    "records_unavailable",
    "Registre indisponible",
    "La base des réglages et des orientations ne répond pas ; rien n'a été changé.",
    TRY_AGAIN,
    retry_after_s=5,
)
RECORDS_SCHEMA = Problem(
    503,
    "records_schema",
    "Registre d'une autre version",
    "La base des réglages et des orientations n'a pas le schéma que ce programme attend.",
    "Lancez `sas records up` dans la version de ce programme.",
    retry_after_s=30,
)
RECORDS_SCHEMA_TOO_NEW = Problem(
    503,
    "records_schema_too_new",
    "Registre d'un programme plus récent",
    "La base des réglages et des orientations a un schéma que ce programme ne connaît pas.",
    "Lancez le programme plus récent, ou restaurez une sauvegarde antérieure.",
    retry_after_s=30,
)
STALE_VERSION = Problem(
    412,
    "stale_version",
    "Modifié entre-temps",
    "Une autre personne a changé ceci depuis votre lecture.",
    "Relisez, puis refaites votre changement avec le nouvel ETag.",
)
ACCESS_DENIED = Problem(
    403,
    "access_denied",
    "Accès refusé",
    "Ceci n'est pas à vous : vous ne pouvez ni le lire ni le modifier.",
    "Connectez-vous avec le compte de la personne, ou demandez à l'administrateur du service.",
)
RECORD_MISSING = Problem(
    404,
    "record_missing",
    "Rien d'enregistré",
    "Rien n'est encore enregistré sous cet identifiant.",
    "Vérifiez l'identifiant, ou enregistrez une première valeur.",
)
RULES_BROKEN = Problem(
    422,
    "rules_broken",
    "Règle non respectée",
    "La demande ne respecte pas une règle.",
    "Corrigez les champs nommés.",
)
PRECONDITION_REQUIRED = Problem(
    428,
    "precondition_required",
    "Version non précisée",
    "Un changement nomme la version qu'il remplace.",
    "Envoyez If-Match avec l'ETag lu, ou If-None-Match: * pour une première valeur.",
)
PRECONDITION_UNREADABLE = Problem(
    400,
    "precondition_unreadable",
    "Version illisible",
    "If-Match ou If-None-Match ne nomme pas une version.",
    "Envoyez l'un des deux : If-Match avec l'ETag lu, ou If-None-Match: *.",
)
IDEMPOTENCY_KEY_MISSING = Problem(
    400,
    "idempotency_key_missing",
    "Clé d'idempotence absente",
    "Une création porte une clé, pour n'avoir lieu qu'une fois si elle est renvoyée.",
    "Envoyez Idempotency-Key avec un UUID neuf, le même à chaque renvoi.",
)
IDEMPOTENCY_KEY_INVALID = Problem(
    400,
    "idempotency_key_invalid",
    "Clé d'idempotence illisible",
    "La clé d'idempotence n'est pas un UUID.",
    "Envoyez Idempotency-Key avec un UUID neuf, le même à chaque renvoi.",
)
IDEMPOTENCY_KEY_REUSED = Problem(
    422,
    "idempotency_key_reused",
    "Clé d'idempotence déjà utilisée",
    "Cette clé a déjà servi pour une autre demande.",
    "Envoyez la même demande, ou tirez une nouvelle clé.",
)
SLOT_FULL = Problem(
    409,
    "slot_full",
    "Créneau complet",
    "La dernière place de ce créneau vient d'être prise.",
    "Choisissez un autre créneau.",
)
SLOT_GONE = Problem(
    409,
    "slot_gone",
    "Créneau retiré",
    "L'agenda ne propose plus ce créneau.",
    "Choisissez un autre créneau.",
)
OFFER_GONE = Problem(
    409,
    "offer_gone",
    "Offre absente",
    "Cette offre n'existe pas ou plus.",
    "Refaites votre recherche.",
)
AGENDA_CLOSED = Problem(
    409,
    "agenda_closed",
    "Agenda fermé",
    "Les créneaux de cet agenda ne seraient pas affichés.",
    "Changez d'abord les réglages du professionnel.",
)
ACCOUNT_CLOSED = Problem(
    403,
    "account_closed",
    "Compte fermé",
    "Votre compte a été fermé.",
    "Demandez au gestionnaire de comptes de votre territoire de le rouvrir.",
)
ACCOUNT_EXISTS = Problem(
    409,
    "account_exists",
    "Compte existant",
    "Une personne n'a qu'un compte.",
    "Changez le compte qui existe.",
)
SHEET_REFUSED = Problem(
    422,
    "sheet_refused",
    "Fichier refusé",
    "Ce fichier n'est pas un fichier de comptes.",
    "Donnez les colonnes en première ligne ; docs/how-to/manage-accounts.md les montre.",
)
ORIENTATIONS_HELD = Problem(
    409,
    "orientations_held",
    "Patients orientés",
    "Des patients sont orientés vers les heures que ce changement ferme.",
    "Prévenez la régulation, puis renvoyez la demande avec cancel_orientations=true.",
)
STATE_REFUSED = Problem(
    409,
    "state_refused",
    "État impossible",
    "Cet état ne peut pas suivre l'état présent.",
    "Relisez l'orientation : sa vie dit où elle en est.",
)

HTTP_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        problem.status: problem
        for problem in (MALFORMED_BODY, NOT_FOUND, METHOD_NOT_ALLOWED, BODY_TOO_LARGE)
    }
)
"""What the framework refuses, by status; it answers 400 for a body alone."""


class RequestRefused(Exception):
    """A request that goes no further; ``problem`` is its response."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def build_header_problem(name: str) -> Problem:
    """The refusal of a header of one value given twice; ``name`` is of our own table."""
    return replace(REPEATED_HEADER, field=name)


def rate_limit_problem(wait_s: int) -> Problem:
    """The refusal of a client whose bucket is empty, with the seconds to wait."""
    return replace(RATE_LIMITED, retry_after_s=wait_s)
