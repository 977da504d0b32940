"""What the steps of a breaker's script use beside the breaker itself."""

from __future__ import annotations

from collections.abc import Sequence

from ..script.assembly import names

#: A call that raises nothing; ``asked`` is what it does with the breaker.
_CALL = """\
def call(fn):
    try: return {asked}
    except BaseException as error: return repr(error)
"""

#: The same, and how long the traceback of what was raised has become.
_FRAMES = """\
def frames(error):
    if error is None: return 0
    return 1 + len([*traceback.walk_tb(error.__traceback__)]) + frames(error.__cause__ or error.__context__)
def call(fn):
    try: return {asked}
    except BaseException as error: return f"{{error!r}}, {{frames(error)}} frames"
"""

_AWAITED = """\
async def acall(fn):
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
        self.answer = "admitted"
        self.inside.set(), self.told.wait(9)
        return self.outcome()
def begin():
    begun = Begun(daemon=True)
    begun.inside, begun.told, begun.answer = threading.Event(), threading.Event(), "hangs"
    begun.start()
    return begun
def entered(begun):
    begun.inside.wait(2)
    return begun.answer
"""

_END = """\
def end(begun, outcome):
    begun.outcome = outcome
    begun.told.set(), begun.join(2)
    return begun.answer
"""

#: What may not end.
_START = """\
def start(operation):
    thread = threading.Thread(target=operation, daemon=True)
    thread.start(), thread.join(2)
    return thread
"""

#: A clock at which threads meet.
_MEETING = """\
now, meeting = 1000.0, None
def clock():
    global meeting
    at, others = now, meeting
    if others:
        with suppress(threading.BrokenBarrierError): others.wait(1)
        meeting = None
    return at
"""

_HELPERS = {
    "success": 'def success(): return "success"',
    "failure": 'def failure(): raise ConnectionError("failure")',
    "Ignored": "class Ignored(Exception): pass",
    "ignored": "def ignored(): raise Ignored",
    "cancelled": "def cancelled(): raise asyncio.CancelledError",
    "asuccess": 'async def asuccess(): return "success"',
    "afailure": 'async def afailure(): raise ConnectionError("failure")',
    "acancelled": "async def acancelled(): asyncio.current_task().cancel(), await asyncio.sleep(9)",
    "heard": "heard = []",
    "raised": 'raised = RuntimeError("raised by a listener")',
    "busy": "busy, done = threading.Event(), threading.Event()",
    "begin": _BEGIN,
    "end": _END,
    "start": _START,
}
#: What no variable of a breaker may be called.
TAKEN = {"now", "clock", "meeting", "call", "acall", "frames", "entered", "done", "ahead", "real", "day", *_HELPERS}


def given(lines: Sequence[str], *, called: bool) -> list[str]:
    """What ``lines`` use; ``called``: functions say that they are."""
    used = names(lines)
    used |= {"Ignored"} if "ignored" in used else set()
    texts = [text for name, text in _HELPERS.items() if name in used]
    said = [text.replace("(): ", "(): print('called'); ", 1) if called else text for text in texts]
    return [line for text in said for line in text.splitlines()]


def call(asked: str, lines: Sequence[str], *, frames: bool) -> list[str]:
    """``call(fn)``, which does what is ``asked``, where ``lines`` use it; ``frames``: it counts those of an error."""
    return (_FRAMES if frames else _CALL).format(asked=asked).splitlines() if "call" in names(lines) else []


def acall(asked: str) -> list[str]:
    """``acall(fn)``, in the same way."""
    return _AWAITED.format(asked=asked).splitlines()


def clock(name: str) -> list[str]:
    """What a breaker needs that is given the clock of this name."""
    return _MEETING.splitlines() if name == "clock" else ["now = 1000.0"] if name else []
