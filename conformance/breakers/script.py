"""A failing history of a breaker as a script that replays it with the breaker alone."""

from __future__ import annotations

from ..history import History, Step

_OUTCOMES = {
    "success": 'def success(): return "success"',
    "failure": 'def failure(): raise ConnectionError("failure")',
    "ignored": "class Ignored(Exception): pass\ndef ignored(): raise Ignored",
    "cancelled": "def cancelled(): raise asyncio.CancelledError",
}

#: Steps that a script of this size cannot take, and what it says instead.
_TOLD = {"acall": "awaited, in an event loop of its own", "wall_clock": "what time.time() and datetime.now() tell"}

_CALL = """\
def call(fn):
    try: return breaker.call(fn)
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


def write(subject: type, history: History, *, waits: bool) -> str:
    """Python that makes the breaker, repeats every step, and shows its answers beside those of the run.

    ``waits``: the breaker is on the system's clock, so that time is slept through.
    """
    steps = "\n".join(_line(step, waits=waits) for step in history.steps)
    options = [f"{name}={_value(value)}" for name, value in history.options.items()]
    options += [] if waits else ["clock=lambda: now"]
    body = [] if waits else ["now = 1000.0"]
    used = f"{steps} {options}".lower()
    body += [text for name, text in _OUTCOMES.items() if name in used]
    body += [_CALL + (_BEGIN if "begin()" in steps else "").rstrip()]
    body += [f"breaker = {subject.__qualname__}({', '.join(options)})", steps]
    text = "\n".join(body) + "\n"
    imports = [f"import {name}\n" for name in ("asyncio", "threading", "time") if f"{name}." in text]
    return "".join(imports) + f"from {subject.__module__} import {subject.__qualname__}\n\n" + text


def _line(step: Step, *, waits: bool) -> str:
    if step.name == "advance":
        return f"time.sleep({step.arguments})" if waits else f"now += {step.arguments}"
    if step.name == "subscribe":
        return "breaker.subscribe(lambda event: print('told:', event.before, event.after))"
    if step.name == "begin":
        return f"call_{step.arguments} = begin(); print(call_{step.arguments}.answer){_answered(step)}"
    if step.name == "end":
        return f"print(end(call_{step.arguments})){_answered(step)}"
    if step.name in _TOLD:
        return f"# {step.call}: {_TOLD[step.name]}"
    operation = {"state": "breaker.state", "call": step.call}.get(step.name, f"breaker.{step.call}")
    return f"print({operation}){_answered(step)}"


def _answered(step: Step) -> str:
    return f"  # {step.answer.partition(chr(10))[0]}"


def _value(value: object) -> str:
    return "(Ignored,)" if isinstance(value, tuple) else repr(value)
