"""What a cache is worth is told by what it saves."""

from __future__ import annotations

import pytest

from bench.agent import CALLS, requests, work
from bench.yardsticks import Dict


class Nothing(Dict):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.set = lambda _key, _value: None


def test_without_a_cache_nothing_is_saved() -> None:
    """It costs what all calls cost, and takes as long, and a little longer."""
    found = work(Nothing(), requests(20))
    assert (found.requests, found.hits) == (80, 0)
    assert found.dollars == pytest.approx(found.dollars_alone)
    assert found.seconds >= found.alone == pytest.approx(20 * sum(each.seconds for each in CALLS.values()))


def test_with_a_cache_each_call_is_paid_for_once() -> None:
    """As many misses as there are different keys."""
    asked = requests(50)
    found = work(Dict(), asked)
    paid = {key: CALLS[kind].dollars for kind, key, _ in asked}
    assert found.hits == len(asked) - len(paid)
    assert found.dollars == pytest.approx(sum(paid.values()))


def test_the_work_is_the_same_in_every_run() -> None:
    """Seeded."""
    assert requests(10) == requests(10)
