"""Whether what many callers saw at once is what one after another could have seen, in some order. Key by key.

The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993) as Lowe made it quick ("Testing for
Linearizability", 2017): it goes along the history, keeps every state that some order leads to, each once, and lets an
operation take effect only when its answer is due. With a handful of callers a key costs next to nothing. That keys are
judged apart is exact (Herlihy and Wing, 1990): an order for each gives an order for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Operation:
    """One call on one key: ``value`` is what it writes, ``answer`` what it read (None: no entry) or found there.

    ``began`` and ``ended`` are readings of one clock; one that has not ended may have taken effect or not. A
    ``get_or_set`` that computed is two: ``look``, which found nothing, and ``land``, which stores unless overtaken.
    ``disturbed`` is one during which its key was changed, or that met another such: it need not be stored, whether
    it was overtaken or not.
    """

    name: str
    key: str
    value: Any
    answer: Any
    began: float
    ended: float
    by: str = ""
    disturbed: bool = False


class Flight(NamedTuple):
    """A compute under way: what it will answer, whether that may be stored, and whether it must be."""

    value: Any
    may: bool
    must: bool


class State(NamedTuple):
    """What one key holds (None: nothing), and the computes under way for it."""

    value: Any = None
    flights: frozenset[Flight] = frozenset()


class _Any:
    """The value of a key of which the past is not known."""


ANY: Any = _Any()
EMPTY = State()


def refuted(operations: Sequence[Operation], *, evicts: bool = False, initial: State = EMPTY) -> Operation | None:
    """The first operation on one key whose answer no order explains; None where some order explains them all.

    ``evicts`` says that an entry may be gone at any time.
    """
    known = {(initial, frozenset[int]())}
    under_way: set[int] = set()
    for number, ends in _events(operations):
        if not ends:
            under_way.add(number)
            continue
        known = _answered(number, known, {each: operations[each] for each in under_way}, evicts=evicts)
        under_way.remove(number)
        if not known:
            return operations[number]
    return None


def _events(operations: Sequence[Operation]) -> Iterator[tuple[int, bool]]:
    """Number of an operation, and whether it ends here. What bears the same time overlaps."""
    begins = [(each.began, False, number) for number, each in enumerate(operations)]
    ends = [(each.ended, True, number) for number, each in enumerate(operations) if each.ended < inf]
    return ((number, ended) for _, ended, number in sorted(begins + ends))


def _answered(
    number: int,
    known: set[tuple[State, frozenset[int]]],
    under_way: dict[int, Operation],
    *,
    evicts: bool,
) -> set[tuple[State, frozenset[int]]]:
    """Every state in which operation ``number`` has taken effect, with the others under way that have, too."""
    reached, ahead = set(known), list(known)
    answered = set()
    while ahead:
        state, done = ahead.pop()
        if number in done:
            answered.add((state, done - {number}))
            continue
        for each in under_way.keys() - done:
            for after in _after(under_way[each], state, evicts=evicts):
                found = (after, done | {each})
                if found not in reached:
                    reached.add(found)
                    ahead.append(found)
    return answered


def _after(operation: Operation, state: State, *, evicts: bool) -> Iterable[State]:
    """The states that ``operation`` may leave behind, with the answer that it gave; none where it cannot have."""
    if operation.name in ("set", "clear"):
        return (State(operation.value, _overtaken(state)),)
    if operation.name == "delete":
        before = _found(state, operation.answer, evicts=evicts)
        return [State(None, _overtaken(each)) for each in before]
    if operation.name == "__contains__":
        return _found(state, operation.answer, evicts=evicts)
    if operation.name == "look":
        return _taken_off(operation, state, evicts=evicts)
    return _landed(operation, state) if operation.name == "land" else _read(operation, state, evicts=evicts)


def _found(state: State, answer: Any, *, evicts: bool) -> Iterable[State]:
    """``state`` as whoever was told that there is an entry, or none, has found it."""
    return (state,) * (state.value is not None) if answer else _without(state, evicts=evicts)


def _without(state: State, *, evicts: bool) -> Iterable[State]:
    """``state`` without an entry, where that may be."""
    return (state._replace(value=None),) if evicts or state.value in (None, ANY) else ()


def _overtaken(state: State) -> frozenset[Flight]:
    return frozenset(Flight(each.value, may=False, must=False) for each in state.flights)


def _taken_off(operation: Operation, state: State, *, evicts: bool) -> Iterable[State]:
    """One compute at a time, but for those that were overtaken."""
    if any(each.must for each in state.flights):
        return ()
    flight = Flight(operation.value, may=True, must=not operation.disturbed)
    return [State(None, each.flights | {flight}) for each in _without(state, evicts=evicts)]


def _landed(operation: Operation, state: State) -> Iterable[State]:
    for flight in state.flights:
        if flight.value == operation.value:
            if flight.may:
                yield State(flight.value, state.flights - {flight})
            if not flight.must:
                yield State(state.value, state.flights - {flight})


def _read(operation: Operation, state: State, *, evicts: bool) -> Iterable[State]:
    if operation.answer is None:
        return _without(state, evicts=evicts) if operation.name == "get" else ()
    if state.value in (operation.answer, ANY):
        return (state._replace(value=operation.answer),)
    awaited = operation.name == "get_or_set" and operation.answer in {each.value for each in state.flights}
    return (state,) if awaited else ()
