"""The smallest part of a history of one key that no order explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from .linearizability import ANY, EMPTY, Operation, State, refuted

FLIGHT = ("look", "land")
WRITES = ("set", "delete", "clear")


def smallest(operations: Sequence[Operation], *, evicts: bool = False) -> list[Operation]:
    """What is left of ``operations`` when all is gone that the contradiction does without, oldest first.

    Nothing is left out that could explain an answer: what is left contradicts itself, whatever was before.
    """
    marked = _marked(operations)
    wrong = refuted(marked, evicts=evicts)
    if wrong is None:
        return []
    kept, initial = _from_where_it_matters(_until(marked, wrong), evicts=evicts)
    return _with_origins(_without_needless(kept, initial, evicts=evicts), marked)


def _marked(operations: Sequence[Operation]) -> list[Operation]:
    """With a mark on each compute during which its key was changed, or on another that met such a one."""
    spans = {each.value: (each.began, _landing(each, operations)) for each in operations if each.name == "look"}
    changes = [(each.began, each.ended) for each in operations if each.name in WRITES]
    disturbed: set[Any] = set()
    while met := {value for value in spans.keys() - disturbed if any(_meet(spans[value], each) for each in changes)}:
        disturbed |= met
        changes = [spans[value] for value in met]
    return [replace(each, disturbed=each.value in disturbed) if each.name in FLIGHT else each for each in operations]


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def lawful(kept: Sequence[Operation], *, evicts: bool = False) -> list[Any]:
    """What the last call of ``kept`` could have answered instead."""
    wrong = last(kept)
    if wrong.name not in ("get", "get_or_set", "delete", "__contains__"):
        return []
    written = [each.value for each in kept if each.value is not None]
    answers = [True, False] if wrong.name in ("delete", "__contains__") else [None, *written]
    initial = State(ANY) if refuted(kept, evicts=evicts, initial=State(ANY)) else EMPTY
    others = [each for each in kept if each is not wrong]
    return [
        each for each in answers if not refuted([*others, replace(wrong, answer=each)], evicts=evicts, initial=initial)
    ]


def last(kept: Sequence[Operation]) -> Operation:
    """The one that ended last; before that, some order explained them."""
    return max(kept, key=lambda each: (each.ended < inf, each.ended))


def _until(operations: Sequence[Operation], wrong: Operation) -> list[Operation]:
    begun = sorted((each for each in operations if each.began <= wrong.ended), key=lambda each: each.began)
    return [each if each.ended <= wrong.ended else replace(each, ended=inf) for each in begun]


def _from_where_it_matters(kept: list[Operation], *, evicts: bool) -> tuple[list[Operation], State]:
    """Without what had ended before some moment, whatever it may have left behind."""
    for moment in sorted({each.ended for each in kept if each.ended < inf}, reverse=True):
        later = list(_later(kept, moment))
        cut = any(each.name in FLIGHT and each.began <= moment < _landing(each, kept) for each in kept)
        if later and not cut and refuted(later, evicts=evicts, initial=State(ANY)):
            return later, State(ANY)
    return kept, EMPTY


def _later(kept: list[Operation], moment: float) -> Iterator[Operation]:
    """What may act after ``moment``; a read that began before it, and tells of who knows when, tells nothing."""
    for each in kept:
        if each.began > moment:
            yield each
        elif each.ended > moment and each.name in WRITES:
            yield replace(each, ended=inf)


def _landing(one: Operation, kept: Sequence[Operation]) -> float:
    return max(each.ended for each in kept if each is one or _of_one_compute(each, one))


def _without_needless(kept: list[Operation], initial: State, *, evicts: bool) -> list[Operation]:
    for each in kept:
        fewer = [other for other in kept if other is not each and not _of_one_compute(each, other)]
        if _explained_without(each, kept) and refuted(fewer, evicts=evicts, initial=initial):
            return _without_needless(fewer, initial, evicts=evicts)
    return kept


def _of_one_compute(one: Operation, other: Operation) -> bool:
    return {one.name, other.name} == {*FLIGHT} and one.value == other.value


def _explained_without(one: Operation, kept: list[Operation]) -> bool:
    """Whether any order that explains ``kept`` explains it without ``one``, too."""
    others = [each for each in kept if each is not one]
    read = one.value in {each.answer for each in others}
    present = any(each.name in ("delete", "__contains__") and each.answer for each in others)
    absent = any(each.answer is False or (each.name in ("get", "look") and each.answer is None) for each in others)
    return {
        "set": not (read or present),
        "look": not (read or present),
        "land": False,
        "clear": not absent,
        "delete": not (one.answer and absent),
    }.get(one.name, True)


def _with_origins(kept: list[Operation], operations: Sequence[Operation]) -> list[Operation]:
    """And with those that had written, long before, what was read: a reader of the history looks for them."""
    read = {each.answer for each in kept if each.name in ("get", "get_or_set")} - {each.value for each in kept}
    origins = [each for each in operations if each.name in ("set", *FLIGHT) and each.value in read - {None}]
    return sorted(origins + kept, key=lambda each: each.began)
