"""Slowing down, and not being fooled by many tries at once."""

from concurrent.futures import ThreadPoolExecutor

from django.test import RequestFactory

from operations.throttle import Flood, Throttle, address_of


def throttle(**values):
    usual = {"free": 3, "first_seconds": 1, "longest_seconds": 8, "forget_seconds": 60}
    return Throttle(**(usual | values))


def test_waits_double_up_to_the_longest(seconds):
    found, waits = throttle(), []
    for _ in range(3):
        found.take("a")

    for _ in range(6):
        waits.append(found.take("a"))
        seconds.tick(waits[-1])
        assert found.take("a") == 0

    assert waits == [1, 2, 4, 8, 8, 8]


def test_trying_while_one_has_to_wait_makes_it_no_longer(seconds):
    found = throttle()
    for _ in range(10):
        found.take("a")

    assert found.take("a") == 1


def test_a_quiet_while_is_forgotten(seconds):
    found = throttle()
    for _ in range(3):
        found.take("a")

    seconds.tick(61)

    assert [found.take("a") for _ in range(3)] == [0, 0, 0]


def test_one_closed_key_closes_the_try_and_counts_for_none(seconds):
    found = throttle()
    for _ in range(3):
        found.take("a")

    for _ in range(5):
        assert found.take("a", "b") == 1

    assert [found.take("b") for _ in range(3)] == [0, 0, 0]


def test_a_right_try_does_not_count(seconds):
    found = throttle()
    for _ in range(10):
        assert found.take("a") == 0
        found.give_back("a")


def test_many_tries_at_once_are_not_all_free(seconds):
    found = throttle()
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: found.take("a"), range(200)))

    assert waits.count(0) == 3


def test_the_longest_attack_does_not_break_the_arithmetic(seconds):
    found = throttle(forget_seconds=10**9)
    for _ in range(5000):
        seconds.tick(found.take("a"))
        found.take("a")

    assert found.take("a") == 8


def test_memory_has_an_end_and_keeps_the_latest(seconds):
    found = throttle(at_most=10)
    for number in range(100):
        found.take(f"key{number}")

    assert list(found._records) == [f"key{number}" for number in range(90, 100)]


def test_a_flood_waits_for_the_next_window(seconds):
    flood = Flood(wrong=2, window_seconds=10)
    assert [flood.take(), flood.take()] == [0, 0]
    seconds.tick(4)

    assert flood.take() == 6
    seconds.tick(6)
    assert flood.take() == 0


def test_an_ipv4_guest_over_ipv6_is_that_ipv4_guest():
    request = RequestFactory().get("/", REMOTE_ADDR="::ffff:10.0.0.7")

    assert address_of(request) == "10.0.0.7"


def test_a_strange_address_is_still_an_address():
    request = RequestFactory().get("/", REMOTE_ADDR="somewhere" * 20)

    assert len(address_of(request)) == 60
