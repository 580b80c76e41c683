"""What Elasticsearch's ``random_score`` draws, counted in plain Python from its own source."""

from collections.abc import Mapping
from math import floor

from search_engine.query.order.script import DRAWS


def wrap_int32(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def java_hash(value: str) -> int:
    total = 0
    for char in value:
        total = (total * 31 + ord(char)) & 0xFFFFFFFF
    return total


def mix(key: int, seed: int) -> int:
    """BitMixer.mix(int, int) of Elasticsearch: the finaliser of murmur3 over their xor."""
    k = (key ^ seed) & 0xFFFFFFFF
    k ^= k >> 16
    k = (k * 0x85EBCA6B) & 0xFFFFFFFF
    k ^= k >> 13
    k = (k * 0xC2B2AE35) & 0xFFFFFFFF
    return k ^ (k >> 16)


def murmur3(data: bytes, seed: int) -> int:
    h = seed & 0xFFFFFFFF
    blocks = len(data) // 4
    for block in range(blocks):
        h ^= scramble(int.from_bytes(data[block * 4 : block * 4 + 4], "little"))
        h = ((h << 13) | (h >> 19)) & 0xFFFFFFFF
        h = (h * 5 + 0xE6546B64) & 0xFFFFFFFF
    tail = data[blocks * 4 :]
    if tail:
        h ^= scramble(int.from_bytes(tail, "little"))
    h ^= len(data)
    return mix(h, 0)


def scramble(k: int) -> int:
    k = (k * 0xCC9E2D51) & 0xFFFFFFFF
    k = ((k << 15) | (k >> 17)) & 0xFFFFFFFF
    return (k * 0x1B873593) & 0xFFFFFFFF


def random_score(seed: int, fair_key: int, index: str, shard: int = 0) -> float:
    """What ``random_score`` draws for a document of one shard of one index, 0 to 1."""
    salt = (java_hash(index) << 10) | shard
    drawn = murmur3(str(fair_key).encode(), mix(seed, salt))
    return (drawn & 0x00FFFFFF) / 2**24


def find_first_drawn(fair_keys: Mapping[str, int], seed: int, index: str) -> set[str]:
    """Who may be first of a band in an index: those of the highest draw."""
    draws = {name: floor(random_score(seed, key, index) * DRAWS) for name, key in fair_keys.items()}
    return {name for name, draw in draws.items() if draw == max(draws.values())}
