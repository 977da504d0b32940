"""Failover: while the server is gone the cache goes on, and when it is back nothing is lost and nothing undone."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .contract import needs
from .factory import NewCache
from .model import MISSING
from .serving import Breakable, Freezable

SAFETY = 20.0  # seconds until what ought to arrive is given up on


@contextmanager
def gone(new_cache: NewCache) -> Iterator[None]:
    """The server is killed, and back, empty, at the end."""
    server = new_cache.column.server
    if not isinstance(server, Breakable):
        pytest.skip(f"{new_cache.name}: this server cannot be taken away; --backend=embedded can")
    gc.collect()  # what earlier tests have left is cleared away while the server can be asked to
    server.kill()
    try:
        yield
    finally:
        server.restart()


@contextmanager
def frozen(new_cache: NewCache) -> Iterator[None]:
    """The server answers nothing, and has kept all that it held at the end."""
    server = new_cache.column.server
    if not isinstance(server, Freezable):
        pytest.skip(f"{new_cache.name}: this server cannot be frozen; --backend=embedded can")
    gc.collect()
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


def await_(read: Callable[[], Any], expected: Any, never: Any = None) -> None:
    """Wait until ``read()`` answers ``expected``, and does not answer ``never`` before."""
    deadline = time.monotonic() + SAFETY
    while (seen := read()) != expected:
        assert never is None or seen != never, f"{seen!r} was seen again"
        assert time.monotonic() < deadline, f"still {seen!r} after {SAFETY:g} s, not {expected!r}"
        time.sleep(0.005)


@needs(failover="yes")
def test_no_outage_reaches_a_caller(new_cache: NewCache) -> None:
    """While the server is gone, get, set, delete and clear raise nothing."""
    cache = new_cache()
    cache.set("a", 1)
    with gone(new_cache):
        cache.get("b")
        cache.set("a", 2)
        cache.delete("a")
        cache.clear()


@needs(failover="yes")
def test_what_is_set_during_an_outage_is_found_in_it(new_cache: NewCache) -> None:
    """While the server is gone, a get answers the last set."""
    cache = new_cache()
    cache.set("a", 1)
    with gone(new_cache):
        cache.set("a", 2)
        cache.set("b", 3)
        assert (cache.get("a"), cache.get("b")) == (2, 3)


@needs(failover="yes")
def test_what_is_deleted_during_an_outage_is_gone_in_it(new_cache: NewCache) -> None:
    """While the server is gone, a delete says whether an entry set meanwhile was there, and removes it."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        assert cache.delete("a") is True
        assert cache.get("a", MISSING) is MISSING
        assert cache.delete("a") is False


@needs(failover="yes")
def test_what_is_cleared_during_an_outage_is_gone_in_it(new_cache: NewCache) -> None:
    """While the server is gone, clear removes every entry; what is set after it is there."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        cache.clear()
        cache.set("b", 2)
        assert (cache.get("a", MISSING), cache.get("b", MISSING)) == (MISSING, 2)


@needs(failover="yes", bulk="yes")
def test_bulk_operations_go_on_during_an_outage(new_cache: NewCache) -> None:
    """While the server is gone, bulk operations equal a loop of single ones."""
    cache = new_cache()
    with gone(new_cache):
        cache.set_many({"a": 1, "b": 2})
        assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        assert cache.delete_many(["a", "c"]) == 1
        assert cache.get("a", MISSING) is MISSING


@needs(failover="yes", get_or_set="plain")
def test_a_miss_is_computed_during_an_outage(new_cache: NewCache) -> None:
    """While the server is gone, get_or_set computes once, and then finds what it computed."""
    cache = new_cache()
    answers = iter(["computed", "computed twice"])
    with gone(new_cache):
        assert cache.get_or_set("a", lambda: next(answers)) == "computed"
        assert cache.get_or_set("a", lambda: next(answers)) == "computed"


@needs(failover="yes")
def test_a_programming_error_is_no_outage(new_cache: NewCache) -> None:
    """A value that cannot be stored raises TypeError while the server is gone, and what was there stays."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        with pytest.raises(TypeError):
            cache.set("a", object())
        assert cache.get("a") == 1


@needs(failover="yes", keys={"text"})
def test_a_bad_key_is_no_outage(new_cache: NewCache) -> None:
    """A key that is no text raises TypeError while the server is gone."""
    cache = new_cache()
    with gone(new_cache):
        for operation in (lambda: cache.get(1), lambda: cache.set(1, 1), lambda: cache.delete(1)):
            with pytest.raises(TypeError):
                operation()


