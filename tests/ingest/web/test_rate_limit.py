"""Which host may be asked next, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.web.rate_limit import MAX_FAILURES, HostQueues, RateLimit


def make(**special: RateLimit) -> HostQueues[int]:
    return HostQueues(RateLimit(in_flight=2, gap=1.0), special)


def test_a_host_is_asked_again_after_its_gap() -> None:
    schedule = make()
    for item in (1, 2):
        schedule.add("a", item)
    assert schedule.take(10.0) == ("a", 1)
    assert schedule.take(10.9) is None
    assert schedule.next_at() == 11.0
    assert schedule.take(11.0) == ("a", 2)


def test_a_host_has_no_more_requests_in_flight_than_allowed() -> None:
    schedule = make()
    for item in (1, 2, 3):
        schedule.add("a", item)
    assert [schedule.take(float(now)) for now in (10, 20, 30)] == [("a", 1), ("a", 2), None]
    assert schedule.next_at() is None
    schedule.release("a", failed=False)
    assert schedule.take(30.0) == ("a", 3)


def test_a_host_that_must_wait_does_not_delay_another() -> None:
    schedule = make(slow=RateLimit(1, 100.0))
    for item in (1, 2):
        schedule.add("slow", item)
    schedule.add("b", 3)
    assert [schedule.take(0.0) for _ in range(3)] == [("slow", 1), ("b", 3), None]


def test_a_link_under_way_goes_ahead_of_others_of_its_host() -> None:
    schedule = make()
    schedule.add("a", 1)
    schedule.add("a", 2, first=True)
    assert schedule.take(0.0) == ("a", 2)


def test_a_failing_host_is_skipped_for_the_run() -> None:
    schedule = make()
    for item in range(9):
        schedule.add("a", item)
    left: list[int] = []
    for now in range(MAX_FAILURES):
        assert schedule.take(now * 10.0) is not None
        left = schedule.release("a", failed=True)
    assert left == [5, 6, 7, 8]
    assert not schedule.add("a", 99)
    assert schedule.waiting == 0


def test_an_answer_in_between_resets_the_count() -> None:
    schedule = make()
    for item in range(20):
        schedule.add("a", item)
    for now in range(12):
        schedule.take(now * 10.0)
        assert schedule.release("a", failed=now % 4 != 0) == []


def test_a_host_that_asks_for_a_pause_gets_it() -> None:
    schedule = make()
    for item in (1, 2):
        schedule.add("a", item)
    schedule.take(0.0)
    schedule.pause("a", 50.0)
    schedule.release("a", failed=True)
    assert schedule.take(49.0) is None
    assert schedule.take(50.0) == ("a", 2)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=60),
    st.lists(st.booleans(), min_size=10, max_size=40),
)
def test_every_item_comes_out_once_and_no_rule_is_broken(
    items: list[tuple[str, int]], answers: list[bool]
) -> None:
    schedule: HostQueues[int] = HostQueues(RateLimit(2, 1.0), {"c": RateLimit(1, 3.0)})
    for number, (host, _) in enumerate(items):
        schedule.add(host, number)
    out: list[int] = []
    started: dict[str, float] = {}
    flying: list[str] = []
    now = 0.0
    for answer in answers * 20:
        taken = schedule.take(now)
        if taken is None:
            if flying:
                schedule.release(flying.pop(0), failed=False)
            now += 0.5
            continue
        host, number = taken
        out.append(number)
        gap, most = (3.0, 1) if host == "c" else (1.0, 2)
        assert now - started.get(host, -9.0) >= gap
        started[host] = now
        flying.append(host)
        assert flying.count(host) <= most
        if answer:
            schedule.release(flying.pop(0), failed=False)
    assert len(out) == len(set(out))
    assert len(out) + schedule.waiting == len(items)
