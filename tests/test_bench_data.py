"""The data of the benchmark: its keys, values, mixes and ttls."""

from __future__ import annotations

from random import Random

import pytest
from bench_samples import data

from bench.data import BATCH, ENTRIES, Data
from bench.found import PAYLOADS

__all__ = ["data"]  # a fixture


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_the_same_in_every_run(payload: str) -> None:
    """Seeded: two runs store equal values, and values of one run differ."""
    make = PAYLOADS[payload]
    assert make(Random(1)) == make(Random(1)) != make(Random(2))


def test_keys_are_equal_to_the_stored_ones_and_not_the_same(data: Data) -> None:
    """A key that is the very object that was stored would be found without a comparison."""
    stored = {key: key for key, _ in data.entries}
    assert sorted(data.asked) == sorted(stored)
    assert not any(stored[key] is key for key in data.asked)


def test_every_update_changes_the_value(data: Data) -> None:
    """A cache that leaves equal values alone has nothing to skip, however often the updates are gone through."""
    held = dict(data.entries)
    for key, value in data.updates * 2:
        assert held[key] != value
        held[key] = value


def test_every_batch_changes_every_value(data: Data) -> None:
    """So it is with batches, each of which has most of the keys."""
    held = dict(data.entries)
    for key, value in [pair for batch in data.batches() * 2 for pair in batch]:
        assert held[key] != value
        held[key] = value


def test_absent_and_arriving_keys_are_new(data: Data) -> None:
    """Neither is among the entries, and arrivals do not repeat before a cache of that size has lost them."""
    entries = {key for key, _ in data.entries}
    arrivals = [key for key, _ in data.arrivals]
    assert not entries & {*data.absent, *arrivals}
    assert len(set(arrivals)) == len(arrivals) >= 4 * ENTRIES


def test_the_mix_is_skewed_and_a_quarter_are_sets(data: Data) -> None:
    """Zipf's law with s = 0.99 on 128 keys asks for the most popular one in 18 of 100 cases."""
    mix = data.mix(sets=0.25)
    keys = [key for key, _ in mix]
    most = max(keys.count(key) for key in set(keys))
    assert 0.15 < most / len(keys) < 0.21
    assert 0.22 < sum(value is not None for _, value in mix) / len(mix) < 0.28


def test_what_was_set_last_is_asked_for_most(data: Data) -> None:
    """Each get is of a key that is there by then, and the newest is the most popular."""
    there = {key for key, _ in data.entries}
    newest, hits, gets = data.entries[-1][0], 0, 0
    for key, value in data.latest(sets=0.05):
        if value is None:
            assert key in there
            gets, hits = gets + 1, hits + (key == newest)
        else:
            assert key not in there
            there.add(key)
            newest = key
    assert 0.15 < hits / gets < 0.21


def test_ttls_are_short_as_often_as_long(data: Data) -> None:
    """Between the two ends, and half of them below their geometric mean."""
    ttls = [ttl for _, _, ttl in data.mortal(1.0, 100.0)]
    assert 1 <= min(ttls) <= max(ttls) <= 100
    assert 0.45 < sum(ttl < 10 for ttl in ttls) / len(ttls) < 0.55


def test_a_batch_names_no_key_twice(data: Data) -> None:
    """One call for 100 keys is one for 100 entries."""
    for batch in data.batches():
        assert len({key for key, _ in batch}) == BATCH
