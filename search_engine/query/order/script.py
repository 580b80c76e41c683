"""The only script of a search: from the digits of a score to its tier, band and draw.

The query below the script adds up whole numbers, each kind in digits of its own:

score = tier * TIER + in the commune * HOME + open now * OPEN + best slot * SLOT + offer * CREDIT

The script turns them, with the distance, into ``tier * span + (highest - band) + draw``: the one
number by which offers are sorted. Its text never changes, so it is compiled once; all that differs
from search to search is in its parameters, as few as can be: looking them up is most of its time.
"""

from typing import Any, NamedTuple

from geography.shore_zones import find_detours
from search_engine.backend.bodies import Clause
from search_engine.query.order.asked import list_days
from search_engine.query.order.effort import EffortScale
from search_engine.query.order.travel import measure_reach_km
from search_engine.request.area import Area
from search_engine.request.profiles import MOST_MINUTES, Profile

CREDIT = 1.0
"""Unit of the credits of the offer itself: the last digit."""

SLOT = (MOST_MINUTES + 1) * CREDIT
"""Unit of the credits of its best slot."""

OPEN = SLOT * (MOST_MINUTES + 1)
"""A place of duty that is open: credited at least as much as ``open_now`` says."""

HOME = OPEN * 2
"""In the commune searched, where no travel counts."""

TIER = HOME * 2
"""Unit of the tiers."""

SHARED = -1.0
"""Stands for the minutes to a zone in which the patient is himself: nothing lies between."""

KM_MARGIN = 1.0
"""Kilometres beyond the circle for which there is still a band."""

DRAWS = 2048
"""Draws that differ: a score is a float of 24 bits, of which tiers and bands take up to 13. Equal
draws, one pair in 2,048, are ordered by id."""

SOURCE = f"""
double rest = _score;
double tier = Math.floor(rest / {TIER});
rest -= tier * {TIER};
boolean home = rest >= {HOME};
if (home) {{ rest -= {HOME}; }}
boolean open = rest >= {OPEN};
if (open) {{ rest -= {OPEN}; }}
double slot = Math.floor(rest / {SLOT});
double credits = rest - slot * {SLOT};
if (open && slot < params.open_credit) {{ slot = params.open_credit; }}
double effort = params.debits - slot - credits;
double perKm = params.minutes_per_km;
if (perKm > 0 && !home && doc['point'].size() > 0) {{
  effort += perKm * (doc['point'].arcDistance(params.lat, params.lon) / 1000);
  if (params.detours.size() > 0) {{
    double detour = 0;
    for (String zone : doc['zone']) {{
      def added = params.detours[zone];
      if (added != null && added < 0) {{ detour = 0; break; }}
      if (added != null && added > detour) {{ detour = added; }}
    }}
    effort += detour;
  }}
}}
if (doc['orientations_today.count'].size() > 0) {{
  def today = params.days[doc['timezone'].value];
  long day = doc['orientations_today.day'].value.toInstant().toEpochMilli();
  if (today != null && day == today) {{
    effort += params.asked * Math.min(params.most_asked, doc['orientations_today.count'].value);
  }}
}}
double band = Math.min(params.highest, Math.floor(effort / params.width));
double drawn = Math.floor(randomScore(params.seed, 'fair_key') * {DRAWS}.0) / {DRAWS}.0;
return tier * params.span + params.highest - band + drawn;
""".strip()


class BandRange(NamedTuple):
    """Width of the bands in minutes, their highest number, how many there are."""

    width: int
    highest: int
    span: int


def find_zone_detours(scale: EffortScale) -> dict[str, float]:
    """Minutes added to reach each zone, ``SHARED`` for those of the patient; none for most."""
    if not scale.minutes_per_km:
        return {}
    own = dict.fromkeys(scale.ground.zones, SHARED)
    found = find_detours(scale.ground.zones)
    return {zone: float(minutes) for zone, minutes in {**found, **own}.items()} if found else {}


def find_band_range(profile: Profile, longest: float) -> BandRange:
    """The bands that a search can have, from all credits at the door to none after ``longest``
    minutes of travel."""
    width = profile.band_minutes or 1
    highest = int((longest + profile.highest_debit) // width) + 1
    lowest = -int((profile.highest_slot + profile.highest_offer) // width) - 1
    return BandRange(width, highest, highest - lowest + 1)


def build_script(scale: EffortScale, area: Area, seed: int) -> dict[str, Any]:
    """The script with the parameters of one search."""
    detours = find_zone_detours(scale)
    reach = (measure_reach_km(area) + KM_MARGIN) * scale.minutes_per_km
    bands = find_band_range(scale.profile, reach + max(detours.values(), default=0))
    asked = scale.profile.asked
    params = {
        "open_credit": float(scale.profile.open_now.credit + scale.moment_debit),
        "debits": float(scale.imprecise_debit + scale.moment_debit),
        "minutes_per_km": float(scale.minutes_per_km),
        "detours": detours,
        "lat": area.lat,
        "lon": area.lon,
        "days": list_days(scale.start, scale.zones),
        "asked": float(asked.debit),
        "most_asked": asked.most,
        "width": float(bands.width),
        "highest": float(bands.highest),
        "span": float(bands.span),
        "seed": seed,
    }
    return {"source": SOURCE, "params": params}


def build_script_score(query: Clause, script: dict[str, Any]) -> Clause:
    """The query ranked by the script."""
    return {"script_score": {"query": query, "script": script}}
