"""The ranking as Elasticsearch counts it: whole numbers in a ``bool``, then one script.

One nested query gives the slot filter, the slot step and the credits of the best slot at once.
"""

from mappings.offer_ids import DOCTORS
from mappings.records import Appointment, Precision
from search_engine.backend.bodies import Clause
from search_engine.query import ranking
from search_engine.query.availability import slot_filter
from search_engine.query.clauses import constant_score, or_clause, own_codes
from search_engine.query.names.ways import meaning_queries
from search_engine.query.order import script
from search_engine.query.order.effort import DOOR_KM, EffortScale, Practice
from search_engine.query.plan import Plan
from search_engine.query.visibility.duty import (
    can_see_clause,
    duty_clause,
    open_duty_clause,
    walk_in_clauses,
)
from search_engine.query.visibility.home_visits import visit_clause


def build_scored_query(plan: Plan, filters: Clause) -> Clause:
    """The whole query: the filters, the tiers, and the effort when the order uses it."""
    tiers = [*name_clauses(plan), *tier_clauses(plan)]
    if not ranking.is_effort_sorted(plan):
        return _with_slots(plan, filters, tiers, None)
    scale = ranking.build_plan_scale(plan)
    shaped = _with_slots(plan, filters, [*tiers, *offer_clauses(scale)], scale)
    return script.build_script_score(
        shaped, script.build_script(scale, plan.area, plan.request.seed)
    )


def _with_slots(
    plan: Plan, filters: Clause, clauses: list[Clause], scale: EffortScale | None
) -> Clause:
    """To be seen is a must in mode ``available``, a step up in the others.

    Where filters on slots are selected, ``post_filter`` requires them and not the query.
    """
    seen = visibility_clause(plan, slot_clause(plan, scale))
    if plan.request.slot_needed and not plan.request.slots_chosen:
        return {"bool": {**filters["bool"], "must": [seen], "should": clauses}}
    return {"bool": {**filters["bool"], "should": [seen, *clauses]}}


def visibility_clause(plan: Plan, slots: Clause) -> Clause:
    """Can be seen: by a slot, or where a place of duty is open; a step unless all offers can.

    The step is counted once an offer: a constant on every slot is a twentieth of a large page.
    """
    step = ranking.weigh_steps(plan).get(ranking.SLOT, 0)
    booked = {"bool": {"must": [slots, tier_clause({"match_all": {}}, step)]}} if step else slots
    opened = [tier_clause(clause, step) for clause in walk_in_clauses(plan.request.slots)]
    return {"dis_max": {"queries": [booked, *opened]}} if opened else booked


def slot_clause(plan: Plan, scale: EffortScale | None) -> Clause:
    """Offers with a visible slot, and the credits of the one best slot, in one nested query."""
    best = slot_filter(plan.request.slots)
    if scale is not None:
        best["bool"]["should"] = best_slot_credits(scale)
    return {"nested": {"path": "slots", "query": best, "score_mode": "max"}}


def best_slot_credits(scale: EffortScale) -> list[Clause]:
    """The highest credit of how soon the slot starts, the highest of its type, certainty, and being
    in time: the debit of those that are not."""
    seen = [_slot_credit(_starts_by(latest), credit) for latest, credit, _ in scale.seen_limits]
    typed = [
        _slot_credit(_both({"term": {"slots.types": kind}}, _starts_by(scale.type_limit)), credit)
        for kind, credit in scale.types.items()
    ]
    credit = scale.profile.certain.credit
    certain = [_slot_credit(certain_clause(), credit)] if credit else []
    end = scale.moment_end
    in_time = [] if end is None else [_slot_credit(_starts_by(end), scale.moment_debit)]
    rows = (seen, typed, certain, in_time)
    return [{"dis_max": {"queries": queries}} for queries in rows if queries]


def certain_clause() -> Clause:
    """Slots that are booked online, or seats of the agenda."""
    seat = {"exists": {"field": "slots.seats_left"}}
    return or_clause([{"term": {"slots.appointment": Appointment.ROUTINE.value}}, seat])


def name_clauses(plan: Plan) -> list[Clause]:
    """The best match of the name; named, so that a hit shows which."""
    if not plan.request.meaning.text:
        return []
    queries = meaning_queries(plan.request.meaning, fuzzy=plan.fuzzy)
    weights = ranking.weigh_names(plan)
    ways = [tier_clause(query, weights[way], name=way) for way, query in queries.items()]
    return [{"dis_max": {"queries": ways}}]


