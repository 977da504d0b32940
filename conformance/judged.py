"""A cache under test: every operation goes through here, is written down, and awaited where it must be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .clocks import Timeline
from .history import COMPUTING, FAILED, History, Step


class Judged:
    """The subject's own operations, recorded; ``advance`` lets time pass for it.

    What the subject does not have raises ``AttributeError``, as on the subject itself.
    """

    def __init__(self, make: Callable[[], Any], history: History, timeline: Timeline, name: str = "") -> None:
        self.history, self.timeline = history, timeline
        self._make, self._name = make, name
        self.subject = make()

    @property
    def unit(self) -> float:
        """A length of time worth a ttl, seconds."""
        return self.timeline.unit

    @property
    def margin(self) -> float:
        """How close to an expiry, in seconds, the answer is still certain."""
        return self.timeline.margin

    @property
    def late(self) -> float:
        """How long after its ttl an entry may still be seen, seconds."""
        return self.timeline.late

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass for the subject."""
        self.history.begin("advance", (seconds,), {}, self.timeline.now()).answer = "None"
        self.history.tell()
        self.timeline.advance(seconds)

    def change(self, code: str, **held: Any) -> None:
        """Change an object that the last step was ``given`` last or did ``answer``, and write that down.

        ``code`` is Python about that name, such as ``change("given.append(1)", given=value)``.
        """
        self.history.begin("change", (), {}, self.timeline.now()).arguments = code
        eval(code, {}, held)  # noqa: S307 - a line of a test of ours

    def aside(self, code: str, **held: Any) -> None:
        """Carry out ``code``, Python about ``held`` that is no call of the cache, and write that down."""
        step = self.history.begin("aside", (), {}, self.timeline.now())
        step.arguments, step.answer = code, "done"
        exec(code, held)  # noqa: S102 - a line of a test of ours

    def sibling(self) -> Judged:
        """Another instance of the same subject at the same location, on the same clock."""
        number = 1 + sum(step.name == "sibling" for step in self.history.steps)
        step = self.history.begin("sibling", (), {}, self.timeline.now())
        step.answer, step.arguments = "another instance at the same place", "" if number == 1 else f"other_{number}"
        return Judged(self._make, self.history, self.timeline, f"{step.arguments or 'other'}.")

    def until(self, read: Callable[[], Any], ends: Sequence[Any], seconds: float) -> Any:
        """What ``read()`` answers once that is one of ``ends``, or when so many seconds are over.

        It asks this cache, and others at its place, again and again: the last time alone is written down.
        """
        step = self.history.begin("until", (), {}, self.timeline.now())
        step.arguments = ", ".join(map(repr, ends))
        begun, deadline = len(self.history.steps), time.monotonic() + seconds
        while True:
            del self.history.steps[begun:]
            try:
                seen = read()
            finally:
                step.met = len(self.history.steps)
            step.answer = repr(seen)
            if seen in ends or time.monotonic() > deadline:
                return seen
            time.sleep(0.005)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = getattr(self.subject, name)
        return lambda *args, **kwargs: self._do(name, operation, args, kwargs)

    def __contains__(self, key: Any) -> bool:
        return bool(self._do("__contains__", self.subject.__contains__, (key,), {}))

    def __len__(self) -> int:
        return int(self._do("__len__", self.subject.__len__, (), {}))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._do("__iter__", lambda: list(self.subject), (), {}))

    def _do(self, name: str, operation: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        step = self.history.begin(self._name + name, args, kwargs, self.timeline.now())
        if name in COMPUTING:
            args = tuple(_watched(each, step) if callable(each) else each for each in args)
        try:
            answer = operation(*args, **kwargs)
        except BaseException as error:
            step.answer, step.raised = f"{type(error).__name__}: {error}", True
            self.history.tell()
            raise
        finally:
            if self.history.steps[-1] is not step:
                step.met = len(self.history.steps)
        step.answer = repr(answer)
        self.history.tell()
        return answer


def takes(cache: Judged, value: object) -> bool:
    """Set "a" to ``value``. False where that is refused: which values may not be, is told by promises of their own."""
    try:
        cache.set("a", value)
    except NotImplementedError:
        raise
    except Exception:  # noqa: BLE001 - any refusal will do
        return False
    return True


def _watched(compute: Callable[[], Any], step: Step) -> Callable[[], Any]:
    """``compute``, which writes down beside its ``step`` what it did."""
    did: list[str] = []
    step.computed = ()

    def watched() -> Any:
        did.append(FAILED)
        call = len(did)
        try:
            value = compute()
            did[call - 1] = repr(value)
        finally:
            step.computed = tuple(did)
        return value

    return watched
