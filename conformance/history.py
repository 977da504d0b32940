"""Histories: what was asked of a cache and what it answered, kept as text, and replayed from it."""

from __future__ import annotations

import ast
import copy
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any, ClassVar

from .contract import Capabilities
from .model import MISSING, Model

#: Operation -> the model's method for it. ``advance`` moves the model's clock.
MODELLED = {
    "get": "get",
    "set": "set",
    "delete": "delete",
    "clear": "clear",
    "__contains__": "contains",
    "__len__": "size",
    "get_many": "get_many",
    "set_many": "set_many",
    "delete_many": "delete_many",
}
COMPUTING = ("get_or_set", "run_once")
SILENT = {"set", "set_many", "clear"}  # what they answer is not promised
UNANSWERED = "..."
FAILED = "1 / 0"  # what a compute did that has raised
_FAILED = ("ZeroDivisionError: ", "Failed: compute was called")  # how a compute of ours fails
_PLAIN = {str, int, float, bool, type(None)}
_NAMES = {"MISSING": MISSING, "compute": None, "inf": float("inf"), "nan": float("nan")}


@dataclass
class Step:
    """One operation: what was called with what, the answer as Python, and the clock when it was asked.

    Where several callers were at work: ``by`` whom, and ``until`` when it was not answered. ``met`` is the number of
    steps at its end, where others were begun before that. ``computed`` is what its compute did at each call, as
    Python; None where that is not known.
    """

    name: str
    arguments: str
    at: float
    answer: str = UNANSWERED
    raised: bool = False
    expected: str | None = None
    by: str | None = None
    until: float | None = None
    met: int = 0
    computed: tuple[str, ...] | None = None
    thread: int = field(default_factory=threading.get_ident)

    @property
    def operation(self) -> str:
        """The method, whichever instance it was called on."""
        return self.name.rpartition(".")[2]

    @property
    def call(self) -> str:
        return f"{self.name}({self.arguments})"

    @property
    def alike(self) -> str | None:
        """What many of in a row can be said in one breath: a call with arguments whose answer says nothing new."""
        plain = self.met == 0 and self.by is None and not self.raised and self.expected is None
        said = self.arguments and "=" not in self.arguments and self.name not in ("advance", "aside")
        return self.name if plain and said else None

    @property
    def computing(self) -> str:
        """The arguments with a compute that does what it did, or gives this answer, where that has a text."""
        if "compute" not in self.arguments:
            return self.arguments
        if self.computed is not None:
            return self._given(_computing(self.computed)) if all(map(_is_python, self.computed)) else self.arguments
        if self.raised:
            fails = any(each in self.answer for each in _FAILED)
            return self._given("lambda: 1 / 0") if fails else self.arguments
        return self._given(f"lambda: {self.answer}") if _is_literal(self.answer) else self.arguments

    def _given(self, compute: str) -> str:
        """The arguments, with this for ``compute``."""
        return re.sub(r"\bcompute\b", lambda _: compute, self.arguments)

    @property
    def equal(self) -> bool:
        """Whether what was answered and what would be right are equal, and yet not the same: ``1`` and ``True``."""
        both = str(self.expected), self.answer
        return all(map(_is_literal, both)) and ast.literal_eval(both[0]) == ast.literal_eval(both[1])

    @property
    def computes(self) -> bool:
        """Whether it was given a function, to be called where there is no answer yet."""
        return self.operation in COMPUTING and "compute" in self.arguments

    def waits_for(self, later: Sequence[Step]) -> bool:
        """Whether it computed while ``later`` steps began, on other threads."""
        elsewhere = any(each.thread != self.thread for each in later[:1])
        cancelled = any(each.answer.startswith("CancelledError") for each in (self, *later))
        return self.computes and self.met > 0 and self.by is None and elsewhere and not cancelled

    def as_dict(self) -> dict[str, Any]:
        known = {"call": self.call, "answer": self.answer, "at": round(self.at, 6)}
        until = None if self.until is None else round(self.until, 6)
        perhaps = {"expected": self.expected, "by": self.by, "until": until}
        return known | {key: value for key, value in perhaps.items() if value is not None}


