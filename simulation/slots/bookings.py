"""Professionals with open slots, and the source of their slots: an editor, the SAS agenda."""

from dataclasses import dataclass, replace

from geography.departments import departments
from simulation.outputs import AGENDA
from simulation.people.people import GeneratedActivity, GeneratedPerson
from simulation.people.professions import GENERAL_PRACTICE
from simulation.people.settings import THROUGH_CPTS, ParticipationSettings
from simulation.places.communities import Association, Community
from simulation.places.places import draw_place
from simulation.places.territory import GeneratedTerritory
from simulation.run import GenerationRun
from simulation.scales import AGENDA_SHARE, DESERT_EDITOR_SHARE, EDITOR_SHARE, SLOTS_A_DAY
from simulation.slots import agenda as sas_agenda
from simulation.slots.calendar import (
    DUTY_HOUSE,
    PRACTICES,
    REMOTE_ONLY,
    SOS_POINT,
    Rhythm,
    draw_full_openings,
    draw_openings,
)
from simulation.slots.editors import EDITORS, QUIET, InventedEditor, draw_editor, sos_editors
from simulation.slots.fhir import Agenda
from simulation.slots.slots import OpenSlot, describe, describe_sos
from simulation.slots.waits import REMOTE_WAIT, draw_wait_days

OTHER_SLOTS_A_DAY = 4.0
"""Open slots a day of the professionals who are not general practitioners, once they have some."""
AGENDA_SLOTS_A_DAY = 1.6
REMOTE_ONLY_SHARE = 0.012
"""Share of general practitioners with an editor who are seen remotely only."""
SOS_SLOTS_A_DAY = 14.0
DUTY_SECTOR = "SA67"
FIRST_PLACE_SHARE = 0.65
"""Part of a person's slots at the first place, when there are several."""
UNDECLARED_SHARE = 0.02
"""Share of non-members whose editor offers slots through the CPTS all the same."""
STRAY_SHARE = 0.15
"""Share of SOS Médecins doctors whose editor also sends slots, which must not show."""
TWO_EDITORS_SHARE = 0.01
NEW_PLACE_SHARE = 0.01
"""Share of agendas with a place that only the editor knows."""
FORMER_CLIENT_SHARE = 0.01
"""Share of the others requested from an editor that has no agenda of theirs."""


@dataclass(frozen=True, slots=True)
class AgendaHabits:
    """How the agendas of one person fill: when they open, slots a day, days until the first one."""

    rhythm: Rhythm
    a_day: float
    wait_days: float
    remote: bool = False


