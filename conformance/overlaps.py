"""What becomes of a history of many callers: judged key by key, and where it is wrong, its smallest part is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from math import inf

from hypothesis import settings

from .callers import KEYS, Caller
from .factory import NewCache
from .history import History, Step
from .judged import Judged
from .linearizability import Operation
from .reduction import last, lawful, smallest

FEWEST = 6  # histories, whatever one takes
SHARE, SHORTEST = 0.01, 1.0  # seconds for each example that the profile wants, and at least


def seeds(fewest: int = FEWEST) -> Iterator[int]:
    """For twice as many histories as the profile wants examples, or as there is time for."""
    wanted: int = settings().max_examples
    deadline = time.monotonic() + max(SHORTEST, wanted * SHARE)
    for seed in range(2 * wanted):
        if seed >= fewest and time.monotonic() > deadline:
            return
        yield seed


def names(new_cache: NewCache) -> list[str]:
    """The operations on one key that the subject has, beside get and set."""
    found = ["delete", "delete", "clear"]
    if hasattr(new_cache.column.subject, "__contains__"):
        found.append("__contains__")
    if new_cache.capabilities.bulk != "none":
        found += ["get_many", "set_many"]
    if new_cache.capabilities.bulk == "yes":
        found.append("delete_many")
    return found


def judge(cache: Judged, callers: Sequence[Caller], *, evicts: bool = False) -> None:
    """Every call was answered, and for every key some order explains the answers.

    Raises:
        AssertionError: it is not so; the history of ``cache`` is then the smallest one that shows it.
    """
    for caller in callers:
        if isinstance(caller.error, NotImplementedError):
            raise caller.error  # not offered, and no wrong answer
        if caller.error is not None:
            cache.history = _meanwhile(cache.history, caller, callers)
            raise AssertionError(f"{caller.by}: {caller.under_way} raised {caller.error!r}") from caller.error
    operations = [each for caller in callers for each in caller.history]
    for key in KEYS:
        wrong = smallest([each for each in operations if each.key == key], evicts=evicts)
        if wrong:
            cache.history = _shown(cache.history, wrong, evicts=evicts)
            raise AssertionError("no order of the calls in this history explains what they were answered")


def _meanwhile(before: History, failed: Caller, callers: Sequence[Caller]) -> History:
    """The call that failed, and what others were answered while it ran: all that can have to do with it."""
    if failed.under_way is None or not failed.failed:  # of another process, which tells the call alone
        return before
    raised = f"{type(failed.error).__name__}: {failed.error}"
    others = [each for caller in callers for each in caller.history if failed.asked <= each.ended <= failed.failed]
    start = min([failed.asked, *(each.began for each in others)])
    at = (failed.asked - start) / 1e9
    call = Step(failed.under_way.name, failed.under_way.arguments, at, raised, raised=True, by=failed.by)
    met = {(each.by, each.began): _step(each, each.ended, start) for each in others if each.name != "land"}
    return History(before.options, sorted([call, *met.values()], key=lambda step: step.at))


def _shown(before: History, wrong: list[Operation], *, evicts: bool) -> History:
    """As calls: a compute is one, from its look to its landing."""
    ends = {each.value: each.ended for each in wrong if each.name == "land"}
    calls = [each for each in wrong if each.name != "land"]
    steps = [_step(each, ends.get(each.value, each.ended), wrong[0].began) for each in calls]
    for call, step in zip(calls, steps, strict=True):
        if call is last(wrong):
            step.expected = " or ".join(map(repr, dict.fromkeys(lawful(wrong, evicts=evicts)))) or None
    return History(before.options, steps)


def _step(call: Operation, ended: float, start: float) -> Step:
    arguments = {
        "set": f"{call.key!r}, {call.value!r}",
        "clear": "",
        "look": f"{call.key!r}, lambda: {call.value!r}",
        "get_or_set": f"{call.key!r}, compute",
    }
    name = "get_or_set" if call.name == "look" else call.name
    answer = call.value if call.name == "look" else call.answer
    until = None if ended == inf else (ended - start) / 1e9
    at = (call.began - start) / 1e9
    return Step(name, arguments.get(call.name, repr(call.key)), at, repr(answer), by=call.by, until=until)