@dataclass
class History:
    """All steps of one cache, from its making on."""

    options: dict[str, Any]
    steps: list[Step] = field(default_factory=list)
    began: float = field(default_factory=time.time, compare=False)  # some clocks tick at every full second
    witness: ClassVar[Callable[[History], None] | None] = None  # told of all, where this process may not live to tell

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.tell()

    def tell(self) -> None:
        """A step has begun, or ended."""
        if History.witness is not None:
            History.witness(self)

    def begin(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], at: float) -> Step:
        """Note a call before it is made, as its arguments are now: the cache may change them."""
        arguments = [_shown(each) for each in args]
        arguments += [f"{key}={_shown(value)}" for key, value in kwargs.items()]
        step = Step(name, ", ".join(arguments), at)
        self.add(step)
        return step

    def as_dict(self) -> dict[str, Any]:
        options = ", ".join(f"{key}={value!r}" for key, value in self.options.items())
        return {"options": options, "steps": [step.as_dict() for step in self.steps]}

    def annotate(self, offered: Capabilities, blur: float) -> None:
        """Write beside each step what the model would have answered, where that is something else."""
        now = 0.0
        bounds = {name: each for name, each in self.options.items() if name in ("capacity", "ttl")}
        model = Model(offered, lambda: now, blur=blur, **bounds)
        for step in self.steps:
            now = step.at
            if step.name == "aside":  # what was done behind the cache's back, the model knows nothing of
                return
            if step.operation in MODELLED and not step.raised and step.by is None:
                _compare(step, getattr(model, MODELLED[step.operation]))
            if step.operation == "get_or_set" and step.met == 0 and not step.raised:
                _land(step, model)


def _shown(argument: Any) -> str:
    """As Python; a function has no text of its own, nor has a generator."""
    if type(argument) in _PLAIN:  # nearly all: to ask the others takes ten times as long
        return repr(argument)
    if isinstance(argument, GeneratorType):
        return "(each for each in '')"
    if isinstance(argument, Iterator):
        return f"iter({list(copy.copy(argument))!r})"  # the copy of an iterator leaves it where it is
    return "compute" if callable(argument) else repr(argument)


def _is_python(text: str) -> bool:
    return text == FAILED or _is_literal(text)


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return True


def _compare(step: Step, ask: Callable[..., Any]) -> None:
    try:
        args, kwargs = _arguments(step)
        seen = _value(ast.parse(step.answer, mode="eval").body)
        expected = ask(*args, seen=seen, **kwargs)
    except Exception:  # noqa: BLE001 - a text that is no literal, or what the model has no answer to, is only shown
        return
    if step.operation not in SILENT and repr(expected) != step.answer:
        step.expected = repr(expected)


def _land(step: Step, model: Model) -> None:
    """Have ``model`` keep what was computed, where it had nothing."""
    try:
        (key, _, *ttl), named = _arguments(step)
        there = model.get(key, MISSING, seen=MISSING if step.computed else ...)
        if there is MISSING and step.computed:
            model.set(key, ast.literal_eval(step.computed[0]), *ttl, **named)
    except Exception:  # noqa: BLE001 - as above
        return


def _computing(computed: tuple[str, ...]) -> str:
    """A compute that does this, one call after the other."""
    if not computed:
        return "compute"
    if len(computed) == 1 or FAILED in computed:
        return f"lambda: {computed[0]}"
    return f"lambda answers=iter([{', '.join(computed)}]): next(answers)"


def _arguments(step: Step) -> tuple[list[Any], dict[str, Any]]:
    call = ast.parse(f"call({step.arguments})", mode="eval").body
    if not isinstance(call, ast.Call):
        raise ValueError(f"{step.arguments!r} are no arguments")  # noqa: TRY004 - as literal_eval says it
    return [_value(each) for each in call.args], {str(each.arg): _value(each.value) for each in call.keywords}


def _value(node: ast.expr) -> Any:
    return _NAMES[node.id] if isinstance(node, ast.Name) and node.id in _NAMES else ast.literal_eval(node)
