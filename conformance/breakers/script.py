"""A failing history of a breaker as a script that replays it with the breaker alone."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from ..history import History, Step
from ..script.assembly import assembled, names
from ..script.inlining import Instance
from ..script.rewriting import UnwrittenError
from ..script.sources import Brought, is_adapter, stored

_CALL = """\
def call(fn):
    try: return {asked}
    except BaseException as error: return repr(error)
"""

#: A call in a thread of its own, inside its function until it is told how that ends.
_BEGIN = """\
class Begun(threading.Thread):
    def run(self):
        self.answer = call(self.guarded)
        self.inside.set()
    def guarded(self):
        self.inside.set(), self.told.wait(9)
        return self.outcome()
def begin():
    begun = Begun(daemon=True)
    begun.inside, begun.told, begun.answer = threading.Event(), threading.Event(), "admitted"
    begun.start(), begun.inside.wait(1)
    return begun
def end(begun, outcome):
    begun.outcome = outcome
    begun.told.set(), begun.join(1)
    return begun.answer
"""

#: What the steps use beside the breaker, by its name.
_HELPERS = {
    "success": 'def success(): return "success"',
    "failure": 'def failure(): raise ConnectionError("failure")',
    "Ignored": "class Ignored(Exception): pass",
    "ignored": "def ignored(): raise Ignored",
    "cancelled": "def cancelled(): raise asyncio.CancelledError",
    "listener": "def listener(event): print('told:', event.before, event.after)",
    "begin": _BEGIN,
}

#: Steps that a script of this size cannot take, and what it says instead.
_TOLD = {"acall": "awaited, in an event loop of its own", "wall_clock": "what time.time() and datetime.now() tell"}


def write(subject: type, history: History, *, waits: bool) -> str:
    """Python that makes the breaker, repeats every step, and shows its answers beside those of the run.

    An adapter of ours is written out as what it does with its library; any other is the breaker itself.
    ``waits``: the breaker is on the system's clock, so that time is slept through.
    """
    try:
        return _written(_breaker(subject, imported=not is_adapter(subject)), history, waits=waits)
    except (UnwrittenError, OSError):  # an OSError is a source that is not there
        return _written(_breaker(subject, imported=True), history, waits=waits)


def _breaker(subject: type, *, imported: bool) -> Instance:
    return Instance(subject, "breaker", Brought(), imported=imported)


def _written(breaker: Instance, history: History, *, waits: bool) -> str:
    clock = [] if waits else ["now = 1000.0"]
    made = _made(breaker, history.options, waits=waits)
    call = _CALL.format(asked=_asked(breaker, "call(fn)")).splitlines()
    steps = [_line(breaker, step, waits=waits) for step in history.steps]
    functions = [line for text in breaker.functions.values() for line in text.splitlines()]
    return assembled(breaker.brought, [*clock, *_helpers([*made, *steps]), *functions, *call, *made, *steps])


def _made(breaker: Instance, options: dict[str, Any], *, waits: bool) -> list[str]:
    """The lines that make it, on the clock of the script.

    Raises:
        UnwrittenError: its adapter's variables are called as something of the script.
    """
    given = [f"{name}={_value(value)}" for name, value in options.items()] + ([] if waits else ["clock=lambda: now"])
    call = ast.parse(f"made({', '.join(given)})", mode="eval").body
    made = breaker.make([], call.keywords if isinstance(call, ast.Call) else [])
    if taken := {"now", "call", "end", *_HELPERS} & set().union(*map(stored, made)):
        raise UnwrittenError(f"{breaker.subject.__qualname__} has variables called {', '.join(taken)}")
    return breaker.texts(made)


def _helpers(lines: Sequence[str]) -> list[str]:
    """What ``lines`` use."""
    used = names(lines)
    used |= {"Ignored"} if "ignored" in used else set()
    return [line for name, text in _HELPERS.items() if name in used for line in text.splitlines()]


def _line(breaker: Instance, step: Step, *, waits: bool) -> str:
    if step.name == "advance":
        return f"time.sleep({step.arguments})" if waits else f"now += {step.arguments}"
    if step.name == "subscribe":
        return _subscribed(breaker)
    if step.name == "begin":
        return f"call_{step.arguments} = begin(); print(call_{step.arguments}.answer){_answered(step)}"
    if step.name == "end":
        return f"print(end(call_{step.arguments})){_answered(step)}"
    if step.name in _TOLD:
        return f"# {step.call}: {_TOLD[step.name]}"
    operation = step.call if step.name == "call" else _asked(breaker, "state" if step.name == "state" else step.call)
    return f"print({operation}){_answered(step)}"


def _subscribed(breaker: Instance) -> str:
    """As one statement; of more, the variables are to be each call's own."""
    said, value = breaker.call("self.subscribe(listener)", statements=True)
    alone = len(said) == 1 and isinstance(value, ast.Constant)
    return breaker.text(said[0]) if alone else _asked(breaker, "subscribe(listener)")


def _asked(breaker: Instance, operation: str) -> str:
    """What ``operation`` of the breaker is, as an expression."""
    return breaker.text(breaker.call(f"self.{operation}", statements=False)[1])


def _answered(step: Step) -> str:
    return f"  # {step.answer.partition(chr(10))[0]}"


def _value(value: object) -> str:
    return "(Ignored,)" if isinstance(value, tuple) else repr(value)
