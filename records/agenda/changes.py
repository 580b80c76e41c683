"""Changes of an agenda (F105 to F109): one transaction that locks the whole of it.

One slot more is judged beside all others; orientations on hours that close are settled with it.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from mappings.agenda.formats import AgendaFormat
from records.access import Actor, require_professional_access
from records.agenda.agendas import AGENDAS, read_agenda
from records.agenda.edits import Edit, forget_ended
from records.agenda.rules import AgendaChange, Places, find_broken_agenda_rules
from records.database import Database, open_reading
from records.errors import RecordMissing, RulesBroken, StaleVersion
from records.idempotency import Creation, find_made, keep_key
from records.kinds import RecordChange, StoredRecord, change_record, read_record
from records.orientations.displaced import settle_agenda
from records.settings_rules import BY_SOS
from records.tables import ProfessionalSettings

ATTEMPTS = 5
"""Times a slot is opened beside what somebody else changes at once."""


class AgendaClosed(RulesBroken):
    """Slots of this agenda would not show, or beside those of an editor (F109)."""

    code = "agenda_closed"


SHOWN_BY_EDITOR = (
    "Vos créneaux viennent de votre logiciel de rendez-vous. Pour tenir l'agenda du SAS à la "
    "place, masquez d'abord ceux de l'éditeur dans vos réglages."
)
SHOWN_BY_SOS = (
    "Vous participez par SOS Médecins : seuls les points fixes de l'association sont affichés. "
    "Changez d'abord votre mode de participation dans vos réglages."
)

Follow = Callable[[Session, AgendaChange], None]
"""What else is written in the transaction of a change."""


def change_agenda(
    database: Database,
    actor: Actor,
    rpps: str,
    edit: Edit,
    places: Places,
    *,
    version: int | None,
    now: datetime,
    cancels: bool = False,
    follow: Follow = lambda session, change: None,
) -> StoredRecord[AgendaFormat]:
    """Apply an edit to an agenda; its offers follow through the outbox.

    ``places`` are those where the professional practises. ``version`` is the one that was read,
    None for the first slot. ``cancels``: orientations on hours that close are cancelled with it.
    Raises ``AccessDenied``, ``AgendaClosed``, ``OrientationsHeld``, ``RulesBroken`` with every
    fault, ``StaleVersion``.
    """
    require_professional_access(actor, rpps)
    before = forget_ended(_read_version(database, rpps, version), now)
    said = AgendaChange(before, edit(before, now), places, now)
    if said.opened:
        require_open_agenda(database, rpps)
    if faults := find_broken_agenda_rules(said):
        raise RulesBroken(faults)

    def settle(session: Session) -> None:
        settle_agenda(session, said, actor, cancels=cancels)
        follow(session, said)

    return change_record(
        database, AGENDAS, RecordChange(actor, said.after, version, now, now), settle
    )


def open_agenda_slot(
    database: Database, creation: Creation, rpps: str, edit: Edit, places: Places
) -> tuple[str, StoredRecord[AgendaFormat]]:
    """Add a slot once per key: its id, and the agenda as it is now.

    No version is named: a slot more undoes nothing. Raises like ``change_agenda``, and
    ``IdempotencyKeyReused``.
    """
    require_professional_access(creation.actor, rpps)
    for attempt in range(ATTEMPTS):
        if (made := find_made(database, creation)) is not None:
            return made, read_agenda(database, creation.actor, rpps)
        try:
            stored = change_agenda(
                database,
                creation.actor,
                rpps,
                edit,
                places,
                version=find_agenda_version(database, creation.actor, rpps),
                now=creation.now,
                follow=lambda session, said: keep_key(session, creation, _find_new_id(said)),
            )
        except StaleVersion:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return find_made(database, creation) or "", stored
    raise AssertionError


def find_agenda_version(database: Database, actor: Actor, rpps: str) -> int | None:
    """The version of an agenda as it is now, None before its first slot."""
    try:
        return read_agenda(database, actor, rpps).version
    except RecordMissing:
        return None


def require_open_agenda(database: Database, rpps: str) -> None:
    """Raise ``AgendaClosed`` unless slots of the SAS agenda are those that would show (F109)."""
    with open_reading(database) as session:
        settings = session.get(ProfessionalSettings, rpps)
        if settings is None:
            return
        if settings.participation and settings.via == BY_SOS:
            raise AgendaClosed([("via", SHOWN_BY_SOS)])
        if settings.has_software and not settings.editor_disabled:
            raise AgendaClosed([("editor_disabled", SHOWN_BY_EDITOR)])


def _find_new_id(said: AgendaChange) -> str:
    (new,) = {slot.id for slot in said.after.slots} - {*said.formers}
    return new


def _read_version(database: Database, rpps: str, version: int | None) -> AgendaFormat:
    """The agenda that the caller read; an empty one before the first slot."""
    try:
        stored = read_record(database, AGENDAS, rpps)
    except RecordMissing:
        if version is not None:
            raise
        return AgendaFormat(rpps=rpps)
    if stored.version != version:
        raise StaleVersion(stored.version)
    return stored.value
