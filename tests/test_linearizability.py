"""The judge of concurrent histories: it agrees with trying all orders, and what it shows of a history is a proof."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from conformance.linearizability import Operation, refuted
from conformance.reduction import smallest

Drawn = tuple[str, int, int, int]

ANSWERS = {"get": (None, 1, 2), "delete": (True, False), "__contains__": (True, False)}
drawn = st.tuples(st.sampled_from(["get", "set", "delete", "__contains__", "clear"]), *[st.integers(0, 7)] * 3)


def operation(one: Drawn) -> Operation:
    """A call with some answer, begun and ended at some time."""
    name, pick, began, length = one
    value = 1 + pick % 2 if name == "set" else None
    answers = ANSWERS.get(name, (None,))
    return Operation(name, "a", value, answers[pick % len(answers)], began, began + 1 + length / 2)


def explained(order: tuple[Operation, ...], held: int | None = None) -> bool:
    """Whether a plain variable that held ``held`` gives these answers in this order."""
    for each in order:
        seen = {"get": held, "delete": held is not None, "__contains__": held is not None}.get(each.name)
        if seen != each.answer:
            return False
        held = held if each.name in ("get", "__contains__") else each.value
    return True


def in_time(order: tuple[Operation, ...]) -> bool:
    return all(late.ended >= early.began for at, early in enumerate(order) for late in order[at + 1 :])


def explicable(operations: list[Operation]) -> bool:
    return any(in_time(order) and explained(order) for order in permutations(operations))


@given(st.lists(drawn.map(operation), max_size=6))
def test_it_agrees_with_trying_all_orders(operations: list[Operation]) -> None:
    """Of some overlapping calls, some order explains the answers, or none does."""
    assert (refuted(operations) is None) == explicable(operations)


@given(st.lists(drawn.map(operation), max_size=6))
def test_what_it_shows_contradicts_itself(operations: list[Operation]) -> None:
    """A right history has nothing to show; of a wrong one, what is shown is wrong alone, and all of it is needed."""
    shown = smallest(operations)
    if explicable(operations):
        assert shown == []
    else:
        assert refuted(shown)
        assert {replace(each, ended=inf) for each in shown} <= {replace(each, ended=inf) for each in operations}


@given(st.data())
def test_a_right_cache_is_not_accused(data: st.DataObject) -> None:
    """Calls that act one after another, each at a moment between its begin and its end, are explained."""
    held, operations = None, []
    for moment, (name, pick, before, after) in enumerate(data.draw(st.lists(drawn, max_size=12))):
        value = moment + 1 if name == "set" else None
        answer = {"get": held, "delete": held is not None, "__contains__": held is not None}.get(name)
        operations.append(Operation(name, "a", value, answer, moment - before, moment + after + pick / 8))
        held = held if name in ("get", "__contains__") else value
    assert refuted(operations) is None


def test_an_entry_that_comes_back_is_shown_with_where_it_was_gone() -> None:
    """Of a long history, the calls that matter."""
    calls = [("set", 1, None), ("get", None, 1), ("delete", None, True), ("get", None, None), ("get", None, 1)]
    history = [
        Operation(name, "a", value, answer, 2 * at, 2 * at + 1) for at, (name, value, answer) in enumerate(calls)
    ]
    assert [each.name for each in smallest(history)] == ["set", "get", "get"]


def test_a_late_result_may_not_be_stored_and_an_early_one_must_be() -> None:
    """A compute that was overtaken leaves nothing; one that nothing disturbed is there."""
    look, land = Operation("look", "a", 1, None, 0, 1), Operation("land", "a", 1, None, 4, 5)
    hit, miss = Operation("get", "a", None, 1, 6, 7), Operation("get", "a", None, None, 6, 7)
    delete = Operation("delete", "a", None, False, 2, 3)
    assert smallest([look, land, hit]) == []
    assert smallest([look, delete, land, miss]) == []
    assert smallest([look, land, miss]) != []
    assert smallest([look, delete, land, hit]) != []


def test_two_computes_of_a_key_at_once_are_one_too_many() -> None:
    """Unless the first was overtaken."""
    first = [Operation("look", "a", 1, None, 0, 1), Operation("land", "a", 1, None, 6, 7)]
    second = [Operation("look", "a", 2, None, 4, 5), Operation("land", "a", 2, None, 8, 9)]
    assert smallest([*first, *second]) != []
    assert smallest([*first, Operation("delete", "a", None, False, 2, 3), *second]) == []


def test_what_is_evicted_stays_gone() -> None:
    """A miss may be an eviction; a hit after it needs a set."""
    calls = [("set", 1, None), ("get", None, None), ("get", None, 1)]
    history = [
        Operation(name, "a", value, answer, 2 * at, 2 * at + 1) for at, (name, value, answer) in enumerate(calls)
    ]
    assert smallest(history[:2], evicts=True) == []
    assert smallest(history, evicts=True) != []
