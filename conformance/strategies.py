"""What tests draw: keys and values that caches have tripped over, and plain ones for tests about something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial, wraps
from itertools import product
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from .factory import NewCache
from .judged import Judged

#: What a cache may hold in a test about something else than its entries.
HELD: tuple[dict[str, int], ...] = ({}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3, "d": 4})

#: Texts that some cache somewhere could not tell apart.
PAIRS = (
    ("", " "),
    ("a", "A"),
    ("a", " a"),
    ("a", "a "),
    ("a", "a\n"),
    ("a", "a\x00"),
    ("a\x00b", "a\x00c"),
    ("\u00e9", "e\u0301"),
    ("\u212b", "\u00c5"),
    ("\ufb01", "fi"),
    ("\u00df", "ss"),
    ("a:b", "a_b"),
    ("a/b", "a_b"),
    ("a b", "a_b"),
    ("1", "01"),
    ("1", "1.0"),
    ("a*", "ab"),
    ("%61", "a"),
    ("\u00e9", "\u00c3\u00a9"),
    ("k" * 250 + "1", "k" * 250 + "2"),
    ("k" * 1000 + "1", "k" * 1000 + "2"),
)

#: Texts that some cache somewhere refused as a key, cut short, or made something else of.
AWKWARD = (
    *dict.fromkeys(key for pair in PAIRS for key in pair),
    "[a]",
    "{a}",
    "../a",
    "/",
    ".",
    "None",
    "__proto__",
    "%s{}",
    "\r\nflush_all\r\n",
    "\U0001f600",
    "k" * 5000,
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

#: What JSON cannot say: it comes back equal and of its type, or is refused.
beyond_json = (
    st.binary(max_size=20)
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

any_values = json_values | beyond_json

#: The values that a careless cache takes for an absence. They have promises of their own; other tests keep away.
FALSY: tuple[Any, ...] = (None, False, 0, 0.0, "", [], {})
truthy_json = json_values.map(lambda value: value or "value")

_QUICK_UNIT = 0.0128  # seconds of waiting at which a profile's whole number of examples is drawn
_LONG = 3600.0  # seconds
_FEWEST = 2  # the first example is the simplest: of a history, the empty one

Test = TypeVar("Test", bound=Callable[..., Any])


def with_each(**domains: Iterable[Any]) -> Callable[[Test], Test]:
    """Run a test with all combinations of some values, the smallest first: where they are few, luck has no say."""
    combinations = [dict(zip(domains, values, strict=True)) for values in product(*domains.values())]

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run(new_cache: Any) -> None:
            for values in combinations:
                try:
                    test(new_cache, **values)
                except Exception as error:
                    error.add_note(f"with {values}")
                    raise

        del run.__wrapped__  # pytest would ask for fixtures of those names
        return run  # type: ignore[return-value]

    return decorate


def timed_too(test: Test) -> Test:
    """Run a test again where entries can expire, and will, long after it: many a cache goes other ways for these."""

    @wraps(test)
    def run(new_cache: NewCache) -> None:
        test(new_cache)
        if new_cache.capabilities.ttl != "none":
            test(partial(new_cache, ttl=_LONG))

    del run.__wrapped__
    return run  # type: ignore[return-value]


def over_time(**strategies: st.SearchStrategy[Any]) -> Callable[[Test], Test]:
    """``given`` for a test that lets time pass: with fewer examples, and no shrinking, where it must be waited for."""

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run(new_cache: NewCache) -> None:
            settings(**_patience(new_cache))(given(**strategies)(test))(new_cache)

        del run.__wrapped__  # pytest would ask for fixtures of those names
        return run  # type: ignore[return-value]

    return decorate


def _patience(new_cache: NewCache) -> dict[str, Any]:
    usual = settings()
    if not new_cache.waits:
        return {}
    share = min(1.0, _QUICK_UNIT / new_cache.unit)
    examples = max(_FEWEST, int(usual.max_examples * share))
    return {"max_examples": examples, "phases": [each for each in usual.phases if each is not Phase.shrink]}


def examples(*values: Any) -> Callable[[Test], Test]:
    """Run a test of one drawn argument on each of ``values``, whatever else is drawn."""

    def decorate(test: Test) -> Test:
        for value in reversed(values):
            test = example(value)(test)
        return test

    return decorate


def filled(new_cache: NewCache, held: dict[str, int]) -> Judged:
    """A cache that holds just this."""
    cache = new_cache()
    for key, value in held.items():
        cache.set(key, value)
    return cache


def refused(operation: Callable[[], Any]) -> bool:
    """Whether ``operation`` raises: which error it is, is the subject's choice."""
    try:
        operation()
    except Exception:  # noqa: BLE001 - any refusal will do
        return True
    return False


def not_offered(operation: Callable[[], Any], declaration: str) -> None:
    """``operation`` raises, as what is not there does."""
    try:
        operation()
    except (AttributeError, TypeError, NotImplementedError):
        return
    raise AssertionError(f"it is there, and not declared: with {declaration} it is judged")


def with_ttl(operation: Callable[..., Any], *args: Any, ttl: float) -> None:
    """Call ``operation``, which need not take a ttl: ``ttl: per-entry`` is about ``set``."""
    try:
        operation(*args, ttl=ttl)
    except TypeError as error:
        if "'ttl'" in str(error):
            raise NotImplementedError(str(error)) from error
        raise


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
