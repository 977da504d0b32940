"""ToolCache: each kind of entry with its key and ttl, and how entries are removed by hand."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tool_places import KINDS, TASK, Backend, Kind, backend, each_kind, everywhere, servers

from cache_impl import BadKey, BadSetting, MemoryCache, ToolCache

__all__ = ["backend", "servers"]  # fixtures


@everywhere
@each_kind
def test_each_kind_has_its_key_and_lives_its_ttl(backend: Backend, kind: Kind) -> None:
    """Under the documented key, to the second; None and an empty list are entries, too."""
    cache, tools = backend.cache(), backend.tools()
    for value in (None, [], [0.5, 1], {"tools": ["a"]}):
        kind.set(tools, value)
        assert list(cache) == [kind.key]
        assert kind.get(backend.tools(), "none") == value
    backend.advance(kind.ttl - 1)
    assert kind.get(tools, "none") == {"tools": ["a"]}
    backend.advance(1)
    assert kind.get(tools, "none") == "none"


@everywhere
def test_ttls_are_overridden_per_kind(backend: Backend) -> None:
    """One kind lives shorter; the others, as before."""
    tools = backend.tools(ttls={"search": 60, "idempotency": 5})
    for kind in KINDS:
        kind.set(tools, 1)
    tools.run_once(*TASK, lambda: "first")
    backend.advance(5)
    assert tools.run_once(*TASK, lambda: "second") == "second"
    backend.advance(55)
    assert [kind.get(tools) for kind in KINDS] == [1, 1, None, 1]


@pytest.mark.parametrize("ttls", [{"searches": 1}, {"search": 0}, {"tool": -1}, {"tool": None}, {"tool": "1"}])
def test_a_wrong_ttl_is_refused_by_name(ttls: dict[str, Any]) -> None:
    """The kind is named, and for one that is none, all that are."""
    with pytest.raises(BadSetting, match=next(iter(ttls))):
        ToolCache(MemoryCache(), ttls=ttls)


texts = st.text(alphabet=":ab", max_size=3)
numbers = st.integers(1, 2) | st.sampled_from([True, 1.0, "1", None, 0])
calls = st.one_of(
    st.tuples(st.just("catalog"), texts, texts),
    st.tuples(st.just("tool"), texts, texts),
    st.tuples(st.just("search_results"), texts, texts, numbers),
    st.tuples(st.just("embedding"), texts, texts),
)


@given(st.lists(calls, max_size=12))
def test_two_different_entries_never_meet(entries: list[tuple[Any, ...]]) -> None:
    """Whatever the names: refused, or read back as itself, though everything else was stored in the same cache."""
    tools, kept = ToolCache(MemoryCache()), {}
    for number, (kind, *arguments) in enumerate(entries):
        with suppress(BadKey, BadSetting):
            getattr(tools, f"set_{kind}")(*arguments, number)
            kept[kind, *map(repr, arguments)] = (kind, arguments, number)
    for kind, arguments, number in kept.values():
        assert getattr(tools, f"get_{kind}")(*arguments) == number


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("catalog", ([], "v:2")),
        ("catalog", ([], "")),
        ("catalog", (open, "v2")),
        ("tool", ("a:b", "c")),
        ("tool", ("a", "b:c")),
        ("tool", (None, "c")),
        ("search_results", ("q", "v:1", 1)),
        ("search_results", ("q", 1, 1)),
        ("embedding", ("a", "")),
        ("embedding", (object(), "model")),
    ],
)
def test_what_could_make_two_keys_meet_is_refused(name: str, arguments: tuple[Any, ...]) -> None:
    """On the way in as on the way out, and nothing is stored."""
    cache = MemoryCache()
    tools = ToolCache(cache)
    for operation in (f"get_{name}", f"set_{name}"):
        with pytest.raises(BadKey):
            getattr(tools, operation)(*arguments, 1)
    assert len(cache) == 0


@pytest.mark.parametrize("top_k", [0, -1, True, 1.0, "1", None])
def test_top_k_is_a_number_of_results(top_k: Any) -> None:
    """5 and "5" would meet."""
    with pytest.raises(BadSetting, match="top_k"):
        ToolCache(MemoryCache()).set_search_results("q", "v1", top_k, [])


@everywhere
def test_entries_are_removed_by_hand(backend: Backend) -> None:
    """A catalog version with what was found in it, a tool in all its versions; and nobody else's entry."""
    cache, tools = backend.cache(), backend.tools()
    others = {"catalog": 1, "catalog:": 1, "search:v1": 1, "tools:a:1": 1}
    cache.set_many(others)
    for version in ("v1", "v10"):
        tools.set_catalog("a", version, 1)
        tools.set_catalog("b", version, 1)
        tools.set_search_results("q", version, 5, [])
        tools.set_tool(version, "v1", 1)
        tools.set_tool(version, "v2", 1)
    assert (tools.invalidate_catalog("v1"), tools.invalidate_tool("v1")) == (3, 2)
    assert (tools.invalidate_catalog("v1"), tools.invalidate_tool("v1")) == (0, 0)
    left = [tools.get_catalog("a", "v10"), tools.get_tool("v10", "v1"), tools.get_search_results("q", "v10", 5)]
    assert (left, len(cache), cache.get_many(others)) == ([1, 1, []], 5 + len(others), others)
    with pytest.raises(BadKey):
        tools.invalidate_catalog("v:1")