def tier_clauses(plan: Plan) -> list[Clause]:
    """The clauses of the steps that the search has, but for the slot (``visibility_clause``)."""
    deadline = ranking.find_deadline(plan)
    clauses = {
        ranking.SAME_GROUND: same_ground_clause(plan.request.ground.landmass),
        ranking.EMERGENCY: {"term": {"emergency": True}},
        ranking.DOCTOR: {"terms": {"profession": sorted(DOCTORS)}},
        ranking.OWN_TOWN: {"terms": {"insee": list(own_codes(plan.area))}},
        ranking.IN_TIME: None if deadline is None else in_time_clause(plan, deadline),
        ranking.PARTICIPANT: {"term": {"participant": True}},
        ranking.WALK_IN: or_clause(walk_in_clauses(plan.request.slots)),
    }
    weights = ranking.weigh_steps(plan)
    found = ((clauses.get(step), weight) for step, weight in weights.items())
    return [tier_clause(clause, weight) for clause, weight in found if clause is not None]


def same_ground_clause(landmass: str) -> Clause:
    """Offers that are not known to lie across water."""
    across = [{"exists": {"field": "landmass"}}]
    unknown = {"bool": {"must_not": across}}
    return or_clause([{"term": {"landmass": landmass}}, unknown])


def in_time_clause(plan: Plan, deadline: str) -> Clause:
    """Offers with a slot that shows by the deadline, or open now without appointment."""
    rule = plan.request.slots
    return can_see_clause(rule._replace(end=min(rule.end, deadline)))


def offer_clauses(scale: EffortScale) -> list[Clause]:
    """Credits of the offer itself, and where no travel counts.

    A debit is written as a credit of all others: ``script`` begins with the sum of debits.
    """
    table = scale.profile
    precise = {"bool": {"must_not": [{"term": {"precision": Precision.MUNICIPALITY.value}}]}}
    part = or_clause([{"term": {"participant": True}}, duty_clause()])
    absorbs = {"terms": {"structure_kind": [kind.value for kind in table.absorbs.kinds]}}
    practice = table.practice.credit if scale.practice.keys else 0
    still = no_travel_clauses(scale)
    counts_open = bool(table.open_now.credit) and scale.walk_in
    rows = [
        (part, table.participation.credit * script.CREDIT),
        (practice_clause(scale.practice), practice * script.CREDIT),
        (absorbs, table.absorbs.credit * script.CREDIT * scale.absorbs),
        (gender_clause(scale), table.gender.credit * script.CREDIT * bool(scale.wishes.gender)),
        (precise, scale.imprecise_debit * script.CREDIT),
        (open_duty_clause(scale.start, scale.zones), script.OPEN * counts_open),
        (or_clause(still), script.HOME * bool(still and scale.minutes_per_km)),
    ]
    return [constant_score(clause, minutes) for clause, minutes in rows if minutes]


def practice_clause(practice: Practice) -> Clause:
    """Offers in one of the places of a doctor, or at one of his doors."""
    doors = [
        {"geo_distance": {"distance": f"{DOOR_KM}km", "point": {"lat": lat, "lon": lon}}}
        for lat, lon in practice.doors
    ]
    return or_clause([{"terms": {"place_key": sorted(practice.keys)}}, *doors])


def gender_clause(scale: EffortScale) -> Clause:
    """Professionals of the gender wished."""
    return {"term": {"gender": scale.wishes.gender.value if scale.wishes.gender else ""}}


def no_travel_clauses(scale: EffortScale) -> list[Clause]:
    """Offers in the commune searched, and those that declare to visit the patient there."""
    home = [{"terms": {"insee": sorted(scale.home)}}] if scale.home else []
    return [*home, *([visit_clause(scale.visited)] if scale.visited else [])]


def tier_clause(clause: Clause, step: int, name: str | None = None) -> Clause:
    """The clause worth one step of the tiers."""
    return constant_score(clause, step * script.TIER, name=name)


def _slot_credit(clause: Clause, credit: int) -> Clause:
    return constant_score(clause, credit * script.SLOT)


def _starts_by(latest: str) -> Clause:
    return {"range": {"slots.start": {"lte": latest}}}


def _both(one: Clause, other: Clause) -> Clause:
    return {"bool": {"filter": [one, other]}}
