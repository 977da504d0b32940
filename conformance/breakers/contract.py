"""The contract of a circuit breaker: what a subject is, and which capabilities it may declare.

A subject is a class, found by its shape: ``call(fn)``, ``state`` and ``reset()``, made with ``failure_threshold``
and ``recovery_time``. ``state`` is ``"closed"``, ``"open"`` or ``"half-open"``. A call that it refuses raises anything
but an error of ``fn``, and never calls ``fn``. What else it offers it says in a dict called ``declares``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from ..contract import ContractError, Need, needed_by, set_by_init

METHODS = ("call", "state", "reset")


@dataclass(frozen=True)
class BreakerCapabilities:
    """What a breaker offers beyond that. Each default is the weakest value.

    - ``clock: injected``: the constructor takes ``clock``, a callable in seconds that never steps back
    - ``ignored``: it takes ``ignored``, a tuple of exception types that are no failures
    - ``probes``: it takes ``probes``, how many calls are let through at once while half-open (otherwise one)
    - ``successes``: it takes ``successes``, how many of them have to succeed to close it (otherwise one)
    - ``probe_limit``: it takes ``probe_limit``, the seconds after which a probe gives its permit back
    - ``retry_after``: what a refused call raises has ``retry_after``, the seconds until one may be admitted
    - ``listeners``: has ``subscribe(listener)``, called with events whose ``before`` and ``after`` are states
    - ``admin``: has ``force_open()`` and ``disable()``, undone by ``reset()``; states ``forced-open`` and ``disabled``
    """

    clock: Literal["system", "injected"] = "system"
    ignored: Literal["none", "yes"] = "none"
    probes: Literal["none", "yes"] = "none"
    successes: Literal["none", "yes"] = "none"
    probe_limit: Literal["none", "yes"] = "none"
    retry_after: Literal["none", "yes"] = "none"
    listeners: Literal["none", "yes"] = "none"
    admin: Literal["none", "yes"] = "none"


#: Capability -> its values, weakest first.
VALUES: dict[str, tuple[str, ...]] = {
    name: get_args(hint) for name, hint in get_type_hints(BreakerCapabilities).items()
}


def breaker_capabilities(subject: type) -> BreakerCapabilities:
    """What ``subject`` declares, checked.

    Raises:
        ContractError: a method is missing, or a capability or one of its values is unknown.
    """
    path = f"{subject.__module__}:{subject.__qualname__}"
    missing = [name for name in METHODS if not hasattr(subject, name) and name not in set_by_init(subject)]
    if missing:
        raise ContractError(f"{path} is no breaker: it lacks {', '.join(missing)}; every one has {', '.join(METHODS)}")
    declares = getattr(subject, "declares", {})
    if not isinstance(declares, Mapping):
        raise ContractError(f"{path}.declares is {declares!r}; it is a dict, such as {{'probes': 'yes'}}")
    for name, value in declares.items():
        if name not in VALUES:
            raise ContractError(f"{path} declares {name!r}, no capability of a breaker; known: {', '.join(VALUES)}")
        if value not in VALUES[name]:
            raise ContractError(f"{path} declares {name}={value!r}; known: {', '.join(VALUES[name])}")
    return BreakerCapabilities(**declares)


def needs_breaker(*methods: str, **values: str) -> Callable[[Any], Any]:
    """Mark a test with what it needs of a breaker: optional methods by name, capabilities by their value."""
    unknown = [f"{name}={value!r}" for name, value in values.items() if value not in VALUES.get(name, ())]
    if unknown:
        raise ContractError(f"no breaker declares {', '.join(unknown)}; known: {VALUES}")

    def decorate(function: Any) -> Any:
        need = Need({name: (value,) for name, value in values.items()}, methods)
        function._cacheproof_needs = (*needed_by(function), need)  # noqa: SLF001  # as ``contract.needs`` marks them
        return function

    return decorate
