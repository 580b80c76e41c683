"""The draw inside a band: everyone first with the same chance, a CPTS once a member."""

from collections import Counter
from math import floor
from random import Random

from search_engine.query.order.script import DRAWS
from tests.search_engine.random_score import random_score

SEEDS = 20_000
MEMBERS = 8


def draw_first(keys: list[int], seed: int) -> int:
    """Position of the offer that is first: the highest draw, then the order of ids."""
    draws = [floor(random_score(seed, key, "offers") * DRAWS) for key in keys]
    return draws.index(max(draws))


def test_every_member_of_a_band_is_first_with_the_same_chance() -> None:
    random = Random(1)
    keys = [random.randrange(2**31) for _ in range(MEMBERS)]
    firsts = Counter(draw_first(keys, random.randrange(2**31)) for _ in range(SEEDS))
    mean = SEEDS / MEMBERS
    spread = sum((firsts[place] - mean) ** 2 / mean for place in range(MEMBERS))
    assert spread < 18.48, "p > 0.01 with seven degrees of freedom"
    behind_one_card = sum(firsts[place] for place in (1, 4, 6)) / SEEDS
    assert abs(behind_one_card - 3 / MEMBERS) < 0.01
