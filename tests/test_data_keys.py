"""Keys made of data, where the conformance suite does not look: other processes, errors that say where, depth."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum, Flag
from typing import Any, NamedTuple

import pytest

from cache_impl import BadKey, BadSetting, cache_key, digest


class Colour(Enum):
    RED = 1


class Access(Flag):
    READ = 1
    WRITE = 2


@dataclass
class Query:
    text: str
    seen: list[int] = field(default_factory=list, compare=False)


class Point(NamedTuple):
    x: int
    y: int


class Text(str):
    __slots__ = ()


def nested(depth: int, around: Callable[[Any], Any], core: Any = 0) -> Any:
    for _ in range(depth):
        core = around(core)
    return core


def test_other_processes_make_the_same_keys() -> None:
    """Neither the hash seed nor the process has a part in a key."""
    data = "[{'b', 'a', 'c', ('d', 1)}, {('x', 2): {3: frozenset('xyz')}, 'k': None}]"
    code = f"from cache_impl import digest; print(digest({data}))"
    made = {
        subprocess.check_output([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, text=True).strip()
        for seed in ("0", "1", "2026")
    }
    assert made == {digest(eval(data))}  # noqa: S307  # the literal above


def test_what_counts_of_an_object_is_its_class_and_its_fields() -> None:
    """Enum members, dataclasses and named tuples differ from what they hold and from each other."""
    apart = [Colour.RED, Access.READ, Access.READ | Access.WRITE, Query("a"), Query("b"), Point(1, 2), (1, 2), [1, 2]]
    assert len({digest(each) for each in apart}) == len(apart)
    assert digest(Query("a", [1])) == digest(Query("a", [2]))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"tools": [0, 1, 2, {"handler": print}]}, "$.tools[3].handler: builtins.builtin_function_or_method"),
        ({"a b": {(1,): object()}}, "$['a b'][(1,)]: builtins.object"),
        ([{1, Text("x")}], "$[0]{}: "),
        ({10**5000: print}, "$[an int of 16,610 bits]: "),
        ({Text("k"): 1}, "$<key 'k'>: "),
        (Query(text=Text("x")), "$.text: "),
        ((OrderedDict(),), "$[0]: collections.OrderedDict"),
        (datetime(2024, 1, 1, tzinfo=type("Zone", (tzinfo,), {})()), "$: the time zone"),
    ],
)
def test_what_has_no_canonical_form_is_named_with_its_place(data: Any, where: str) -> None:
    """The error says where in the data it stands."""
    with pytest.raises(BadKey) as raised:
        digest(data)
    assert str(raised.value).startswith(where)


@pytest.mark.parametrize("around", [lambda data: [data], lambda data: {"k": data}, lambda data: (data,)])
def test_depth_is_no_limit(around: Callable[[Any], Any]) -> None:
    """Data nested far deeper than Python's stack has a key, and one level more makes another."""
    assert digest(nested(5_000, around)) != digest(nested(5_001, around))


def test_deep_json_has_the_key_of_the_recipe() -> None:
    """What json.dumps cannot reach has the key that it would have."""
    deep = nested(5_000, lambda data: {"b": [data, {}], "a": "é"})
    text = nested(5_000, lambda inner: f'{{"a": "\\u00e9", "b": [{inner}, {{}}]}}', "0")
    assert hashlib.sha256(text.encode()).hexdigest().startswith(digest(deep))


def test_data_that_contains_itself_is_refused() -> None:
    """A cycle is found, in plain data and in other; what merely occurs twice is none."""
    plain: list[Any] = [1]
    plain.append({"again": plain})
    other: dict[Any, Any] = {1: 2}
    other[2] = (other,)
    for data in (plain, other):
        with pytest.raises(BadKey, match="contains itself"):
            digest(data)
    twice = [1]
    assert digest([twice, twice]) == digest([[1], [1]])


def test_pairs_of_surrogates_are_not_taken_for_a_character() -> None:
    """JSON writes both alike; a key does not."""
    assert digest("\ud83d\ude00") != digest("\U0001f600")
    assert digest({"\ud83d\ude00": 1}) != digest({"\U0001f600": 1})
    assert hashlib.sha256(json.dumps("\U0001f600").encode()).hexdigest().startswith(digest("\U0001f600"))


def test_the_limit_on_digits_makes_no_difference() -> None:
    """An integer has one key, whatever the interpreter allows it to be printed with."""
    number, limit = 10**2000, sys.get_int_max_str_digits()
    made = set()
    try:
        for digits in (640, 4300, 0):
            sys.set_int_max_str_digits(digits)
            made.add((digest([number]), digest({number: number}), digest(range(number))))
    finally:
        sys.set_int_max_str_digits(limit)
    assert len(made) == 1


@pytest.mark.parametrize("part", ["", "a:b", None, 2])
def test_kind_and_version_are_text_without_a_colon(part: Any) -> None:
    """Else two keys could meet."""
    for kind, version in ((part, "v1"), ("kind", part)):
        with pytest.raises(BadKey):
            cache_key(kind, version, {})


@pytest.mark.parametrize("length", [0, 15, 65, -16])
def test_a_digest_has_16_to_64_digits(length: int) -> None:
    """The recipe's 16 are the fewest, SHA-256's 64 the most."""
    assert cache_key("catalog", "v2", {}, 16) == f"catalog:v2:{digest({}, 64)[:16]}"
    with pytest.raises(BadSetting, match=str(length)):
        digest({}, length)
