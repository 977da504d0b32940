"""What tests draw: keys, values and ttls that caches have tripped over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

SHORT = st.sampled_from("abcdef")

#: Text that some cache somewhere could not tell apart, cut short, or refused.
AWKWARD = (
    "",
    " ",
    " a",
    "a ",
    "a",
    "A",
    "a\n",
    "a\x00b",
    "a\x00",
    "\u00e9",
    "e\u0301",
    "\u212b",
    "a:b",
    "a*",
    "[a]",
    "{a}",
    "../a",
    "%61",
    "k" * 249,
    "k" * 250,
    "k" * 251,
    "k" * 1000 + "1",
    "k" * 1000 + "2",
    "\U0001f600",
)

keys = st.sampled_from(AWKWARD) | st.text(max_size=40)

_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from((0, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**40))
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
)

#: What JSON can say, so what every cache must keep.
json_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

_hashable = _scalars | st.binary(max_size=20) | st.tuples(st.integers(), st.text(max_size=4))

#: JSON and beyond: each comes back equal and of its type, or is refused.
any_values = (
    json_values
    | st.binary(max_size=20)
    | st.binary(max_size=20).map(bytearray)
    | st.tuples(_scalars, _scalars)
    | st.lists(st.tuples(_scalars), max_size=2)
    | st.frozensets(_hashable, max_size=3)
    | st.sets(_hashable, max_size=3)
    | st.dictionaries(_hashable, _scalars, max_size=3)
    | st.sampled_from(
        (
            complex(1, -2),
            Decimal("1.10"),
            date(2024, 2, 29),
            datetime(2024, 2, 29, 12, 30, 15, 999999),  # noqa: DTZ001 - one without a zone must keep having none
            datetime(2024, 2, 29, tzinfo=UTC),
            UUID(int=7),
            range(3),
            b"",
            (),
        )
    )
)

#: Values for promises about something else than what is taken for an absence: that has a promise of its own.
plain_values = json_values.map(lambda value: value or "value")
numbers = st.integers(1)

#: The stored values that a careless cache takes for an absence.
falsy: st.SearchStrategy[Any] = st.sampled_from((None, False, 0, 0.0, "", [], {}))


def same(left: Any, right: Any) -> bool:
    """Equal, with equal types all the way down: ``1``, ``1.0`` and ``True`` differ, as do ``0.0`` and ``-0.0``."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return (
            left.keys() == right.keys() and all(same(left[key], right[key]) for key in left) and _same_set(left, right)
        )
    if isinstance(left, (set, frozenset)):
        return bool(left == right) and _same_set(left, right)
    return repr(left) == repr(right)


def _same_set(left: Any, right: Any) -> bool:
    return sorted(map(repr, left)) == sorted(map(repr, right))
