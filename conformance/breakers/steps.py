"""The steps of a breaker's history as lines of a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ..history import Step
from ..script.inlining import Instance
from ..script.replica import remark

_MANY = 4  # of the same, in a row, are a loop


class Steps:
    """What a script does with its ``breaker``, step by step; ``waits``: time is slept through."""

    def __init__(self, breaker: Instance, *, waits: bool) -> None:
        self._breaker, self._waits = breaker, waits
        self._listeners: dict[str, str] = {}  # what they do, and their names
        self._begun: set[str] = set()
        self._started = 0

    def lines(self, steps: Sequence[Step]) -> Iterator[str]:
        """With the answers of the run beside them."""
        said = [(self._code(step, steps[place + 1 :]), remark(step.answer)) for place, step in enumerate(steps)]
        for code, those in groupby(said, lambda each: each[0]):
            answers = [answer for _, answer in those]
            if "print" in code and len(answers) >= _MANY:
                yield f"for _ in range({len(answers)}): {code}  # {_all(answers)}"
            else:
                yield from (line for each in answers for line in _noted(code, each))

    def _code(self, step: Step, later: Sequence[Step]) -> str:
        """What is printed is what it answers."""
        silent: dict[str, Callable[[str], str]] = {
            "advance": lambda seconds: f"time.sleep({seconds})" if self._waits else f"now += {seconds}",
            "wall_clock": lambda seconds: f"ahead = {seconds}",
            "aside": lambda code: code,
            "meet": lambda threads: self._meeting(int(threads), later),
            "subscribe": self._subscribed,
            "start": self._thread,
            "join": lambda number: f"thread_{number}.join(5); print('hangs:', thread_{number}.is_alive())",
            "begin": self._beginning,
        }
        if step.name in silent:
            return silent[step.name](step.arguments)
        operation = self._asked(step.call)
        hangs = step.answer.startswith("Hung: ") and step.name != "end"
        return f"print('hangs:', start(lambda: {operation}).is_alive())" if hangs else f"print({operation})"

    def _thread(self, call: str) -> str:
        self._started += 1
        return f"thread_{self._started} = start(lambda: {self._asked(call)})"

    def _beginning(self, number: str) -> str:
        begun = "" if number in self._begun else f"call_{number} = begin(); "
        return f"{begun}print(entered(call_{number}))"

    def _asked(self, call: str) -> str:
        """What is asked of the breaker, or a function of the script about it, as an expression."""
        name, _, arguments = call.removesuffix(")").partition("(")
        if name == "acall":
            return f"asyncio.run(acall(a{arguments}))"
        if name == "end":
            return f"end(call_{arguments})"
        if name in ("call", "heard"):
            return call.removesuffix("()")
        return asked(self._breaker, f"self.{'state' if name == 'state' else call}")

    def _meeting(self, threads: int, later: Sequence[Step]) -> str:
        """The next calls, which are begun before any of them is waited for."""
        begun = [each.arguments for each in later if each.name == "begin"][:threads]
        self._begun.update(begun)
        called = ", ".join(f"call_{each}" for each in begun)
        return f"meeting = threading.Barrier({threads}); {called} = {', '.join(['begin()'] * len(begun))}"

    def _subscribed(self, does: str) -> str:
        """A listener, where there is none yet that does this, and its subscription.

        As one statement; of more, the variables are to be each call's own.
        """
        made = []
        if does not in self._listeners:
            name = f"listener_{len(self._listeners) + 1}" if self._listeners else "listener"
            self._listeners[does] = name
            own = re.sub(r"\bbreaker\b", "self", does)
            made = ["\n".join(self._breaker.aside(f"def {name}(event): {own}")).replace(":\n    ", ": ", 1)]
        name = self._listeners[does]
        said, value = self._breaker.call(f"self.subscribe({name})", statements=True)
        alone = len(said) == 1 and isinstance(value, ast.Constant)
        subscribed = self._breaker.text(said[0]) if alone else asked(self._breaker, f"self.subscribe({name})")
        return "\n".join([*made, subscribed])


def asked(breaker: Instance, operation: str) -> str:
    """What ``operation`` of the breaker, which is ``self``, is in the script: an expression."""
    return breaker.text(breaker.call(operation, statements=False)[1])


def _noted(code: str, answer: str) -> Iterator[str]:
    """As many lines as it takes."""
    yield from [f"{code}  # {answer}"] if "print" in code else code.split("\n")


def _all(answers: Sequence[str]) -> str:
    """Each once; of many, the first and the last."""
    told = list(dict.fromkeys(answers))
    return ", ".join(told) if len(told) < _MANY else f"{told[0]} ... {told[-1]}"