@needs(failover="yes", scope="network")
def test_what_was_set_during_an_outage_arrives(new_cache: NewCache) -> None:
    """An entry set while the server was gone is there for others once it is back, and always for its owner."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1)
    await_(lambda: (cache.get("a"), other.get("a")), (1, 1), never=(None, None))


@needs(failover="yes", scope="network")
def test_the_newest_of_several_writes_arrives(new_cache: NewCache) -> None:
    """Of all that was set while the server was gone, others see the last of each key and no other."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1)
        cache.delete("a")
        cache.set("a", 2)
    await_(lambda: other.get("a"), 2, never=1)


@needs(failover="yes", scope="network", ttl="per-entry")
def test_an_entry_that_arrives_late_keeps_its_ttl(new_cache: NewCache) -> None:
    """An entry set with a ttl while the server was gone expires for others, too."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1, ttl=cache.unit)
    await_(lambda: other.get("a"), 1)
    cache.advance(cache.unit + cache.late)
    assert other.get("a", MISSING) is MISSING


@needs(failover="yes", scope="network")
def test_a_delete_during_an_outage_is_never_undone(new_cache: NewCache) -> None:
    """What is deleted while the server does not answer is never seen again, though the server still had it."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1)
    with frozen(new_cache):
        cache.delete("a")
    await_(lambda: (cache.get("a"), other.get("a")), (None, None), never=(1, 1))
    assert cache.get("a", MISSING) is MISSING


@needs(failover="yes", scope="network")
def test_a_clear_during_an_outage_is_never_undone(new_cache: NewCache) -> None:
    """What is cleared while the server does not answer is never seen again, though the server still had it."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1)
    with frozen(new_cache):
        cache.clear()
    await_(lambda: (cache.get("a"), other.get("a")), (None, None), never=(1, 1))


@needs(failover="yes", scope="network")
def test_a_key_is_not_read_from_the_server_until_its_write_has_arrived(new_cache: NewCache) -> None:
    """Who overwrote an entry while the server did not answer never reads the older value again."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", "older")
    with frozen(new_cache):
        cache.set("a", "newer")
    await_(lambda: (cache.get("a"), other.get("a")), ("newer", "newer"), never=("older", "older"))


@needs("close", failover="yes", scope="network")
def test_writes_of_an_outage_survive_their_process(new_cache: NewCache) -> None:
    """What was set while the server was gone arrives though the one who set it did not live to see it back."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1)
        cache.close()
    again = cache.sibling()
    await_(lambda: other.get("a"), 1)
    again.close()


@needs("close", failover="yes", scope="network")
def test_a_newer_write_elsewhere_is_not_overwritten(new_cache: NewCache) -> None:
    """What is set during an outage and arrives after another has set the same key changes nothing."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", "older")
        cache.set("b", "arrived")
        cache.close()
    await_(lambda: other.set("a", "newer") or other.get("a"), "newer")
    again = cache.sibling()
    await_(lambda: other.get("b"), "arrived")
    await_(lambda: again.get("a"), "newer")
    assert other.get("a") == "newer"


@needs("close", failover="yes", scope="network")
def test_a_later_delete_elsewhere_is_not_undone(new_cache: NewCache) -> None:
    """What is set during an outage and arrives after another has deleted the same key stays deleted."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", "older")
        cache.set("b", "arrived")
        cache.close()
    await_(lambda: other.set("c", 1) or other.get("c"), 1)
    other.delete("a")
    again = cache.sibling()
    await_(lambda: other.get("b"), "arrived")
    await_(lambda: again.get("a"), None)
    assert other.get("a") is None


@needs(failover="yes", scope="network")
def test_a_miss_is_a_miss_while_the_server_is_there(new_cache: NewCache) -> None:
    """What another has deleted since the outage is gone: the fallback is not asked."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1)
    await_(lambda: other.get("a"), 1)
    other.delete("a")
    await_(lambda: cache.get("a"), None)


@needs(failover="yes", scope="network")
def test_nothing_of_an_earlier_outage_is_served_in_a_later_one(new_cache: NewCache) -> None:
    """What was set in one outage and has arrived is a miss in the next: others may have changed it since."""
    cache = new_cache()
    other = cache.sibling()
    with gone(new_cache):
        cache.set("a", 1)
    await_(lambda: other.get("a"), 1)
    other.set("a", 2)
    await_(lambda: cache.get("a"), 2)
    with gone(new_cache):
        assert cache.get("a") != 1
