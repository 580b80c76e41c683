"""Buckets of tokens: they fill again, and only so many are kept."""

from api.middleware.rate_limits import MAX_CLIENTS, RateLimiter


def test_a_bucket_fills_again_and_the_oldest_are_forgotten() -> None:
    now = [0.0]
    buckets = RateLimiter(rate=2, burst=3, clock=lambda: now[0])
    assert [buckets.wait_s("a") for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 0.5
    assert [buckets.wait_s("a") for _ in range(2)] == [0, 1]
    for client in range(MAX_CLIENTS):
        buckets.wait_s(str(client))
    assert buckets.wait_s("a") == 0
