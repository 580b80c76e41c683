"""One department: its structures, its CPTS, its people, and everything they say of themselves."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mappings.codes import SAS_ACTIVITY_SECTORS, structure_kind
from simulation.outputs import ACTIVITIES, SKILLS
from simulation.people import conventions, rpps_rows, settings
from simulation.people.numbers import Numbers
from simulation.people.people import Activity, Neighbourhood, Person, Population
from simulation.people.professions import GENERAL_PRACTICE, REGISTER, TRADES
from simulation.people.settings import Deal
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
from simulation.places.places import Place, Practices
from simulation.places.structures import Builder, Structure
from simulation.places.territory import Territory
from simulation.run import Run
from simulation.slots.bookings import Bookings

CLOSED_TOMORROW = 40
"""One structure in that many is closed tomorrow."""
HIDDEN_CASES = {"SA50": "billing_place", "SA64": "teleconsultation_company"}
CATEGORY_CASES = {"E": "student", "M": "military"}


class Department:
    """Writes one department; every draw depends on the seed and the department only."""

    def __init__(self, run: Run, where: Territory, elsewhere: Sequence[Territory]) -> None:
        self.where, self.now, self.scale = where, run.now, run.scale
        self.outputs, self.tally = run.outputs, run.tally
        self.today = run.now.astimezone(ZoneInfo(where.zone)).date()
        code = where.department
        self._rng = run.stream(code, "settings")
        self._places = run.stream(code, "geocoding")
        self._contracts = run.stream(code, "conventions")
        self._twins = conventions.Twins()
        self._numbers = Numbers(code)
        self._builder = Builder(run.stream(code, "structures"), where, self._numbers, self.today)
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
            self.outputs.line("cpts", community.as_line())
        for solution in marketplace.solutions(self._rng, self.where):
            self.outputs.line("solutions", solution)
            self.tally.offers["solution"] += solution.get("enabled", True)
        self._write_register()

    def _write_structures(self) -> None:
        share = self.scale.share(self.where.department)
        for rank, sites in enumerate(self._builder.entities(share)):
            self._write_entity(sites)
            for site in sites:
                self._write_site(site)
            if rank % CLOSED_TOMORROW == CLOSED_TOMORROW - 1:
                line = settings.structure_absence(sites[0], self.where.zone, self.now)
                self.outputs.line("absences", line)

    def _write_entity(self, sites: list[Structure]) -> None:
        self.outputs.entity(finess_json.entity(self._builder.rng, sites, self.now))
        for site in sites:
            self._geocode(site.place)

    def _write_site(self, site: Structure) -> None:
        finess = site.place.finess
        if not site.open_on(self.today):
            self.tally.case("closed_structure", finess)
            return
        if site.closed is not None:
            self.tally.case("closing_later", finess)
        self._sites.add(site)
        if structure_kind(site.category.code) is not None:
            self.tally.offers["structure"] += 1
        line = settings.structure_settings(self._rng, site, self.now)
        if line is not None:
            self.outputs.line("structures", line)

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
        """Those whom the register has and no search shows; last, so that nobody else depends."""
        for trade in REGISTER:
            for person in self._register.employed(trade, self.scale):
                self._write_rows(person, [])
        for person in self._register.students(self.scale):
            self._write_rows(person, [])

    def _write_person(self, person: Person) -> None:
        shown = person.shown(SAS_ACTIVITY_SECTORS)
        listed = conventions.listed_places(person)
        self._twins.meet(person, listed, self.tally)
        self._write_contracts(person, listed)
        community = self._community(shown)
        deal = settings.deal(self._rng, person, shown, community, self.now)
        self._write_rows(person, shown)
        self._join(person, shown, community, deal)
        self._write_settings(person, shown, deal)
        self._bookings.write(person, shown, deal, community)

    def _write_contracts(self, person: Person, listed: list[Activity]) -> None:
        vague = person.rpps in self._twins.vague
        for row in conventions.rows(self._contracts, person, listed, self.tally, vague):
            self.outputs.contract(row)

    def _community(self, shown: list[Activity]) -> Community | None:
        """The CPTS of the first place that has one."""
        covering = (self._covering.get(activity.place.insee) for activity in shown)
        return next((community for community in covering if community is not None), None)

    def _write_rows(self, person: Person, shown: list[Activity]) -> None:
        if not person.activities:
            self.outputs.pipe(ACTIVITIES, rpps_rows.activity_row(person, None))
        for activity in person.activities:
            self.outputs.pipe(ACTIVITIES, rpps_rows.activity_row(person, activity))
            self._geocode(activity.place)
        for row in rpps_rows.skill_rows(person):
            self.outputs.pipe(SKILLS, row)
        self._count(person, shown)

    def _join(
        self,
        person: Person,
        shown: list[Activity],
        community: Community | None,
        deal: Deal | None,
    ) -> None:
        """Make a person a member of the CPTS, at a place of its communes or at those declared."""
        if community is None or not shown:
            return
        if deal is not None and deal.community is not None:
            places = deal.line["locations"]
        else:
            general = person.trade is GENERAL_PRACTICE
            if self._rng.random() >= (MEMBER_SHARE if general else OTHER_MEMBER_SHARE):
                return
            places = [next(a.place.idnst for a in shown if community.covers(a.place))]
        community.members.extend({"rpps": person.rpps, "idnst": idnst} for idnst in places)

    def _write_settings(self, person: Person, shown: list[Activity], deal: Deal | None) -> None:
        if deal is not None:
            self.outputs.line("participation", deal.line)
            self.tally.people[f"via_{deal.via}"] += 1
            for option in ("editor_disabled", "reorientation"):
                if deal.line.get(option):
                    self.tally.case(option, person.rpps)
        away = settings.absence(self._rng, person, shown, self.where.zone, self.now)
        if away is not None:
            kind, line = away
            self.outputs.line("absences", line)
            self.tally.case(f"absent_{kind}", person.rpps)

    def _write_association(self, association: Association) -> None:
        for person in self._population.some(GENERAL_PRACTICE, self._doctors(association)):
            enrol(association, person)
            shown = person.shown(SAS_ACTIVITY_SECTORS)
            deal = settings.sos_deal(self._rng, person, association, self.now)
            self._write_rows(person, shown)
            self._write_settings(person, shown, deal)
            self._bookings.write_stray(person, shown)
            self.tally.case("sos_doctor", person.rpps)
        self.outputs.line("sos", association.as_line())
        self.outputs.line("structures", settings.association_settings(association, self.now))
        self.tally.offers["sos_point"] += len(association.points)
        self._bookings.write_association(association)

    def _doctors(self, association: Association) -> int:
        return SOS_DOCTORS_A_POINT * len(association.points)

    def _geocode(self, place: Place) -> None:
        """List a place once among the geocoded addresses, unless a file tells its point."""
        if place.located:
            return
        place.located = True
        row = geocoding.answered(self._places, place)
        if row is not None:
            self.outputs.geocoded(row)

    def _count(self, person: Person, shown: list[Activity]) -> None:
        tally = self.tally
        tally.people["person"] += 1
        tally.offers["professional"] += len(shown)
        if person.category in CATEGORY_CASES:
            tally.case(CATEGORY_CASES[person.category], person.rpps)
        for activity in person.activities:
            if activity.sector in HIDDEN_CASES:
                tally.case(HIDDEN_CASES[activity.sector], person.rpps)
        if len({a.place.department for a in shown}) > 1:
            tally.case("several_departments", person.rpps)
        if person.trade is GENERAL_PRACTICE:
            tally.people["general_practitioner"] += 1
            if len(shown) > 2:  # noqa: PLR2004
                tally.case("three_places", person.rpps)
