"""Many callers of one cache at once, each with a program of its own, and the history of what they did and saw."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

from .linearizability import Operation

SAFETY = 60.0  # seconds until callers that ought to end are given up on
KEYS = "ab"
COMPUTING = ("get_or_set",) * 4 + ("delete",) * 3 + ("get", "set")  # where computes meet most
ODDS = 1 / 8  # that others go first
now = time.perf_counter_ns  # one clock for all threads and processes of a machine, finer than any operation


class Planned(NamedTuple):
    """One call to come: the method, its key, and what it writes."""

    name: str
    key: str
    value: int

    @property
    def arguments(self) -> str:
        """What the method is given, as Python."""
        shown = {
            "set": f"{self.key!r}, {self.value}",
            "get_many": f"[{self.key!r}]",
            "set_many": f"{{{self.key!r}: {self.value}}}",
            "delete_many": f"[{self.key!r}]",
            "clear": "",
            "get_or_set": f"{self.key!r}, lambda: {self.value}",
        }
        return shown.get(self.name, repr(self.key))

    def __str__(self) -> str:
        return f"{self.name}({self.arguments})"


def programs(
    seed: int, callers: int, length: int, drawn: Sequence[str] = (), always: Sequence[str] = ("get", "set")
) -> list[list[Planned]]:
    """What each caller is to do; no value is written twice, and none is falsy.

    Not all of ``drawn`` take part in every history, nor every key: so more of them meet.
    """
    draw = random.Random(seed)
    chosen = [*always, *draw.sample(drawn, draw.randint(1, 3) if drawn else 0)]
    keys = KEYS[: draw.randint(1, len(KEYS))]
    return [
        [
            Planned(draw.choice(chosen), draw.choice(keys), 1 + caller + callers * (number + length * seed))
            for number in range(length)
        ]
        for caller in range(callers)
    ]


class Caller:
    """Carries out one program; ``history`` is what came of it, and ``error`` what ended it early.

    The call ``under_way`` was ``asked`` and ``failed`` at those moments.
    """

    def __init__(self, subject: Any, program: Sequence[Planned], by: str) -> None:
        self.history: list[Operation] = []
        self.error: BaseException | None = None
        self.under_way: Planned | None = None
        self.asked = self.failed = 0
        self.by = by
        self._subject, self._program = subject, program

    def run(self, start: Callable[[], object]) -> None:
        """Carry it out, once ``start()`` returns."""
        try:
            start()
            for planned in self._program:
                self.under_way, self.asked = planned, now()
                getattr(self, f"_{planned.name.strip('_')}")(planned.key, planned.value)
            self.under_way = None
        except BaseException as error:  # noqa: BLE001 - whatever it is, it reached a caller
            self.error, self.failed = error, now()

    def _note(self, name: str, key: str, value: Any, operate: Callable[[], Any]) -> None:
        began = now()
        answer = operate()
        self.history.append(Operation(name, key, value, answer, began, now(), self.by))

    def _get(self, key: str, _value: int) -> None:
        self._note("get", key, None, lambda: self._subject.get(key))

    def _set(self, key: str, value: int) -> None:
        self._note("set", key, value, lambda: self._subject.set(key, value))

    def _delete(self, key: str, _value: int) -> None:
        self._note("delete", key, None, lambda: self._subject.delete(key))

    def _contains(self, key: str, _value: int) -> None:
        self._note("__contains__", key, None, lambda: self._subject.__contains__(key))

    def _get_many(self, key: str, _value: int) -> None:
        self._note("get", key, None, lambda: self._subject.get_many([key]).get(key))

    def _set_many(self, key: str, value: int) -> None:
        self._note("set", key, value, lambda: self._subject.set_many({key: value}))

    def _delete_many(self, key: str, _value: int) -> None:
        self._note("delete", key, None, lambda: self._subject.delete_many([key]) == 1)

    def _clear(self, _key: str, _value: int) -> None:
        """For each key it is a delete that does not tell."""
        self._note("clear", "", None, self._subject.clear)
        *self.history, clear = self.history
        self.history += [Operation("clear", key, None, None, clear.began, clear.ended, self.by) for key in KEYS]

    def _get_or_set(self, key: str, value: int) -> None:
        marks: list[int] = []

        def compute() -> int:
            marks.append(now())
            time.sleep(1e-5)  # others come in
            marks.append(now())
            return value

        began = now()
        answer = self._subject.get_or_set(key, compute)
        ended = now()
        if marks:
            self.history.append(Operation("look", key, value, None, began, marks[0], self.by))
            self.history.append(Operation("land", key, value, None, marks[1], ended, self.by))
        if not marks or answer != value:
            self.history.append(Operation("get_or_set", key, None, answer, began, ended, self.by))


def at_once(callers: Sequence[Caller]) -> None:
    """Run each on a thread of its own, and let them come into each other wherever Python may switch."""
    start = threading.Barrier(len(callers))

    def begin() -> None:
        start.wait()
        sys.setprofile(Hesitant(threading.get_ident()))  # ends with the thread

    threads = [threading.Thread(target=each.run, args=(begin,), daemon=True) for each in callers]
    with _restless():
        for thread in threads:
            thread.start()
        for thread, caller in zip(threads, callers, strict=True):
            thread.join(SAFETY)
            if thread.is_alive():
                raise AssertionError(f"{caller.by}: {caller.under_way} has not ended after {SAFETY:g} s")


class Hesitant:
    """A profile function that lets others go first, at random, where a function begins or one in C returns.

    There Python looks whether it is to switch (``eval_breaker`` in CPython's ``ceval.c``): nothing is made to happen
    that could not happen by itself, once in a million calls.
    """

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event in ("call", "c_return") and self._draw() < ODDS and frame.f_code.co_filename != __file__:
            time.sleep(1e-6)


@contextmanager
def _restless() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
