"""What caches are asked to do. Each public function here is one workload, run on every subject that offers it."""

from __future__ import annotations

from .data import ENTRIES, Data
from .loops import gets, gets_and_sets, sets
from .plan import Plan, relies_on

ROUND_TRIP = "test_entries.py::test_a_stored_value_comes_back_equal_and_of_the_same_type"
ABSENCE = "test_entries.py::test_an_absent_key_answers_the_default_itself"
OVERWRITE = "test_entries.py::test_the_last_set_wins"
ROOM = "test_capacity.py::test_an_entry_stays_while_there_is_room"
BOUND = "test_capacity.py::test_never_more_entries_than_the_capacity"
SURVIVAL = "test_capacity.py::test_a_new_entry_survives_its_own_insertion"


@relies_on(ROUND_TRIP, ROOM)
def get_hit(data: Data) -> Plan:
    """Gets of keys that are all there, each as often as any other."""
    return Plan(gets, data.asked, data.entries, present=data.asked)


@relies_on(ROUND_TRIP, ABSENCE)
def get_miss(data: Data) -> Plan:
    """Gets of keys that are not there, from a cache that holds others."""
    return Plan(gets, data.absent, data.entries, absent=data.absent)


@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def set_overwrite(data: Data) -> Plan:
    """Sets of keys that are there, each with another value than it had."""
    return Plan(sets, data.updates, data.entries, present=data.asked)


@relies_on(ROUND_TRIP, BOUND, SURVIVAL, eviction=("approximate", "fifo", "lru"))
def set_evict(data: Data) -> Plan:
    """Sets of new keys in a full cache: each evicts an entry."""
    return Plan(sets, data.arrivals, data.entries, capacity=ENTRIES)


@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def mixed_zipf(data: Data) -> Plan:
    """Three gets to one set on keys that are all there, asked for by Zipf's law with s = 0.99.

    The mix is that of Caffeine's GetPutBenchmark, the skew that of YCSB.
    """
    return Plan(gets_and_sets, data.mix, data.entries, present=data.asked)
