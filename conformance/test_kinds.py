"""Kinds of entries: what an application keeps about its tools has keys and ttls that need not be told."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, NamedTuple

import pytest

from .clocks import WaitedClock
from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING
from .outages import gone
from .strategies import FALSY, with_each

HOUR = 3600.0
DIGITS = (16, 32, 64)  # of a digest within a key
SOURCE = {"servers": ["mcp://a"], "tags": [1, None]}
SAME_SOURCE = {"tags": [1, None], "servers": ["mcp://a"]}
ALL = [f"{verb}_{kind}" for kind in ("catalog", "tool", "search_results", "embedding") for verb in ("get", "set")]


class Kind(NamedTuple):
    """How one kind of entry is asked for, how others are, the key it lies under, and how long it lives."""

    name: str
    arguments: tuple[Any, ...]
    others: tuple[tuple[Any, ...], ...]
    key: str
    ttl: float

    def set(self, cache: Judged, value: Any, *arguments: Any) -> None:
        getattr(cache, f"set_{self.name}")(*(arguments or self.arguments), value)

    def get(self, cache: Judged, *arguments: Any) -> Any:
        return getattr(cache, f"get_{self.name}")(*(arguments or self.arguments), MISSING)


CATALOG = Kind("catalog", (SOURCE, "v2"), ((SOURCE, "v1"), ([], "v2")), "catalog:v2:{digest}", 24 * HOUR)
TOOL = Kind("tool", ("weather", "1.4"), (("weather", "1.5"), ("forecast", "1.4")), "tool:weather:1.4", 24 * HOUR)
SEARCH = Kind(
    "search_results",
    (SOURCE, "v2", 5),
    ((SOURCE, "v2", 6), (SOURCE, "v1", 5), ("storms", "v2", 5)),
    "search:{digest}:v2:5",
    HOUR,
)
EMBEDDING = Kind(
    "embedding",
    (SOURCE, "llama3:8b"),
    ((SOURCE, "llama3"), ("b", "llama3:8b")),
    "embedding:{digest}:llama3:8b",
    168 * HOUR,
)
KINDS = (CATALOG, TOOL, SEARCH, EMBEDDING)


@needs("get_catalog", "set_catalog")
def test_a_catalog_lives_a_day(new_cache: NewCache) -> None:
    """24 hours, to the granularity."""
    lives(new_cache, CATALOG)


@needs("get_tool", "set_tool")
def test_what_is_known_of_a_tool_lives_a_day(new_cache: NewCache) -> None:
    """24 hours, to the granularity."""
    lives(new_cache, TOOL)


@needs("get_search_results", "set_search_results")
def test_what_was_found_lives_an_hour(new_cache: NewCache) -> None:
    """One hour, to the granularity."""
    lives(new_cache, SEARCH)


@needs("get_embedding", "set_embedding")
def test_an_embedding_lives_a_week(new_cache: NewCache) -> None:
    """7 days, to the granularity."""
    lives(new_cache, EMBEDDING)


@needs("get_catalog", "set_catalog")
def test_a_catalog_is_that_of_its_source_and_version(new_cache: NewCache) -> None:
    """Another version is another entry, as is another source; the order of a dict is no difference."""
    is_told_apart(new_cache, CATALOG)
    cache = new_cache()
    CATALOG.set(cache, "here")
    assert CATALOG.get(cache, SAME_SOURCE, "v2") == "here"


@needs("get_tool", "set_tool")
def test_what_is_known_of_a_tool_is_that_of_its_name_and_version(new_cache: NewCache) -> None:
    """Another version is another entry, as is another name."""
    is_told_apart(new_cache, TOOL)


@needs("get_search_results", "set_search_results")
def test_what_was_found_is_that_of_its_query_catalog_and_number(new_cache: NewCache) -> None:
    """Another query, another version of the catalog, and another number of results are other entries."""
    is_told_apart(new_cache, SEARCH)


@needs("get_embedding", "set_embedding")
def test_an_embedding_is_that_of_its_content_and_model(new_cache: NewCache) -> None:
    """Another content is another entry, as is another model."""
    is_told_apart(new_cache, EMBEDDING)


@needs(*ALL)
@with_each(kind=KINDS)
def test_each_kind_lies_under_its_key(new_cache: NewCache, kind: Kind) -> None:
    """``catalog:version:digest``, ``tool:name:version``, ``search:digest:version:number``, ``embedding:digest:model``.

    Who has to look after an entry by hand finds it by get, under that key. The digest is the first 16 hex digits, or
    more, of SHA-256 over json.dumps(data, sort_keys=True).
    """
    cache = new_cache()
    kind.set(cache, "here")
    digest = sha256(json.dumps(SOURCE, sort_keys=True).encode()).hexdigest()
    assert "here" in [cache.get(kind.key.format(digest=digest[:length])) for length in DIGITS]


@needs(*ALL)
@with_each(kind=KINDS)
def test_a_falsy_value_of_a_kind_is_a_hit(new_cache: NewCache, kind: Kind) -> None:
    """That nothing was found is a result, too."""
    cache = new_cache()
    for value in FALSY:
        kind.set(cache, value)
        assert kind.get(cache) == value


@needs("invalidate_catalog", "get_catalog", "set_catalog", "get_search_results", "set_search_results")
def test_a_catalog_is_removed_with_what_was_found_in_it(new_cache: NewCache) -> None:
    """invalidate_catalog(version) removes that version, of whatever source, and no other, and says how many entries."""
    cache = new_cache()
    for version in ("v1", "v10"):
        CATALOG.set(cache, 1, "one", version)
        CATALOG.set(cache, 1, "other", version)
        SEARCH.set(cache, 1, "query", version, 5)
    assert (cache.invalidate_catalog("v1"), cache.invalidate_catalog("v1")) == (3, 0)
    assert (CATALOG.get(cache, "one", "v1"), SEARCH.get(cache, "query", "v1", 5)) == (MISSING, MISSING)
    assert (CATALOG.get(cache, "other", "v10"), SEARCH.get(cache, "query", "v10", 5)) == (1, 1)


@needs("invalidate_tool", "get_tool", "set_tool")
def test_a_tool_is_removed_in_all_its_versions(new_cache: NewCache) -> None:
    """invalidate_tool(name) removes that tool and no other; and says how many entries."""
    cache = new_cache()
    for name in ("weather", "weather2"):
        TOOL.set(cache, 1, name, "1.4")
        TOOL.set(cache, 1, name, "1.5")
    assert (cache.invalidate_tool("weather"), cache.invalidate_tool("weather")) == (2, 0)
    assert (TOOL.get(cache, "weather", "1.5"), TOOL.get(cache, "weather2", "1.5")) == (MISSING, 1)


@needs(*ALL, stale="capped", clock="injected")
def test_while_the_server_is_gone_what_may_be_stale_is_answered_up_to_a_cap(new_cache: NewCache) -> None:
    """A catalog and a tool of an hour ago are answered, and of a day ago no more, as others may have changed them."""
    cache = new_cache()
    for kind in (CATALOG, TOOL):
        kind.set(cache, "here")
    with gone(new_cache):
        cache.advance(HOUR)
        assert seen(cache, CATALOG, TOOL) == ["here", "here"]
        cache.advance(22 * HOUR)
        assert seen(cache, CATALOG, TOOL) == [MISSING, MISSING]


@needs(*ALL, stale="capped", clock="injected")
def test_while_the_server_is_gone_what_was_found_is_answered_for_minutes(new_cache: NewCache) -> None:
    """The results of a search of a minute ago are answered, and of 50 minutes ago no more, though their ttl lasts."""
    cache = new_cache()
    SEARCH.set(cache, "here")
    with gone(new_cache):
        cache.advance(60.0)
        assert SEARCH.get(cache) == "here"
        cache.advance(50 * 60.0)
        assert SEARCH.get(cache) is MISSING


@needs(*ALL, stale="capped", clock="injected")
def test_while_the_server_is_gone_an_embedding_is_answered_at_any_age(new_cache: NewCache) -> None:
    """For as long as it lives: its key is the content, so that nobody can have changed it."""
    cache = new_cache()
    EMBEDDING.set(cache, "here")
    with gone(new_cache):
        cache.advance(EMBEDDING.ttl - cache.margin)
        assert EMBEDDING.get(cache) == "here"
        cache.advance(cache.margin + cache.late)
        assert EMBEDDING.get(cache) is MISSING


def lives(new_cache: NewCache, kind: Kind) -> None:
    cache = new_cache()
    if isinstance(cache.timeline, WaitedClock):
        pytest.skip(f"{new_cache.name}: its time can only be waited for, and {kind.name} lives for hours")
    kind.set(cache, "here")
    cache.advance(kind.ttl - cache.margin)
    assert kind.get(cache) == "here", "gone before its ttl"
    cache.advance(cache.margin * 2 + cache.late)
    assert kind.get(cache) is MISSING, "still there after its ttl"


def is_told_apart(new_cache: NewCache, kind: Kind) -> None:
    """From each of its ``others``: of two entries neither is the other."""
    for other in kind.others:
        cache = new_cache()
        kind.set(cache, "other", *other)
        assert kind.get(cache) is MISSING
        kind.set(cache, "here")
        assert (kind.get(cache), kind.get(cache, *other)) == ("here", "other")


def seen(cache: Judged, *kinds: Kind) -> list[Any]:
    return [kind.get(cache) for kind in kinds]
