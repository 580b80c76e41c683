"""A profile shows where time went."""

from collections import Counter

from bench import sampling
from bench.sampling import Sampler, by_function, by_part, module_name, part_name


def _burn(rounds: int) -> int:
    return sum(number * number for number in range(rounds))


def test_the_function_that_burns_time_is_named() -> None:
    sampler = Sampler()
    sampler.start()
    try:
        while sampler.stacks.total() < 20:
            _burn(20_000)
    finally:
        sampler.stop()
    burning = [line for line in by_function(sampler.stacks) if line.name.endswith("._burn")]
    assert burning[0].all > 0.5


def test_shares_count_a_function_once_however_deep_it_recurs() -> None:
    ours = sampling.__file__
    stacks = Counter({((ours, "f"), (ours, "f"), (ours, "g")): 3, ((ours, "g"),): 1})
    shares = {line.name: (line.own, line.all) for line in by_function(stacks)}
    assert shares == {"bench.sampling.f": (0.75, 0.75), "bench.sampling.g": (0.25, 1.0)}
    assert [(line.name, line.own, line.all) for line in by_part(stacks)] == [
        ("bench.sampling", 1.0, 1.0)
    ]


def test_files_are_told_as_modules() -> None:
    site = "/x/.venv/lib/python3.11/site-packages"
    assert module_name(f"{site}/aiohttp/client.py") == "aiohttp.client"
    assert part_name(f"{site}/aiohttp/client.py") == "aiohttp"
    assert part_name("/usr/lib/python3.11/json/__init__.py") == "json"
    assert part_name(sampling.__file__) == "bench.sampling"