class Bookings:
    """Draws and writes the open slots of one department."""

    def __init__(self, run: GenerationRun, where: GeneratedTerritory) -> None:
        self.where, self.scale, self.now = where, run.scale, run.now
        self.outputs, self.tally = run.outputs, run.tally
        self.rng = run.stream(where.department, "slots")
        self.openings = draw_full_openings if run.scale.full_days else draw_openings

    def write(
        self,
        person: GeneratedPerson,
        visible_activities: list[GeneratedActivity],
        participation: ParticipationSettings | None,
        community: Community | None,
    ) -> None:
        """The slots of one professional, through an editor or the SAS agenda, or none."""
        if not visible_activities:
            return
        if self.rng.random() < self._editor_share(person):
            editor = draw_editor(self.rng)
            habits = self._draw_habits(person, participation)
            agendas = self._agendas(
                person, visible_activities, participation, community, editor=editor, habits=habits
            )
            if self.rng.random() < NEW_PLACE_SHARE:
                agendas.append(self._agenda_elsewhere(person, habits))
            self._send(editor, person, agendas)
            if self.rng.random() < TWO_EDITORS_SHARE:
                self._send(_pick_other_editor(editor), person, agendas)
                self.tally.count_case("two_editors", person.rpps)
        elif _has_duty_house(visible_activities) or (
            participation and participation.via and self.rng.random() < AGENDA_SHARE
        ):
            self._write_sas_agenda(person, visible_activities, participation)
        elif self.rng.random() < FORMER_CLIENT_SHARE:
            self.outputs.responses.add(QUIET, "8" + person.rpps, [])

    def write_stray(
        self, person: GeneratedPerson, visible_activities: list[GeneratedActivity]
    ) -> None:
        """Slots an editor sends for a doctor who takes part through SOS Médecins."""
        if visible_activities and self.rng.random() < STRAY_SHARE:
            editor = draw_editor(self.rng)
            habits = replace(self._draw_habits(person, None), wait_days=0.0)
            agendas = self._agendas(
                person, visible_activities[:1], None, None, editor=editor, habits=habits
            )
            self._send(draw_editor(self.rng), person, agendas)
            self.tally.count_case("sos_stray_slots", person.rpps)

    def write_association(self, association: Association) -> None:
        """The slots of the fixed points of an SOS Médecins association."""
        answer = self.outputs.responses.sos_response(self.rng.choice(list(sos_editors())))
        answer.requested_ids.append("3" + association.siret)
        a_day = SOS_SLOTS_A_DAY * self.scale.slots
        for rank in range(len(association.points)):
            drawn = self.openings(self.rng, self.where.zone, self.now, SOS_POINT, a_day)
            slots = [describe_sos(self.rng, opening) for opening in drawn]
            answer.add_point(association, rank, slots, self.where.zone)

    def _editor_share(self, person: GeneratedPerson) -> float:
        desert = DESERT_EDITOR_SHARE.get(self.where.department)
        if person.trade is GENERAL_PRACTICE:
            return EDITOR_SHARE if desert is None else desert
        factor = 1.0 if desert is None else desert / EDITOR_SHARE
        return person.trade.editor * factor

    def _agendas(
        self,
        person: GeneratedPerson,
        visible_activities: list[GeneratedActivity],
        participation: ParticipationSettings | None,
        community: Community | None,
        *,
        editor: InventedEditor,
        habits: AgendaHabits,
    ) -> list[Agenda]:
        shares = _shares(len(visible_activities))
        through = (
            self._find_offering_cpts(person, participation, community)
            if editor.flow == "R04"
            else None
        )
        return [
            self._agenda(
                person,
                activity,
                replace(habits, a_day=habits.a_day * share),
                _cpts_at_place(activity, participation, through),
            )
            for activity, share in zip(visible_activities, shares, strict=True)
        ]

    def _agenda(
        self,
        person: GeneratedPerson,
        activity: GeneratedActivity,
        habits: AgendaHabits,
        community: Community | None,
    ) -> Agenda:
        if activity.sector == DUTY_SECTOR:
            habits = AgendaHabits(DUTY_HOUSE, habits.a_day, 0.0)
        zone = departments()[activity.place.department].zone
        drawn = self.openings(
            self.rng, zone, self.now, habits.rhythm, habits.a_day, wait_days=habits.wait_days
        )
        slots = [
            describe(self.rng, one, person, cpts=community is not None, remote=habits.remote)
            for one in drawn
        ]
        return Agenda(person, activity.place, zone, slots, activity.phone, community)

    def _draw_habits(
        self, person: GeneratedPerson, participation: ParticipationSettings | None
    ) -> AgendaHabits:
        general = person.trade is GENERAL_PRACTICE
        a_day = (SLOTS_A_DAY if general else OTHER_SLOTS_A_DAY) * self.scale.slots
        if general and self.rng.random() < REMOTE_ONLY_SHARE:
            self.tally.count_case("remote_only", person.rpps)
            wait = REMOTE_WAIT.draw(self.rng)
            return AgendaHabits(REMOTE_ONLY, a_day, wait * self.scale.waits, remote=True)
        participates = participation is not None and participation.via > 0
        wait = draw_wait_days(self.rng, person, participates=participates)
        return AgendaHabits(PRACTICES.draw(self.rng), a_day, wait * self.scale.waits)

    def _agenda_elsewhere(self, person: GeneratedPerson, habits: AgendaHabits) -> Agenda:
        """An agenda at a place of practice that no directory knows yet."""
        place = draw_place(self.rng, person.home)
        place.idnst = f"4{person.rpps}800"
        self.tally.count_case("editor_only_place", person.rpps)
        activity = GeneratedActivity(place, place.sector, place.phone)
        return self._agenda(person, activity, habits, None)

    def _find_offering_cpts(
        self,
        person: GeneratedPerson,
        participation: ParticipationSettings | None,
        community: Community | None,
    ) -> Community | None:
        """The CPTS a person's slots may be offered through, declared or not."""
        if participation is not None and participation.via == THROUGH_CPTS:
            return participation.community
        if community is not None and self.rng.random() < UNDECLARED_SHARE:
            self.tally.count_case("cpts_undeclared", person.rpps)
            return community
        return None

    def _send(self, editor: InventedEditor, person: GeneratedPerson, agendas: list[Agenda]) -> None:
        self.outputs.responses.add(editor, "8" + person.rpps, agendas)
        self.tally.people["with_editor"] += 1

    def _write_sas_agenda(
        self,
        person: GeneratedPerson,
        visible_activities: list[GeneratedActivity],
        participation: ParticipationSettings | None,
    ) -> None:
        duty = [a for a in visible_activities if a.sector == DUTY_SECTOR]
        habits = self._draw_habits(person, participation)
        a_day = AGENDA_SLOTS_A_DAY * self.scale.slots * (3 if duty else 1)
        for activity in duty or visible_activities[:1]:
            kept = replace(habits, a_day=a_day, wait_days=0.0)
            agenda = self._agenda(person, activity, kept, None)
            for slot in agenda.slots:
                self._write_sas_slot(agenda, slot)

    def _write_sas_slot(self, agenda: Agenda, slot: OpenSlot) -> None:
        line = sas_agenda.build_canonical_slot(self.rng, agenda, slot)
        self.outputs.write_line(AGENDA, dict(line))
        self.tally.slots["agenda"] += 1
        if line["seats_taken"] >= line["seats_max"]:
            self.tally.count_case("agenda_full", line["slot"])


def _shares(count: int) -> list[float]:
    """Split of a person's slots among their places."""
    if count == 1:
        return [1.0]
    return [FIRST_PLACE_SHARE, *[(1 - FIRST_PLACE_SHARE) / (count - 1)] * (count - 1)]


def _cpts_at_place(
    activity: GeneratedActivity,
    participation: ParticipationSettings | None,
    through: Community | None,
) -> Community | None:
    """The CPTS of the slots at one place: one it covers, a member's only where declared."""
    if through is None or not through.covers(activity.place):
        return None
    if participation is None or participation.community is None:
        return through
    return through if activity.place.idnst in participation.line["locations"] else None


def _has_duty_house(visible_activities: list[GeneratedActivity]) -> bool:
    return any(activity.sector == DUTY_SECTOR for activity in visible_activities)


def _pick_other_editor(editor: InventedEditor) -> InventedEditor:
    return next(other for other in EDITORS if other.id != editor.id)
