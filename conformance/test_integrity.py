"""Integrity: what was damaged where entries are kept, or planted there, is a miss."""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING
from .stored import Stored, answer, let_go
from .strategies import with_each

TEXT = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ENTRIES = {f"key {number}": f"{number} {TEXT}" for number in range(5)}
NEAR = 100  # bytes on each side of a value in which most of what belongs to its entry lies
LONG = "0f1e2d3c" * 100  # longer, pickled, than what is planted in its place
#: What somebody else may have put there, as an edit of what was.
FOREIGN = ("content.clear()", "content[:] = bytes(100)", "content[:] = b'{\"value\": 1}'", "content.reverse()")


@needs(integrity="checked")
@with_each(bit=range(0, 8 * len(TEXT), 11))
def test_a_flipped_bit_is_a_miss(new_cache: NewCache, bit: int) -> None:
    """Whichever bit of a stored value is flipped, the entry is a miss: no wrong value, no error of a decoder."""
    cache = new_cache()
    other = damaged(new_cache, cache, f"content[{{}} + {bit // 8}] ^= {1 << bit % 8}")
    assert other.get("a", MISSING) is MISSING


@needs(integrity="checked")
@with_each(seed=range(24))
def test_no_damage_makes_a_wrong_value(new_cache: NewCache, seed: int) -> None:
    """Bits flipped or the end cut off, wherever in all that is stored: right, a miss, or an error that is clear.

    A clear error tells what is wrong with the storage, as an OSError does, and is none of a decoder: no ValueError,
    TypeError, KeyError and their like.
    """
    cache, chance = new_cache(), random.Random(seed)
    for key, value in ENTRIES.items():
        cache.set(key, value)
    let_go(cache)
    stored = Stored(new_cache)
    name, content = chance.choice(sorted(stored.places().items()))
    stored.change(cache, name, any_damage(content, chance))
    other = answer(cache.sibling)
    for key, value in ENTRIES.items() if other is not MISSING else ():
        seen = answer(lambda key=key: other.get(key, MISSING))  # type: ignore[misc]
        assert seen in (value, MISSING), f"{key!r} is {seen!r}"


@needs(integrity="checked")
def test_a_damaged_entry_is_absent_for_every_operation(new_cache: NewCache) -> None:
    """What get does not find is neither counted by delete nor seen by ``in`` and get_many; a set mends it."""
    for look in looks(new_cache):
        cache = new_cache()
        assert look(damaged(new_cache, cache, "content[{}] ^= 1")) in (False, {})
    other = damaged(new_cache, new_cache(), "content[{}] ^= 1")
    other.set("a", "mended")
    assert other.get("a") == "mended"


@needs(integrity="checked", stats="yes")
def test_damage_is_counted_as_a_miss(new_cache: NewCache) -> None:
    """A get that finds a damaged entry is a miss in the stats, too."""
    other = damaged(new_cache, new_cache(), "content[{}] ^= 1")
    other.get("a")
    stats = other.stats()
    assert (stats.hits, stats.misses) == (0, 1)


@needs(integrity="checked")
def test_an_entry_under_the_key_of_another_is_a_miss(new_cache: NewCache) -> None:
    """Stored bytes that were moved from one key to another are no entry: they tell which key they belong to."""
    cache = new_cache()
    cache.set("a", f"a {TEXT}")
    cache.set("b", f"b {TEXT}")
    let_go(cache)
    stored = Stored(new_cache)
    (one,), (other,) = (stored.having(f"{key} {TEXT}".encode()) for key in "ab")
    if one == other:
        raise NotImplementedError("its entries lie in one place, where none can be moved")
    stored.change(cache, other, f"content[:] = {stored.places()[one]!r}")
    assert cache.sibling().get("b", MISSING) is MISSING


@needs(integrity="checked")
@with_each(edit=FOREIGN)
def test_what_others_have_put_there_is_no_entry(new_cache: NewCache, edit: str) -> None:
    """In place of what the cache has stored there is something else: a miss or a clear error, and never a value."""
    cache = new_cache()
    cache.set("a", TEXT)
    let_go(cache)
    stored = Stored(new_cache)
    for name in stored.places():
        stored.change(cache, name, edit)
    other = answer(cache.sibling)
    assert other is MISSING or answer(lambda: other.get("a", MISSING)) is MISSING


@needs(integrity="checked")
def test_what_is_planted_is_never_executed(new_cache: NewCache, tmp_path: Path) -> None:
    """A pickle that somebody has put in the place of a stored value is not loaded: it would do what it says."""
    executed = tmp_path / "executed"
    for form in forms(LONG):
        cache = new_cache()
        cache.set("a", LONG)
        let_go(cache)
        stored = Stored(new_cache)
        for name, content in stored.places().items():
            stored.change(cache, name, planted(content, form, executed))
        with suppress(Exception):
            cache.sibling().get("a")
        if executed.exists():
            cache.aside("# this only tells: what was planted has made a folder, in a place of the test's own")
        assert not executed.exists(), "what was planted has been executed"


def damaged(new_cache: NewCache, cache: Judged, edit: str) -> Judged:
    """Another instance in the place of ``cache`` with an entry "a" whose value ``edit`` was done to, at ``{}``."""
    cache.set("a", TEXT)
    let_go(cache)
    stored = Stored(new_cache)
    for name, at in stored.having(TEXT.encode()).items():
        stored.change(cache, name, edit.format(at))
    return cache.sibling()


def any_damage(content: bytes, chance: random.Random) -> str:
    """An edit: mostly of a bit of an entry, at times of any bit, or of the length."""
    where = content.find(TEXT.encode())
    least, most = (max(0, where - NEAR), where + NEAR) if where >= 0 and chance.random() < 0.7 else (0, len(content))
    at = min(chance.randrange(least, most), len(content) - 1)
    return f"del content[{at}:]" if chance.random() < 0.3 else f"content[{at}] ^= {1 << chance.randrange(8)}"


def looks(new_cache: NewCache) -> Iterator[Any]:
    """What there is beside get to see an entry "a"."""
    yield lambda cache: cache.delete("a")
    if hasattr(new_cache.column.subject, "__contains__"):
        yield lambda cache: "a" in cache
    if new_cache.capabilities.bulk != "none":
        yield lambda cache: cache.get_many(["a"])


def forms(value: str) -> list[bytes]:
    """The bytes that ``value`` may be found as: pickled in every protocol, plain, and nothing at all for anywhere."""
    pickled = [pickle.dumps(value, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    return [*dict.fromkeys(pickled), value.encode(), b""]


def planted(content: bytes, form: bytes, executed: Path) -> str:
    """An edit that puts a pickle, which makes a directory, where ``form`` is; of the same length, if it is there."""
    payload = pickle.dumps(Planted(executed))
    at = content.find(form)
    if form and at < 0:
        return "pass"
    end = at + len(form) if form else len(content)
    return f"content[{at}:{end}] = {payload.ljust(len(form), b'.')!r}"


class Planted:
    """Pickled, a call."""

    def __init__(self, executed: Path) -> None:
        self._executed = executed

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._executed),)
