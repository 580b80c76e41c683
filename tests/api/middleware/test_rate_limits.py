"""Buckets of tokens: they fill again, and only so many are kept."""

from api.middleware.rate_limits import MAX_CLIENTS, RateLimiter
from api.security.access import name_network


def test_a_bucket_fills_again_and_the_oldest_are_forgotten() -> None:
    now = [0.0]
    buckets = RateLimiter(rate=2, burst=3, clock=lambda: now[0])
    assert [buckets.wait_s("a") for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 0.5
    assert [buckets.wait_s("a") for _ in range(2)] == [0, 1]
    for client in range(MAX_CLIENTS):
        buckets.wait_s(str(client))
    assert buckets.wait_s("a") == 0


def test_addresses_of_one_subnet_are_one_client() -> None:
    """A machine may take any address of its IPv6 subnet; an IPv4 address is one machine's."""
    near, far = name_network("2001:db8:1:2::1"), name_network("2001:db8:1:3::1")
    assert near == name_network("2001:db8:1:2:ffff::9") != far
    mapped = [name_network(f"::ffff:192.0.2.{last}") for last in (1, 2)]
    assert len({"192.0.2.1", *mapped, *map(name_network, ("192.0.2.1", "unix:", ""))}) == 5
    assert name_network("fe80::1%eth0") == name_network("fe80::2%eth1")
