"""What caches are asked to do. Each public function here is one workload, run on every subject that offers it."""

from __future__ import annotations

from .data import DAY, Data
from .loops import (
    agets,
    asets,
    bulk_gets,
    bulk_sets,
    get_or_sets,
    gets,
    gets_and_sets,
    gets_before_sets,
    gets_else_sets,
    sets,
    sets_with_ttl,
    stampedes,
)
from .plan import AWAITED, Plan, every_payload, relies_on, wide

ROUND_TRIP = "test_entries.py::test_a_stored_value_comes_back_equal_and_of_the_same_type"
ABSENCE = "test_entries.py::test_an_absent_key_answers_the_default_itself"
OVERWRITE = "test_entries.py::test_the_last_set_wins"
ROOM = "test_capacity.py::test_an_entry_stays_while_there_is_room"
BOUND = "test_capacity.py::test_never_more_entries_than_the_capacity"
SURVIVAL = "test_capacity.py::test_a_new_entry_survives_its_own_insertion"
SET_MANY = "test_bulk.py::test_set_many_sets_each"
GET_MANY = "test_bulk.py::test_get_many_answers_those_found"
TTL = "test_expiry.py::test_an_entry_lives_its_whole_ttl"
GONE = "test_expiry.py::test_an_entry_is_gone_when_its_ttl_is_over"
NO_COMPUTE = "test_single_flight.py::test_a_hit_does_not_compute"
ONE_COMPUTE = "test_single_flight.py::test_many_callers_make_one_compute"


@every_payload
@relies_on(ROUND_TRIP, ROOM)
def get_hit(data: Data) -> Plan:
    """Gets of keys that are all there, each as often as any other."""
    return Plan(gets, data.asked, data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM)
def get_hot(data: Data) -> Plan:
    """Gets of one and the same key, which is there."""
    return Plan(gets, data.asked[:1], data.entries, present=data.asked)


@relies_on(ROUND_TRIP, ABSENCE)
def get_miss(data: Data) -> Plan:
    """Gets of keys that are not there, from a cache that holds others."""
    return Plan(gets, data.absent, data.entries, absent=data.absent)


@every_payload
@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def set_overwrite(data: Data) -> Plan:
    """Sets of keys that are there, each with another value than it had."""
    return Plan(sets, data.updates, data.entries, present=data.asked)


@relies_on(ROUND_TRIP, BOUND, SURVIVAL, eviction=("approximate", "fifo", "lru"))
def set_evict(data: Data) -> Plan:
    """Sets of new keys in a full cache: each evicts an entry."""
    return Plan(sets, data.arrivals, data.entries, capacity=data.count)


@relies_on(NO_COMPUTE, ROOM, get_or_set=("plain", "single-flight"))
def get_or_set(data: Data) -> Plan:
    """get_or_set of keys that are all there, so that nothing is computed."""
    return Plan(get_or_sets, data.asked, data.entries, present=data.asked)


@relies_on(GET_MANY, ROOM, bulk=("yes",))
def get_many(data: Data) -> Plan:
    """One get_many of 100 keys that are all there."""
    asked = [[key for key, _ in batch] for batch in data.batches()]
    return Plan(bulk_gets, asked, data.entries, present=data.asked)


@wide
@relies_on(SET_MANY, ROOM, bulk=("yes",))
def set_many(data: Data) -> Plan:
    """One set_many of 100 keys that are all there, each with another value than it had."""
    return Plan(bulk_sets, [dict(batch) for batch in data.batches()], data.entries, present=data.asked)


@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def mixed_zipf(data: Data) -> Plan:
    """Three gets to one set on keys that are all there, asked for by Zipf's law with s = 0.99.

    The mix is that of Caffeine's GetPutBenchmark, the skew that of YCSB.
    """
    return Plan(gets_and_sets, data.mix(sets=0.25), data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def ycsb_a(data: Data) -> Plan:
    """As many gets as sets, by Zipf's law: YCSB's workload A, a session store.

    Cooper et al., *Benchmarking cloud serving systems with YCSB*, SoCC 2010; so are B, C, D and F.
    """
    return Plan(gets_and_sets, data.mix(sets=0.5), data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def ycsb_b(data: Data) -> Plan:
    """19 gets to one set, by Zipf's law: YCSB's workload B, tags of photos."""
    return Plan(gets_and_sets, data.mix(sets=0.05), data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM)
def ycsb_c(data: Data) -> Plan:
    """Gets alone, by Zipf's law: YCSB's workload C, profiles of users."""
    return Plan(gets_and_sets, data.mix(sets=0.0), data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM)
def ycsb_d(data: Data) -> Plan:
    """19 gets of what was set last to one set of a new key: YCSB's workload D, what friends have written.

    When the arguments begin again, what was new is there already, and is set once more.
    """
    return Plan(gets_and_sets, data.latest(sets=0.05), data.entries, present=data.asked)


@wide
@relies_on(ROUND_TRIP, ROOM, OVERWRITE)
def ycsb_f(data: Data) -> Plan:
    """As many gets as gets with a set of the same key behind, by Zipf's law: YCSB's workload F, a counter."""
    return Plan(gets_before_sets, data.mix(sets=0.5), data.entries, present=data.asked)


@relies_on(ROUND_TRIP, TTL, GONE, ttl=("per-entry",))
def expiring(data: Data) -> Plan:
    """Gets, and a set with a ttl for each miss: one get in eight finds an entry that has expired since it was set.

    Those entries live for 5 to 20 µs, and are asked for again after 256 operations, which take even a fast cache
    longer: the same gets miss for all. The others, asked for by Zipf's law, live for a second to a day.
    """
    return Plan(gets_else_sets, data.fading(), [])


@wide
@relies_on(ROUND_TRIP, TTL, OVERWRITE, ttl=("per-entry",))
def set_ttl(data: Data) -> Plan:
    """Sets of keys that are there, with a ttl from a second to a day: nothing expires meanwhile."""
    return Plan(sets_with_ttl, data.mortal(1.0, DAY), data.entries)


@relies_on(ONE_COMPUTE, get_or_set=("plain", "single-flight"), threads=("safe",))
def stampede(data: Data) -> Plan:
    """Eight threads get_or_set one key at once that was just deleted, and to compute it takes 1 ms of waiting."""
    return Plan(stampedes, data.asked, [], present=())


@relies_on(ROUND_TRIP, ROOM, asynchronous=AWAITED)
def aget_hit(data: Data) -> Plan:
    """get_hit with coroutines, one after the other, on one event loop."""
    return Plan(agets, data.asked, data.entries, present=data.asked)


@relies_on(ROUND_TRIP, ABSENCE, asynchronous=AWAITED)
def aget_miss(data: Data) -> Plan:
    """get_miss with coroutines, likewise."""
    return Plan(agets, data.absent, data.entries, absent=data.absent)


@relies_on(ROUND_TRIP, ROOM, OVERWRITE, asynchronous=AWAITED)
def aset_overwrite(data: Data) -> Plan:
    """set_overwrite with coroutines, likewise."""
    return Plan(asets, data.updates, data.entries, present=data.asked)
