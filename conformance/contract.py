"""The contract: what a subject is, which capabilities it may declare, and what a test may ask of it.

A subject is a class with ``get``, ``set``, ``delete`` and ``clear``. Nothing here is imported to write
one: it is found by its shape, and says what else it offers in a dict called ``declares``. What it is known to break
stands in ``deviations``, from a promise (``"test_expiry.py::test_name"``) to the reason with its link; what it breaks
in some runs and keeps in others, in ``intermittent``.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from types import FunctionType
from typing import Any, Literal, Protocol, Self, get_args, get_type_hints, runtime_checkable

METHODS = ("get", "set", "delete", "clear")


@runtime_checkable
class Cache(Protocol):
    """What every subject has. An asynchronous subject has the same four as coroutine functions.

    It is made with keywords, by what it declares: ``capacity`` where it evicts, ``ttl`` where there is one (and
    without it, for entries that stay), ``location`` where its scope goes beyond the instance, ``clock``, a function
    that tells seconds, where that is injected. With ``ttl: per-entry`` it has ``set(key, value, ttl=None)``.

    It may have ``get_or_set(key, compute)``, ``get_many(keys)``, which answers a dict of the hits,
    ``set_many(mapping)`` and ``delete_many(keys)``; those that set may take a ttl, too. ``in``, ``len``, iteration
    and ``close`` are judged where they are there, and ``make_key(data)``, which makes a text of any data: a method of
    that name whose arguments are other ones is somebody else's. What optional methods a class answers for in
    ``__getattr__`` cannot be known of the class: define them there, to have them judged.

    Before anything is judged, one that needs no server is made and looked at: whether it can be made like that, and has
    the methods of what it declares.

    What the library cannot do at all raises ``NotImplementedError``: the promises that ask for it are not offered.
    """

    def get(self, key: Any, default: Any = None) -> Any: ...
    def set(self, key: Any, value: Any) -> Any: ...
    def delete(self, key: Any) -> bool: ...
    def clear(self) -> Any: ...


class Kinds(Protocol):
    """What is kept about tools, any of it: who has a kind's two methods is judged by what is promised of that kind.

    ``run_once`` raises where it cannot tell whether the task has run.
    """

    def get_catalog(self, source: Any, version: str, default: Any = None) -> Any: ...
    def set_catalog(self, source: Any, version: str, catalog: Any) -> Any: ...
    def get_tool(self, name: str, version: str, default: Any = None) -> Any: ...
    def set_tool(self, name: str, version: str, metadata: Any) -> Any: ...
    def get_search_results(self, query: Any, catalog_version: str, top_k: int, default: Any = None) -> Any: ...
    def set_search_results(self, query: Any, catalog_version: str, top_k: int, results: Any) -> Any: ...
    def get_embedding(self, content: Any, model: str, default: Any = None) -> Any: ...
    def set_embedding(self, content: Any, model: str, embedding: Any) -> Any: ...
    def invalidate_catalog(self, version: str) -> int: ...
    def invalidate_tool(self, name: str) -> int: ...
    def run_once(self, agent: str, template: str, arguments: Any, fn: Callable[[], Any]) -> Any: ...


class ContractError(ValueError):
    """A class that is no subject, or a declaration with an unknown name or value."""


@dataclass(frozen=True)
class Capabilities:
    """What a subject offers beyond the four methods. Each default is the weakest value."""

    ttl: Literal["none", "fixed", "per-entry"] = "none"
    ttl_zero: Literal["rejected", "expired", "forever"] = "rejected"
    granularity: float = 0.001  # seconds for which an entry may still be seen after its ttl; 0: at that moment no more
    clock: Literal["system", "injected"] = "system"
    eviction: Literal["none", "approximate", "fifo", "lru"] = "none"
    keys: Literal["text", "hashable"] = "text"
    values: Literal["shared", "copied"] = "shared"
    types: Literal["json", "any"] = "json"
    scope: Literal["instance", "host", "network"] = "instance"
    durable: Literal["no", "yes"] = "no"
    threads: Literal["unsafe", "safe"] = "unsafe"
    get_or_set: Literal["none", "plain", "single-flight"] = "none"
    flights: Literal["own", "shared"] = "own"  # of a single-flight: with whom; shared is with all who share the entries
    bulk: Literal["none", "plain", "yes"] = "none"  # plain is a loop of singles; yes also counts, and is all or nothing
    stats: Literal["none", "yes"] = "none"
    failover: Literal["none", "yes"] = "none"
    stale: Literal["none", "capped"] = "none"  # kinds of entries while the server is gone: up to the age each can bear
    deadline: Literal["none", "yes"] = "none"  # every operation ends, whatever the server does
    integrity: Literal["none", "checked"] = "none"  # what was damaged or planted where entries are kept is a miss
    access: Literal["open", "owner"] = "open"  # who can open the files: whoever the umask lets, or their owner alone
    secrets: Literal["none", "kept"] = "none"  # a password of the location is shown nowhere, and certificates checked
    asynchronous: Literal["no", "yes"] = "no"


#: Capability -> its values, weakest first; ``granularity`` is a number and not in here.
VALUES: dict[str, tuple[str, ...]] = {
    name: get_args(hint) for name, hint in get_type_hints(Capabilities).items() if get_args(hint)
}


def capabilities(subject: type) -> Capabilities:
    """What ``subject`` declares, checked.

    Raises:
        ContractError: a method is missing, or a capability or one of its values is unknown.
    """
    missing = [name for name in METHODS if not (_has_method(subject, name) or hasattr(subject, "__getattr__"))]
    if missing:
        raise ContractError(
            f"{_path(subject)} is no subject: it lacks {', '.join(missing)}; every one has {', '.join(METHODS)}"
        )
    declares = getattr(subject, "declares", {})
    if not isinstance(declares, Mapping):
        raise ContractError(
            f"{_path(subject)}.declares is {declares!r}; it is a dict of capabilities, such as {{'ttl': 'fixed'}}"
        )
    for name, value in declares.items():
        _check(subject, name, value)
    return Capabilities(**declares)


def _has_method(subject: type, name: str) -> bool:
    """A subject may also set its methods on the instance, in ``__init__``: seen in the names its code uses."""
    method = getattr(subject, name, None)
    if name == "make_key" and callable(method):
        return _takes_data(method)
    return callable(method) or name in set_by_init(subject)


def _takes_data(method: Callable[..., Any]) -> bool:
    """Other libraries' ``make_key`` makes a key of a key and a version, or of a function and its arguments."""
    try:
        return "data" in inspect.signature(method).parameters
    except ValueError:  # written in C, and says nothing of its arguments
        return True


