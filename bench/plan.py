"""What a workload is: a function from data to a plan, marked with what its number relies on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from .data import ENTRIES, Data
from .loops import Loop

AWAITED = ("yes",)  # also by a subject that has each operation in both forms: get and aget
ROOMY = 4 * ENTRIES  # approximate eviction may begin before the capacity is reached


@dataclass(frozen=True)
class Plan:
    """One workload on one payload, ready to be timed."""

    loop: Loop
    arguments: Sequence[Any]  # one for each operation; begun again from the start when they run out
    stored: Sequence[tuple[str, Any]]  # set before the clock starts
    capacity: int = ROOMY  # in entries, of a subject that evicts
    present: Sequence[str] = ()  # keys that are there throughout
    absent: Sequence[str] = ()  # keys that never are


class Workload(Protocol):
    """One function in ``workloads``; its docstring says what it asks of a cache."""

    promises: tuple[str, ...]  # without which the number means nothing
    needs: Mapping[str, Sequence[str]]  # capability -> the values that will do
    every_payload: bool  # measured with each payload, not only the usual one
    wide: bool  # left out of the quick profile

    def __call__(self, data: Data) -> Plan: ...


def relies_on(*promises: str, **needs: Sequence[str]) -> Callable[[Callable[[Data], Plan]], Workload]:
    """Mark a workload with the promises it relies on, and with the capabilities it needs.

    Its loop calls plain methods, which those of an asynchronous subject are not, unless it says ``AWAITED``.
    """

    def decorate(function: Callable[[Data], Plan]) -> Workload:
        marks = {"every_payload": False, "wide": False} | vars(function)
        vars(function).update(marks, promises=promises, needs={"asynchronous": ("no",), **needs})
        return cast("Workload", function)

    return decorate


Marked = TypeVar("Marked", bound=Callable[..., Any])


def every_payload(function: Marked) -> Marked:
    """Mark a workload to be measured with each payload."""
    vars(function)["every_payload"] = True
    return function


def wide(function: Marked) -> Marked:
    """Mark a workload or a payload that is measured where there is time: not in the quick profile."""
    vars(function)["wide"] = True
    return function


def offered_by(capabilities: Any, needs: Mapping[str, Sequence[str]], subject: type | None = None) -> bool:
    """Whether a ``subject`` with these capabilities has what is needed."""
    both = subject is not None and hasattr(subject, "aget")
    return all(getattr(capabilities, name) in values or (values is AWAITED and both) for name, values in needs.items())


def describe(workload: Workload) -> dict[str, Any]:
    """What the result file says of a workload, whatever it costs."""
    about = (workload.__doc__ or "").partition("\n")[0]
    return {"about": about, "relies_on": list(workload.promises)}
