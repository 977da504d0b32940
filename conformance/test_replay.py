"""Replay: when the server is back, nothing that was missed is lost, and nothing undone.

Who has something to bring is asked, too, before others are: one may bring it with its own next operation.
"""

from __future__ import annotations

from .contract import needs
from .factory import NewCache
from .interleaving import Call
from .judged import Judged
from .model import MISSING
from .outages import await_, frozen, gone
from .script import scenes


def two(new_cache: NewCache) -> tuple[Judged, Judged]:
    """Two instances on one server."""
    cache = new_cache()
    return cache, cache.sibling()


def ended_in_an_outage(new_cache: NewCache, **entries: object) -> tuple[Judged, Judged]:
    """One that set ``entries`` while the server was gone, and was closed before it came back; and another."""
    cache, other = two(new_cache)
    with gone(new_cache):
        for key, value in entries.items():
            cache.set(key, value)
        cache.close()
    return cache, other


@needs(failover="yes", scope="network")
def test_what_was_set_during_an_outage_arrives(new_cache: NewCache) -> None:
    """An entry set while the server was gone is there for others once it is back, and always for its owner."""
    cache, other = two(new_cache)
    with gone(new_cache):
        cache.set("a", 1)
    await_(cache, lambda: (cache.get("a"), other.get("a")), (1, 1), never=(None, None))


@needs(failover="yes", scope="network")
def test_the_newest_of_several_writes_arrives(new_cache: NewCache) -> None:
    """Of all that was set while the server was gone, others see the last of each key and no other."""
    cache, other = two(new_cache)
    with gone(new_cache):
        cache.set("a", 1)
        cache.delete("a")
        cache.set("a", 2)
    await_(cache, lambda: (cache.get("a"), other.get("a"))[1], 2, never=1)


@needs(failover="yes", scope="network", ttl="per-entry")
def test_an_entry_that_arrives_late_keeps_its_ttl(new_cache: NewCache) -> None:
    """An entry set with a ttl while the server was gone expires for others, too."""
    cache, other = two(new_cache)
    with gone(new_cache):
        cache.set("a", 1, ttl=cache.unit)
    await_(cache, lambda: (cache.get("a"), other.get("a"))[1], 1)
    cache.advance(cache.unit + cache.late)
    assert other.get("a", MISSING) is MISSING


@needs(failover="yes", scope="network")
def test_a_delete_during_an_outage_is_never_undone(new_cache: NewCache) -> None:
    """What is deleted while the server does not answer is never seen again, though the server still had it."""
    cache, other = two(new_cache)
    cache.set("a", 1)
    with frozen(new_cache):
        cache.delete("a")
    await_(cache, lambda: (cache.get("a"), other.get("a")), (None, None), never=(1, 1))
    assert cache.get("a", MISSING) is MISSING


@needs(failover="yes", scope="network", threads="safe", asynchronous={"no"})
def test_what_is_changed_once_the_outage_was_noticed_is_never_undone(new_cache: NewCache) -> None:
    """Nor what is deleted and overwritten when the server is no longer asked at all."""
    cache, other = two(new_cache)
    for key in "abc":
        cache.set(key, "older")
    with frozen(new_cache):
        cache.aside(scenes.NOTICED)
        calls = [Call(lambda: cache.subject.get("d")) for _ in range(8)]
        assert [call.answer() for call in calls] == [None] * 8
        cache.delete("a")
        cache.set("b", "newer")
        assert (cache.get("a"), cache.get("b")) == (None, "newer")
    await_(cache, lambda: (cache.get("a"), other.get("a")), (None, None), never=("older", "older"))
    await_(cache, lambda: (cache.get("b"), other.get("b")), ("newer", "newer"), never=("older", "older"))
    await_(cache, lambda: (cache.get("c"), other.get("c")), ("older", "older"))
    assert (cache.get("a", MISSING), other.get("a", MISSING)) == (MISSING, MISSING)


@needs(failover="yes", scope="network")
def test_a_clear_during_an_outage_is_never_undone(new_cache: NewCache) -> None:
    """What is cleared while the server does not answer is never seen again, though the server still had it."""
    cache, other = two(new_cache)
    cache.set("a", 1)
    with frozen(new_cache):
        cache.clear()
    await_(cache, lambda: (cache.get("a"), other.get("a")), (None, None), never=(1, 1))


@needs(failover="yes", scope="network")
def test_a_key_is_not_read_from_the_server_until_its_write_has_arrived(new_cache: NewCache) -> None:
    """Who overwrote an entry while the server did not answer never reads the older value again."""
    cache, other = two(new_cache)
    cache.set("a", "older")
    with frozen(new_cache):
        cache.set("a", "newer")
    await_(cache, lambda: (cache.get("a"), other.get("a")), ("newer", "newer"), never=("older", "older"))


@needs("close", failover="yes", scope="network")
def test_writes_of_an_outage_survive_their_process(new_cache: NewCache) -> None:
    """What was set while the server was gone arrives though the one who set it did not live to see it back."""
    cache, other = ended_in_an_outage(new_cache, a=1)
    again = cache.sibling()
    await_(cache, lambda: other.get("a"), 1)
    again.close()


@needs("close", failover="yes", scope="network")
def test_a_newer_write_elsewhere_is_not_overwritten(new_cache: NewCache) -> None:
    """What is set during an outage and arrives after another has set the same key changes nothing."""
    cache, other = ended_in_an_outage(new_cache, a="older", b="arrived")
    await_(cache, lambda: other.set("a", "newer") or other.get("a"), "newer")
    again = cache.sibling()
    await_(cache, lambda: other.get("b"), "arrived")
    await_(cache, lambda: again.get("a"), "newer")
    assert other.get("a") == "newer"


@needs("close", failover="yes", scope="network")
def test_a_later_delete_elsewhere_is_not_undone(new_cache: NewCache) -> None:
    """What is set during an outage and arrives after another has deleted the same key stays deleted."""
    cache, other = ended_in_an_outage(new_cache, a="older", b="arrived")
    await_(cache, lambda: other.set("c", 1) or other.get("c"), 1)
    other.delete("a")
    again = cache.sibling()
    await_(cache, lambda: other.get("b"), "arrived")
    await_(cache, lambda: again.get("a"), None)
    assert other.get("a") is None


@needs(failover="yes", scope="network")
def test_a_miss_is_a_miss_while_the_server_is_there(new_cache: NewCache) -> None:
    """What another has deleted since the outage is gone: the fallback is not asked."""
    cache, other = two(new_cache)
    with gone(new_cache):
        cache.set("a", 1)
    await_(cache, lambda: (cache.get("a"), other.get("a"))[1], 1)
    other.delete("a")
    await_(cache, lambda: cache.get("a"), None)


@needs(failover="yes", scope="network")
def test_nothing_of_an_earlier_outage_is_served_in_a_later_one(new_cache: NewCache) -> None:
    """What was set in one outage and has arrived is a miss in the next: others may have changed it since."""
    cache, other = two(new_cache)
    with gone(new_cache):
        cache.set("a", 1)
    await_(cache, lambda: (cache.get("a"), other.get("a"))[1], 1)
    other.set("a", 2)
    await_(cache, lambda: cache.get("a"), 2)
    with gone(new_cache):
        assert cache.get("a") != 1