def set_by_init(subject: type) -> set[str]:
    """The attributes that the constructor gives each instance."""
    inits = [vars(base).get("__init__") for base in subject.__mro__]
    code = [init.__code__ for init in inits if isinstance(init, FunctionType)]
    return {str(step.argval) for each in code for step in dis.get_instructions(each) if step.opname == "STORE_ATTR"}


def _check(subject: type, name: str, value: Any) -> None:
    known = [each.name for each in fields(Capabilities)]
    if name not in known:
        raise ContractError(f"{_path(subject)} declares {name!r}, no capability; known: {', '.join(known)}")
    if name == "granularity":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
            raise ContractError(
                f"{_path(subject)} declares granularity {value!r}; it is a number of seconds, 0 or more"
            )
    elif value not in VALUES[name]:
        raise ContractError(f"{_path(subject)} declares {name}={value!r}; known: {', '.join(VALUES[name])}")


def _path(subject: type) -> str:
    return f"{subject.__module__}:{subject.__qualname__}"


class Location(str):  # noqa: SLOT000 - it has attributes of its own
    """Where a subject with a ``scope`` beyond the instance keeps its entries.

    As text it is a directory of its own (``scope: host``) or the URL of the server (``scope: network``,
    empty for a server that lives inside this process and has none). ``namespace`` is a key prefix that
    nobody else uses; a subject on a server puts it before every key. ``connect(**options)`` returns a
    new redis-py client of that server.
    """

    namespace: str
    connect: Callable[..., Any]

    def __new__(cls, place: str, namespace: str = "", connect: Callable[..., Any] | None = None) -> Self:
        self = super().__new__(cls, place)
        self.namespace = namespace
        self.connect = connect or self._no_server
        return self

    def _no_server(self, **_options: Any) -> Any:
        raise TypeError(f"{str(self)!r} is no server that redis-py could connect to")


@dataclass(frozen=True)
class Need:
    """What a promise asks of a subject before it can be judged by it."""

    accepted: Mapping[str, Collection[str]] = field(default_factory=dict)
    methods: tuple[str, ...] = ()

    def met_by(self, subject: type, offered: Capabilities) -> bool:
        """Whether ``subject``, which declares ``offered``, can be asked for this promise."""
        return all(getattr(offered, name) in values for name, values in self.accepted.items()) and all(
            _has_method(subject, name) for name in self.methods
        )


def needs(*methods: str, **least: str | Collection[str]) -> Callable[[Any], Any]:
    """Mark a test with what it needs: optional methods by name, capabilities by their least value.

    ``needs("__len__", ttl="fixed")`` asks for ``len()`` and for ``ttl`` of ``fixed`` or stronger;
    a collection instead of a string lists the values that will do.
    """
    return _mark(Need({name: _at_least(name, value) for name, value in least.items()}, methods))


def absent(*names: str) -> Callable[[Any], Any]:
    """Mark a test that asserts the refusal of what a subject does not offer."""
    return _mark(Need({name: (VALUES[name][0],) for name in names}))


def needed_by(function: Any) -> tuple[Need, ...]:
    """The needs of a test function, as ``needs`` and ``absent`` left them."""
    return tuple(getattr(function, "_cacheproof_needs", ()))


def _at_least(name: str, value: str | Collection[str]) -> tuple[str, ...]:
    values = VALUES[name]
    return values[values.index(value) :] if isinstance(value, str) else tuple(value)


def _mark(need: Need) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        vars(function)["_cacheproof_needs"] = (*needed_by(function), need)
        return function

    return decorate
