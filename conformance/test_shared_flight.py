"""One compute per key among all who share the entries: other instances, other processes, other machines."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from .contract import needs
from .factory import NewCache
from .interleaving import PATIENCE, Call
from .model import MISSING
from .script import scenes
from .stranger import Stranger
from .test_single_flight import Origin


@needs(flights="shared", asynchronous={"no"})
def test_many_instances_make_one_compute(new_cache: NewCache) -> None:
    """Callers of one absent key on several instances make one compute, and all get its answer."""
    cache, origin = new_cache(), Origin()
    instances = [cache, cache.sibling(), cache.sibling()]
    calls = [Call(lambda each=each: each.get_or_set("a", origin)) for each in instances]  # type: ignore[misc]
    assert origin.entered.wait(PATIENCE)
    for call in calls:
        call.settle()
    origin.release.set()
    assert ([call.answer() for call in calls], origin.calls) == (["computed"] * 3, 1)


@needs(flights="shared", asynchronous={"no"})
def test_when_a_compute_fails_elsewhere_the_next_one_computes(new_cache: NewCache) -> None:
    """The error stays where it was raised: another instance that waited computes for itself."""
    cache, origin = new_cache(), Origin(ZeroDivisionError("origin"))
    first = Call(lambda: cache.get_or_set("a", origin))
    assert origin.entered.wait(PATIENCE)
    other = cache.sibling()
    second = Call(lambda: other.get_or_set("a", lambda: "second"))
    second.settle()
    origin.release.set()
    assert (type(first.answer()), second.answer()) == (ZeroDivisionError, "second")


@needs(flights="shared", asynchronous={"no"})
def test_a_delete_elsewhere_during_a_compute_wins(new_cache: NewCache) -> None:
    """What another instance deletes is not stored afterwards: the late result goes to its caller alone."""
    cache = new_cache()
    other = cache.sibling()
    assert cache.get_or_set("a", lambda: other.delete("a") or "late") == "late"
    assert cache.get("a", MISSING) is MISSING


@needs(flights="shared", asynchronous={"no"})
def test_many_processes_make_one_compute(new_cache: NewCache) -> None:
    """Processes that ask for one absent key make one compute, and all get its answer."""
    cache = new_cache()
    cache.aside(scenes.TOGETHER)
    with ExitStack() as alive:
        strangers = [alive.enter_context(Stranger(new_cache)) for _ in range(3)]
        for key in "abcde":  # who asks a moment too late proves nothing, which is not so in all of them
            leader, *others = strangers = strangers[1:] + strangers[:1]
            leader.asks(key)
            leader.says("computing")
            for each in others:
                each.asks(key)
            leader.lets_go()
            for each in strangers:
                each.says(f"answered {leader.pid}")


@needs(flights="shared", asynchronous={"no"})
def test_a_process_that_dies_while_it_computes_is_waited_for_no_longer_than_its_lease(new_cache: NewCache) -> None:
    """Killed in the middle of a compute, it stores nothing and tells nobody: another one computes, and stores."""
    cache = new_cache()
    with Stranger(new_cache) as stranger:
        stranger.asks("a")
        stranger.says("computing")
        cache.aside(scenes.DIED)
        heir = Call(lambda: cache.get_or_set("a", lambda: "computed anew"))
        stranger.kill()
        assert heir.answer() == "computed anew"
    assert cache.get("a") == "computed anew"


@needs(flights="shared", asynchronous={"no"})
def test_a_compute_that_asks_for_its_own_key_over_another_instance_raises(new_cache: NewCache) -> None:
    """It would wait for itself: an error at once, and nothing is stored."""
    cache = new_cache()
    other = cache.sibling()
    with pytest.raises(RuntimeError):
        cache.get_or_set("a", lambda: other.get_or_set("a", lambda: 1))
    assert cache.get("a", MISSING) is MISSING
