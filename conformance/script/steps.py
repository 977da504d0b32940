"""The steps of a history as lines of a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ..history import FAILED, UNANSWERED, Step
from .flights import flight
from .replica import Replica, arguments_of, block, remark
from .scenes import shows

_MANY = 4  # calls of one method in a row that are written as a loop
_AT_ONCE = "# made while another call was under way: one after the other they need not go wrong"
_CANCELLED = "# a call was cancelled while it ran: one that runs to its end need not go wrong"
_NO_CALLS: dict[str, Callable[[Replica, str], list[str]]] = {
    "advance": lambda cache, seconds: [cache.pass_time(seconds)],
    "sibling": lambda cache, name: cache.another(name or "other"),
    "aside": lambda cache, code: cache.aside(code),
    "change": lambda _cache, _code: [],  # said beside what it changes
    "until": lambda _cache, _ends: [],  # what was asked is said, where that is known
}
_CONVERTING = {"bool", "dict", "float", "int", "list", "str"}
_VARIABLES = ("key", "value", "ttl")


def lines(cache: Replica, steps: Sequence[Step], before: int = 0) -> Iterator[str]:
    """The steps, those that a compute waited for inside of its thread's life; ``before`` are left out of them."""
    for place, step in enumerate(steps):
        ended = max(place + 1, step.met - before)
        later = steps[place + 1 : ended]
        if step.name == "until" and later:
            asked = _until(cache, step, later, last=ended == len(steps))
        elif step.waits_for(steps[place + 1 :]):
            asked = flight(cache, step, later)
        elif _nests(step, steps[place + 1 :]):
            ended = place + 2
            asked = iter(_nested(cache, step, steps[place + 1], last=ended == len(steps)))
        else:
            continue
        yield from (*_plainly(cache, steps[:place], ends=False), *asked)
        yield from lines(cache, steps[ended:], before + ended)
        return
    yield from _plainly(cache, steps)


def _until(cache: Replica, step: Step, asked: Sequence[Step], *, last: bool) -> Iterator[str]:
    """Questions that were asked again and again, until they were answered so."""
    sleep = "await asyncio.sleep" if cache.awaited else "time.sleep"
    seen = _seen(cache, step, asked)
    if not seen:
        yield f"{sleep}(1)"
        yield from _plainly(cache, asked, ends=last)
        return
    yield "for _ in range(500):"
    yield from (f"    {line}" for line in seen)
    yield f"    if seen in ({step.arguments},): break"
    yield f"    {sleep}(0.01)"
    if last:
        yield f"print(seen)  # answered {remark(step.answer)}"


def _seen(cache: Replica, step: Step, asked: Sequence[Step]) -> list[str]:
    """The lines after which ``seen`` is what the questions were answered; none, where it was made of that otherwise."""
    *before, call = [cache.expression(each.name, _given(cache, each)) for each in asked]
    if step.answer == UNANSWERED or step.answer == asked[-1].answer:
        return [*before, f"seen = {call}"]
    if step.answer == f"({', '.join(each.answer for each in asked)})":
        return [f"seen = {', '.join([*before, call])}"]
    return []


def _plainly(cache: Replica, steps: Sequence[Step], *, ends: bool = True) -> Iterator[str]:
    """One after the other; where none is wrong by itself, the last one of the history is shown."""
    last = None
    if ends and not any(step.expected or _hangs(step) for step in steps):
        last = next((step for step in reversed(steps) if step.name not in _NO_CALLS or shows(step.arguments)), None)
    changes = {id(step): after.arguments for step, after in pairwise(steps) if after.name == "change"}
    for alike, run in groupby(steps, lambda step: _shape(step) if step.alike else None):
        together = list(run)
        shown = together[-1] is last  # and those like it, before: what is wrong may be that there are so many
        if id(together[-1]) in changes:
            yield from _changed(cache, together[-1], changes[id(together[-1])])
        elif alike and len(together) >= _MANY:
            yield from _loop(cache, together, shown=shown)
        else:
            for step in together:
                yield from _line(cache, step, shown=step is last or (shown and alike is not None))
    if any(step.met and step.by is None for step in steps):
        yield _AT_ONCE
    if any(step.answer.startswith("CancelledError") for step in steps):
        yield _CANCELLED


def _shape(step: Step) -> tuple[str, int]:
    return step.name, len(arguments_of(step.arguments))


def _loop(cache: Replica, steps: Sequence[Step], *, shown: bool) -> list[str]:
    """Many calls of one method: the arguments that differ are variables."""
    columns = list(zip(*(arguments_of(step.arguments) for step in steps), strict=True))
    varied = {place: values for place, values in enumerate(columns) if len(set(values)) > 1}
    variables = dict(zip(varied, _VARIABLES, strict=False))
    given = ", ".join(variables.get(place, values[0]) for place, values in enumerate(columns))
    rows = list(zip(*varied.values(), strict=True))
    header = f"for {', '.join(variables.values())} in {_listed(rows)}:" if varied else f"for _ in range({len(steps)}):"
    said, value = cache.call(steps[0].name, given)
    return _shown(block(header, [*said, f"print({value})"]), steps) if shown else block(header, _plain(said, value))


