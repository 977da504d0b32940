"""A decorator that keeps what a function or coroutine function returns."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import uuid4

from .basics import checked_ttl
from .errors import BadSetting
from .keys import cache_key

P = ParamSpec("P")
R = TypeVar("R")


class _Computing(Protocol):
    """Any of this package's caches."""

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any: ...


def cached(
    cache: _Computing, *, ttl: float | None = None, key: Callable[..., Any] | None = None, version: str = "v1"
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answer calls from ``cache``: whatever was returned is kept for ``ttl`` seconds, None too, exceptions are not.

    Calls that mean the same meet: ``f(1)``, ``f(a=1)`` and, where 1 is the default, ``f()``. The key is made of
    the function's module and name, ``version``, and the digest of all arguments, ``self`` included; change
    ``version`` when the function returns something else than before. A function made inside another, or a
    lambda, may be one of many with that name: its keys are its own, and other processes do not find them.
    ``key`` makes the key instead, out of the same arguments as the call.

    The decorated function has ``cache_key(*args, **kwargs)``, the key of that call, to delete its entry by.
    A coroutine function needs a cache with ``aget_or_set``.

    Raises:
        BadSetting: ``cache`` is none; the function is a generator, or a coroutine function that ``cache`` cannot await.
        BadKey: an argument has no canonical form, such as most objects for ``self``; ``key`` helps. When called.
    """
    checked_ttl(ttl)
    if not hasattr(cache, "get_or_set"):
        raise BadSetting(f"cache is of type {type(cache).__name__}; it is a cache, as in @cached(MemoryCache())")

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        key_of = key or _key_maker(function, version)
        wrapper = _wrapper(cache, function, key_of, ttl)
        wrapper.cache_key = key_of  # type: ignore[attr-defined]  # functions have attributes, their types do not
        return wrapper

    return decorate


def _wrapper(cache: Any, function: Callable[P, Any], key_of: Callable[..., Any], ttl: float | None) -> Callable[P, Any]:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise BadSetting(
            f"{_name(function)} is a generator, which can be read once; cache a function that returns a list"
        )
    if not (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)):

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            return cache.get_or_set(key_of(*args, **kwargs), lambda: function(*args, **kwargs), ttl)

        return call
    if not hasattr(cache, "aget_or_set"):
        raise BadSetting(f"{_name(function)} is a coroutine function, and {type(cache).__name__} has no aget_or_set")

    @functools.wraps(function)
    async def acall(*args: P.args, **kwargs: P.kwargs) -> Any:
        return await cache.aget_or_set(key_of(*args, **kwargs), lambda: function(*args, **kwargs), ttl)

    return acall


def _key_maker(function: Callable[..., Any], version: str) -> Callable[..., str]:
    signature = inspect.signature(function)
    rest = next((name for name, each in signature.parameters.items() if each.kind is each.VAR_POSITIONAL), None)
    kind, identity = _name(function).rpartition(".")[2], _identity(function)
    cache_key(kind, version, identity)  # a wrong version is refused here and not at the first call

    def key_of(*args: Any, **kwargs: Any) -> str:
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        if rest:
            call.arguments[rest] = list(call.arguments[rest])  # as plain as its elements
        return cache_key(kind, version, {"": identity, **call.arguments})

    return key_of


def _identity(function: Callable[..., Any]) -> list[str]:
    """What tells ``function`` from every other, in other programs too."""
    module, name = str(getattr(function, "__module__", None)), _name(function)
    if "<" in name:
        return [module, name, uuid4().hex]
    if module == "__main__":
        module = inspect.getfile(function)  # each program has a __main__ of its own
    return [module, name]


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", f"<{type(function).__name__}>")
