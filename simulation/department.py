"""One department: its structures, its CPTS, its people, and their own declarations."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mappings.codes import SAS_ACTIVITY_SECTORS, structure_kind
from simulation.outputs import ACTIVITIES, SKILLS
from simulation.people import conventions, rpps_rows, settings
from simulation.people.numbers import Numbers
from simulation.people.people import GeneratedActivity, GeneratedPerson, Neighbourhood, Population
from simulation.people.professions import GENERAL_PRACTICE, REGISTER, TRADES
from simulation.people.settings import ParticipationSettings
from simulation.places import finess_json, geocoding, marketplace
from simulation.places.communities import (
    MEMBER_SHARE,
    OTHER_MEMBER_SHARE,
    SOS_DOCTORS_A_POINT,
    Association,
    Community,
    associations,
    communities,
    enrol,
)
from simulation.places.places import GeneratedPlace, Practices
from simulation.places.structures import GeneratedStructure, StructureBuilder, Wave
from simulation.places.territory import GeneratedTerritory
from simulation.run import GenerationRun
from simulation.slots.bookings import Bookings

CLOSED_TOMORROW = 40
"""One structure in that many is closed tomorrow."""
HIDDEN_CASES = {"SA50": "billing_place", "SA64": "teleconsultation_company"}
CATEGORY_CASES = {"E": "student", "M": "military"}


class DepartmentWriter:
    """Writes one department; every draw depends on the seed and the department only."""

    def __init__(
        self, run: GenerationRun, where: GeneratedTerritory, elsewhere: Sequence[GeneratedTerritory]
    ) -> None:
        self.where, self.now, self.scale = where, run.now, run.scale
        self.outputs, self.tally = run.outputs, run.tally
        self.today = run.now.astimezone(ZoneInfo(where.zone)).date()
        code = where.department
        self._rng = run.stream(code, "settings")
        self._places = run.stream(code, "geocoding")
        self._contracts = run.stream(code, "conventions")
        self._homonyms = conventions.HomonymPairs()
        self._numbers = Numbers(code)
        self._builder = StructureBuilder(
            run.stream(code, "structures"), where, self._numbers, self.today
        )
        self._later_builder = StructureBuilder(
            run.stream(code, "later structures"), where, self._numbers, self.today
        )
        self._sites = Neighbourhood(where)
        practices = Practices(self._numbers)
        known = (where, self._numbers, self._sites, elsewhere, practices)
        self._population = Population(run.stream(code, "people"), *known)
        self._register = Population(run.stream(code, "register"), *known)
        self._bookings = Bookings(run, where)
        self._covering: dict[str, Community] = {}

    def write(self) -> None:
        """Write everything of the department."""
        self._write_structures()
        owned = self._write_seats()
        found = associations(self._rng, self.where, self._numbers)
        self._write_people()
        for association in found:
            self._write_association(association)
        for community in owned:
            self.outputs.write_line("cpts", community.as_line())
        for solution in marketplace.solutions(self._rng, self.where):
            self.outputs.write_line("solutions", solution)
            self.tally.offers["solution"] += solution.get("enabled", True)
        self._write_register()
        self._write_later_structures()

    def _write_structures(self) -> None:
        share = self.scale.share(self.where.department)
        for rank, sites in enumerate(self._builder.entities(share)):
            self._write_entity(sites)
            for site in sites:
                self._write_site(site)
            if rank % CLOSED_TOMORROW == CLOSED_TOMORROW - 1:
                line = settings.structure_absence(sites[0], self.where.zone, self.now)
                self.outputs.write_line("absences", line)

    def _write_later_structures(self) -> None:
        """Kinds of structures where nobody of the set practises; drawn after all else."""
        share = self.scale.share(self.where.department)
        for sites in self._later_builder.entities(share, Wave.LATER):
            self._write_entity(sites)
            for site in sites:
                self._write_site(site)

    def _write_entity(self, sites: list[GeneratedStructure]) -> None:
        self.outputs.write_entity(finess_json.build_entity(self._builder.rng, sites, self.now))
        for site in sites:
            self._geocode(site.place)

    def _write_site(self, site: GeneratedStructure) -> None:
        finess = site.place.finess
        if not site.open_on(self.today):
            self.tally.count_case("closed_structure", finess)
            return
        if site.closed is not None:
            self.tally.count_case("closing_later", finess)
        self._sites.add(site)
        if structure_kind(site.category.code) is not None:
            self.tally.offers["structure"] += 1
        line = settings.structure_settings(self._rng, site, self.now)
        if line is not None:
            self.outputs.write_line("structures", line)

    def _write_seats(self) -> list[Community]:
        """The CPTS of the department: only their seats are in FINESS."""
        found = communities(self._rng, self.where, self._builder)
        for community in found:
            self._write_entity([community.site])
            self.tally.offers["cpts"] += 1
            for insee in community.communes:
                self._covering.setdefault(insee, community)
        return found

    def _write_people(self) -> None:
        for trade in TRADES:
            for person in self._population.people(trade, self.scale):
                self._write_person(person)

    def _write_register(self) -> None:
        """Professionals that no search shows; drawn last, so that no other draw changes."""
        for trade in REGISTER:
            for person in self._register.draw_employees(trade, self.scale):
                self._write_rows(person, [])
        for person in self._register.students(self.scale):
            self._write_rows(person, [])

    def _write_person(self, person: GeneratedPerson) -> None:
        shown = person.list_visible_activities(SAS_ACTIVITY_SECTORS)
        listed = conventions.find_listed_places(person)
        self._homonyms.assign_homonym(person, listed, self.tally)
        self._write_contracts(person, listed)
        community = self._find_cpts(shown)
        deal = settings.draw_participation(self._rng, person, shown, community, self.now)
        self._write_rows(person, shown)
        self._join_cpts(person, shown, community, deal)
        self._write_settings(person, shown, deal)
        self._bookings.write(person, shown, deal, community)

    def _write_contracts(self, person: GeneratedPerson, listed: list[GeneratedActivity]) -> None:
        vague = person.rpps in self._homonyms.vague
        for row in conventions.contract_rows(self._contracts, person, listed, self.tally, vague):
            self.outputs.write_contract(row)

    def _find_cpts(self, visible_activities: list[GeneratedActivity]) -> Community | None:
        """The CPTS of the first place that has one."""
        covering = (self._covering.get(activity.place.insee) for activity in visible_activities)
        return next((community for community in covering if community is not None), None)

    def _write_rows(
        self, person: GeneratedPerson, visible_activities: list[GeneratedActivity]
    ) -> None:
        if not person.activities:
            self.outputs.write_pipe_row(ACTIVITIES, rpps_rows.activity_row(person, None))
        for activity in person.activities:
            self.outputs.write_pipe_row(ACTIVITIES, rpps_rows.activity_row(person, activity))
            self._geocode(activity.place)
        for row in rpps_rows.skill_rows(person):
            self.outputs.write_pipe_row(SKILLS, row)
        self._count(person, visible_activities)

    def _join_cpts(
        self,
        person: GeneratedPerson,
        visible_activities: list[GeneratedActivity],
        community: Community | None,
        participation: ParticipationSettings | None,
    ) -> None:
        """Make a person a member of the CPTS, at a place of its communes or at those declared."""
        if community is None or not visible_activities:
            return
        if participation is not None and participation.community is not None:
            places = participation.line["locations"]
        else:
            general = person.trade is GENERAL_PRACTICE
            if self._rng.random() >= (MEMBER_SHARE if general else OTHER_MEMBER_SHARE):
                return
            places = [next(a.place.idnst for a in visible_activities if community.covers(a.place))]
        community.members.extend({"rpps": person.rpps, "idnst": idnst} for idnst in places)

    def _write_settings(
        self,
        person: GeneratedPerson,
        visible_activities: list[GeneratedActivity],
        participation: ParticipationSettings | None,
    ) -> None:
        if participation is not None:
            self.outputs.write_line("participation", participation.line)
            self.tally.people[f"via_{participation.via}"] += 1
            for option in ("editor_disabled", "reorientation"):
                if participation.line.get(option):
                    self.tally.count_case(option, person.rpps)
        away = settings.draw_absence(
            self._rng, person, visible_activities, self.where.zone, self.now
        )
        if away is not None:
            kind, line = away
            self.outputs.write_line("absences", line)
            self.tally.count_case(f"absent_{kind}", person.rpps)

    def _write_association(self, association: Association) -> None:
        for person in self._population.draw_some(GENERAL_PRACTICE, self._doctors(association)):
            enrol(association, person)
            shown = person.list_visible_activities(SAS_ACTIVITY_SECTORS)
            deal = settings.draw_sos_participation(self._rng, person, association, self.now)
            self._write_rows(person, shown)
            self._write_settings(person, shown, deal)
            self._bookings.write_stray(person, shown)
            self.tally.count_case("sos_doctor", person.rpps)
        self.outputs.write_line("sos", association.as_line())
        self.outputs.write_line("structures", settings.association_settings(association, self.now))
        self.tally.offers["sos_point"] += len(association.points)
        self._bookings.write_association(association)

    def _doctors(self, association: Association) -> int:
        return SOS_DOCTORS_A_POINT * len(association.points)

    def _geocode(self, place: GeneratedPlace) -> None:
        """List a place once among the geocoded addresses, unless a file holds its point."""
        if place.located:
            return
        place.located = True
        row = geocoding.draw_geocoded_row(self._places, place)
        if row is not None:
            self.outputs.write_geocoded(row)

    def _count(self, person: GeneratedPerson, visible_activities: list[GeneratedActivity]) -> None:
        tally = self.tally
        tally.people["person"] += 1
        tally.offers["professional"] += len(visible_activities)
        if person.category in CATEGORY_CASES:
            tally.count_case(CATEGORY_CASES[person.category], person.rpps)
        for activity in person.activities:
            if activity.sector in HIDDEN_CASES:
                tally.count_case(HIDDEN_CASES[activity.sector], person.rpps)
        if len({a.place.department for a in visible_activities}) > 1:
            tally.count_case("several_departments", person.rpps)
        if person.trade is GENERAL_PRACTICE:
            tally.people["general_practitioner"] += 1
            if len(visible_activities) > 2:  # noqa: PLR2004
                tally.count_case("three_places", person.rpps)