def _listed(rows: Sequence[tuple[str, ...]]) -> str:
    """What a loop goes through."""
    if rows == [(repr(str(number)),) for number in range(len(rows))]:
        return f"map(str, range({len(rows)}))"
    told = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in rows]
    runs = [(each, len([*same])) for each, same in groupby(told)]
    if max(times for _, times in runs) < _MANY:
        return f"[{', '.join(told)}]"
    return " + ".join(f"[{each}] * {times}" for each, times in runs)


def _changed(cache: Replica, step: Step, change: str) -> Iterator[str]:
    """A call, and then a change of what it was given or answered."""
    if change.startswith("answer"):
        said, value = cache.call(step.name, _given(cache, step))
        yield from [*said, f"answer = {value}"]
    else:
        *before, given = arguments_of(step.arguments)
        yield f"given = {given}"
        yield from _plain(*cache.call(step.name, ", ".join([*before, "given"])))
    yield change


def _nests(step: Step, later: Sequence[Step]) -> bool:
    """Whether its compute asked the cache for something."""
    alone = step.by is None and all(each.thread == step.thread for each in later[:1])
    asks = all(each.name not in _NO_CALLS for each in later[:1])
    return bool(later) and step.computes and alone and asks and (step.met > 0 or step.answer == UNANSWERED)


def _nested(cache: Replica, step: Step, inner: Step, *, last: bool) -> list[str]:
    asked = cache.expression(inner.name, _given(cache, inner)).removeprefix("await ")
    if not inner.computes:
        asked = f"({asked}, {step.computed[0] if step.computed else step.answer})[-1]"
    nested = replace(step, arguments=step.arguments.replace("compute", f"lambda: {asked}"))
    return _line(cache, nested, shown=last or not step.raised)


def _hangs(step: Step) -> bool:
    return step.answer.startswith("Hung: ") or (step.answer == UNANSWERED and step.by is None)


def _patiently(cache: Replica, step: Step) -> list[str]:
    """A call that has not ended, given up on."""
    if cache.awaited:
        asked = _plain(*cache.call(step.name, _given(cache, step)))
        return _noted(block("async with asyncio.timeout(5):", asked), "never ended")
    call = cache.expression(step.name, _given(cache, step))
    return [
        f"waiting = Thread(target=lambda: {call}, daemon=True); waiting.start(); waiting.join(5)",
        "assert not waiting.is_alive()  # it has not ended",
    ]


def _line(cache: Replica, step: Step, *, shown: bool) -> list[str]:
    if step.name in _NO_CALLS:
        return _NO_CALLS[step.name](cache, step.arguments)
    return _patiently(cache, step) if _hangs(step) else _asked(cache, step, shown=shown)


def _asked(cache: Replica, step: Step, *, shown: bool) -> list[str]:
    said, value = cache.call(step.name, _given(cache, step))
    answer = remark(step.answer)
    if step.by is not None:  # others were at work meanwhile, so here it may be answered otherwise
        told = "raised" if step.raised else "answered"
        return _noted(_plain(said, value), f"{step.by}, from {step.at:.6f} s on, {told} {answer}")
    if step.raised and shown:  # a compute that raised does not here
        return _noted(_plain(said, value) if value == "None" else [*said, f"print({value})"], f"raised {answer}")
    if step.raised:
        return _noted(block("with suppress(Exception):", _plain(said, value)), f"raised {answer}")
    if shown:
        told = "'no error'" if said and value == "None" else value
        return _shown([*said, f"print({told})"], [step])
    if step.expected is None:
        return _plain(said, value)
    told = f"repr({value}) == {step.expected!r}" if step.equal else f"{_operand(value)} == {step.expected}"
    return [*said, f"assert {told}  # answered {answer}"]


def _shown(said: Sequence[str], steps: Sequence[Step]) -> list[str]:
    """With what was answered beside the last line."""
    answers = dict.fromkeys(remark(step.answer) for step in steps)
    return [*said[:-1], f"{said[-1]}  # answered {', '.join(answers)}"]


def _given(cache: Replica, step: Step) -> str:
    """The arguments, where what computes has the answer in it; to be awaited, it is a coroutine function."""
    if step.answer == UNANSWERED:
        return step.arguments
    if not cache.awaited:
        return step.computing
    known = step.computed[0] if step.computed else step.answer
    if known != FAILED and f"lambda: {known}" in step.computing:
        return step.computing.replace(f"lambda: {known}", f"partial(asyncio.sleep, 0, {known})")
    several = r"lambda answers=iter\(.*\): next\(answers\)"
    return re.sub(rf"lambda: {FAILED}|{several}", r"partial(asyncio.to_thread, \g<0>)", step.computing)


def _plain(said: Sequence[str], value: str) -> list[str]:
    """The lines of a call whose answer nobody looks at."""
    node = ast.parse(value, mode="eval").body
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CONVERTING:
        return _plain(said, ast.unparse(node.args[0]))
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
        return _plain(said, ast.unparse(node.left))
    asks = any(isinstance(each, ast.Call | ast.Await) for each in ast.walk(node))
    return [*said, value] if asks or not said else [*said]


def _operand(value: str) -> str:
    """As the left side of a comparison."""
    node = ast.parse(value, mode="eval").body
    return f"({value})" if isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp | ast.Lambda | ast.UnaryOp) else value


def _noted(said: Sequence[str], note: str) -> list[str]:
    """With a comment beside the first line."""
    return [f"{said[0]}  # {note}", *said[1:]]
