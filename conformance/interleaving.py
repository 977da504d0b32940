"""Two calls at once: the second comes into the first at one place after another.

Most races need one switch of threads at the right place (Musuvathi and Qadeer, "Iterative Context Bounding", PLDI
2007). So each place is tried in turn at which this Python may switch: there the second call runs to its end, or until
it waits for the first. Nothing hangs on luck, and nobody is accused of what cannot happen.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from dis import opname
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from . import history, judged
from .frames import frame_of

START = 60.0  # seconds that another process may take to begin
SAFETY = 20.0  # seconds until a call that ought to end is given up on
PATIENCE = 5.0  # seconds until one that nothing holds up any more is taken to hang; shorter, as SAFETY lets others go
SPIN = 0.05  # seconds of work after which a call waits by trying again and again
PLACES = 24  # that are tried in one call; where it has more, as many at equal distance

Subject = TypeVar("Subject")

_LOOKS = (0.0003, 0.0006, 0.0012)  # seconds between two looks at a call: who has not moved in all of them waits
_TASKS = Path("/proc/self/task")
_GIL: bool = getattr(sys, "_is_gil_enabled", lambda: True)()
_CALLS = {"CALL", "CALL_KW", "CALL_FUNCTION_EX"}
_WRITES = {"STORE_ATTR", "STORE_SUBSCR", "DELETE_ATTR", "DELETE_SUBSCR"}
_FOREIGN = ("<", sysconfig.get_path("stdlib"), history.__file__, judged.__file__)


def interleaved(
    make: Callable[[], Subject], first: Callable[[Subject], Any], second: Callable[[Subject], Any]
) -> Iterator[tuple[Subject, Any, Any]]:
    """For each place in ``first`` a subject of its own, and what the two calls on it answered or raised."""
    count, tried = 1, -1
    while tried + 1 < count:
        subject = make()
        tried = max(tried + 1, tried + count // PLACES)
        switch = _Switch(tried, lambda subject=subject: second(subject))  # type: ignore[misc]
        one = Call(lambda subject=subject: first(subject), switch)  # type: ignore[misc]
        yield subject, one.answer(), switch.other().answer()
        count = max(count, switch.places)  # CPython 3.13.0 shows no more of a call once another came in


class Call:
    """A function called on a thread of its own, which nobody has to wait for."""

    def __init__(self, function: Callable[[], Any], trace: Callable[..., Any] | None = None) -> None:
        self._function, self._trace = function, trace
        self._answer: Any = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def answer(self, patience: float | None = None) -> Any:
        """What the function returned, or the exception that it raised; ``TimeoutError`` where it did neither."""
        patience = SAFETY if patience is None else patience
        if not self._done.wait(patience):
            return TimeoutError(f"the call has not ended after {patience} seconds")
        return self._answer

    def ends(self, patience: float) -> bool:
        """Whether the function has ended, with whatever answer."""
        return self._done.wait(patience)

    def settle(self) -> None:
        """Return as soon as the function has ended, or waits for something, be it that it tries again and again."""
        looks, place, (_, before) = 0, self._place(), self._progress()
        while looks < len(_LOOKS) and not self._done.wait(_LOOKS[looks]):
            looks += 1
            runs, spent = self._progress()
            if spent - before > SPIN:
                return
            if runs or place != self._place():
                looks, place = 0, self._place()

    def _run(self) -> None:
        if self._trace is not None:
            sys.settrace(self._trace)  # ends with the thread
        try:
            self._answer = self._function()
        except BaseException as error:  # noqa: BLE001 - any error is an answer
            self._answer = error
        finally:
            self._done.set()

    def _place(self) -> tuple[int, int]:
        frame = frame_of(self._thread.ident)
        return (id(frame), frame.f_lasti) if frame else (0, 0)

    def _progress(self) -> tuple[bool, float]:
        """Whether the system would let it run, and only has no processor free, and for how many seconds it did.

        Linux tells; elsewhere time does.
        """
        try:
            status = (_TASKS / str(self._thread.native_id) / "stat").read_text(encoding="ascii", errors="ignore")
        except OSError:
            return False, time.monotonic()
        state = status.rpartition(")")[2].split()
        return state[0] == "R", (int(state[11]) + int(state[12])) / os.sysconf("SC_CLK_TCK")


class _Switch:
    """A trace function that calls ``second`` at one place, and counts them all.

    With the global interpreter lock a thread may be switched where a function begins, after a call of one written in
    C, and where a loop goes back (``eval_breaker`` in CPython's ``ceval.c``); without it also before what others see.
    """

    def __init__(self, at: int, second: Callable[[], Any]) -> None:
        self.places = 0
        self._at, self._second = at, second
        self._other: Call | None = None
        self._before: dict[FrameType | None, str] = {}

    def other(self) -> Call:
        """The second call; now, where the first one never came to the place."""
        self._other = self._other or Call(self._second)
        return self._other

    def __call__(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if name.startswith(_FOREIGN) and "site-packages" not in name:
            return None
        frame.f_trace, frame.f_trace_lines, frame.f_trace_opcodes = self._step, False, True
        self._place()
        return self._step

    def _step(self, frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        if event == "opcode":
            name = opname[frame.f_code.co_code[frame.f_lasti]]
            before, self._before[frame] = self._before.get(frame, ""), name
            if before in _CALLS or before.startswith("JUMP_BACKWARD") or (name in _WRITES and not _GIL):
                self._place()
        elif event == "return":
            self._before[frame.f_back] = ""  # back from a function in Python: no place
        return self._step

    def _place(self) -> None:
        if self.places == self._at:
            self.other().settle()
        self.places += 1
