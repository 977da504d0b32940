"""What happens around a cache, beside calls of it: a history tells it in a line, and a script does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .replica import Replica

AHEAD = "# the wall clock is set two hours ahead"
TAKEN, BACK = "# the server is taken away", "# the server is back, and empty"
FROZEN, THAWED = "# the server is frozen", "# the server goes on"
LOST = "# every packet to the server is lost"
BROKEN = "# four threads get, set and delete while the server is frozen, killed and started anew"
NOTICED = "# eight threads ask for 'd' at once"
MEANWHILE = "# another task has its turns while the first one waits for the server"
FORKED = "# the process is forked, and both ask at once"
TOGETHER = "# three processes ask for one absent key at once"
DIED = "# a process is killed while it computes 'a'"

# what a scene is given stands at its end
KILLED = "# a process that sets 'a' to a text of 200,000 bytes is killed where a file would have more bytes than: {}"
FULL = "# 'a' is set to a text of 200,000 bytes where no file may have more bytes than: {}"
CANCELLED = "# a call is cancelled, after each number of turns of the event loop: {}"
CANCELLED_FLIGHT = "# so many tasks ask for one absent key, the one of this number is cancelled, and another comes: {}"

PORT = 16379  # of a server that a script starts: not the usual one, where somebody may have entries

#: Two for one place are in the queue of the system, and nobody takes them out of it.
_HOLE = f"""
hole = socket.create_server(('127.0.0.1', {PORT}), backlog=0)
queue = [socket.socket() for _ in range(2)]
for each in queue: each.setblocking(False); each.connect_ex(hole.getsockname())
"""
#: Before 7.2 redis-py does not try again what was refused, unless it is told that this is an error to do so for.
_SERVE = f"""
def serve():
    process = subprocess.Popen(['redis-server', '--port', '{PORT}', '--save', ''], stdout=subprocess.DEVNULL)
    atexit.register(process.kill)
    Redis(port={PORT}, retry=Retry(ConstantBackoff(0.1), 50, (Exception,))).ping()
    return process
server = serve()
"""
_BROKEN = """
errors, over = [], Event()
def work():
    while not over.wait(0.001):
        try: self.get('a'); self.set('a', 1); self.delete('a')
        except Exception as error: errors.append(error)
callers = [Thread(target=work, daemon=True) for _ in range(4)]
for caller in callers: caller.start()
server.send_signal(signal.SIGSTOP); time.sleep(1.5)
server.kill(); server.wait(); time.sleep(1.5)
server = serve(); time.sleep(1)
over.set()
print('raised:', *{type(error).__name__ for error in errors})
"""
_NOTICED = """
errors = []
def ask():
    try: self.get('d')
    except Exception as error: errors.append(error)
callers = [Thread(target=ask) for _ in range(8)]
for caller in callers: caller.start()
for caller in callers: caller.join()
print('raised:', *{type(error).__name__ for error in errors})
"""
_MEANWHILE = """
async def ask(): await self.get('a')
asked = asyncio.ensure_future(ask())
for _ in range(3): await asyncio.sleep(0)
print('held up until it was over:', asked.done())
"""
_FORKED = """
for key in ('before', 'child', 'parent'): self.set(key, key); self.get(key)
child = os.fork()
key = 'parent' if child else 'child'
answers = set()
for _ in range(50):
    try: answers.add(self.get(key))
    except Exception as error: answers.add(type(error).__name__)
print(key, 'is answered', *answers, flush=True)
if child == 0: os._exit(0)
os.waitpid(child, 0)
"""
_TEXT = "def text(number): return f'{number} ' + random.Random(number).randbytes(100000).hex()"
_FULL = f"""
{_TEXT}
self.set('a', text(0))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (GIVEN, hard))
try: self.set('a', text(1)); print('it is stored')
except Exception: print('it is refused')
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print('there is the old one:', self.get('a') == text(0), 'the new one:', self.get('a') == text(1))
"""
_CANCELLED = """
async def ask(): await self.GIVEN
answers = set()
for turns in range(100):
    asked = asyncio.ensure_future(ask())
    for _ in range(turns): await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    answers.add((await self.get('a'), await self.get('b')))
print('a and b are', *answers)
"""
_CANCELLED_FLIGHT = """
(count, cancelled), calls, tasks, release = (GIVEN), [], [], asyncio.Event()
async def held(): calls.append(1); await asyncio.wait_for(release.wait(), 9); return 'computed'
async def ask(): return await self.get_or_set('a', held)
for _ in range(count): tasks.append(asyncio.ensure_future(ask())); await asyncio.sleep(0.1)
tasks[cancelled].cancel(); await asyncio.sleep(0.1)
release.set(); tasks.append(asyncio.ensure_future(ask()))
await asyncio.wait(tasks, timeout=2)
for task in tasks: task.cancel()
print(len(calls), 'computes:', *map(repr, await asyncio.gather(*tasks, return_exceptions=True)))
"""
_SIMPLE = {
    AHEAD: f"ahead = 7200.0  {AHEAD}",
    TAKEN: f"server.kill(); server.wait()  {TAKEN}",
    BACK: f"server = serve()  {BACK}",
    FROZEN: f"server.send_signal(signal.SIGSTOP)  {FROZEN}",
    THAWED: f"server.send_signal(signal.SIGCONT)  {THAWED}",
}
_WRITTEN = {
    BROKEN: _BROKEN,
    NOTICED: _NOTICED,
    MEANWHILE: _MEANWHILE,
    FORKED: _FORKED,
    FULL: _FULL,
    CANCELLED: _CANCELLED,
    CANCELLED_FLIGHT: _CANCELLED_FLIGHT,
}
_PRINTING = {*_WRITTEN, TOGETHER, KILLED}


def starts_server(scenes: set[str]) -> bool:
    """Whether a script with these breaks a server, and so has one of its own."""
    return not scenes.isdisjoint((TAKEN, FROZEN, BROKEN))


def shows(scene: str) -> bool:
    """Whether a script prints something there."""
    return _general(scene)[0] in _PRINTING


def closes(scene: str) -> bool:
    """Whether it repeats the calls that come after it in the history."""
    return _general(scene)[0] in (CANCELLED, CANCELLED_FLIGHT)


def place(scenes: set[str]) -> list[str]:
    """The lines of what has to be there before the cache is."""
    return _lines(_HOLE if LOST in scenes else _SERVE if starts_server(scenes) else "")


def written(cache: Replica, scene: str) -> list[str]:
    """The lines of one; of what no script can do, the comment that tells it."""
    general, given = _general(scene)
    if general in _COMPOSED:
        lines = _COMPOSED[general](cache)
    elif general in _WRITTEN:
        lines = cache.aside(_WRITTEN[general].replace("GIVEN", given).strip())
    else:
        return _SIMPLE.get(scene, scene).split("\n")
    return [scene, *(line.replace("GIVEN", given) for line in lines)]


def _general(scene: str) -> tuple[str, str]:
    """A scene without what it is given, and that."""
    general, colon, given = scene.partition(": ")
    return (f"{general}: {{}}", given) if colon else (scene, "")


def _together(cache: Replica) -> list[str]:
    return [
        "fork = multiprocessing.get_context('fork')",
        "answers = fork.SimpleQueue()",
        "def process_id(): time.sleep(1); return os.getpid()",
        *_asking(cache, "process_id", "answers.put({})"),
        "processes = [fork.Process(target=ask) for _ in range(3)]",
        "for each in processes: each.start()",
        "print(len({answers.get() for _ in processes}), 'computes')",
    ]


def _died(cache: Replica) -> list[str]:
    return [
        "fork = multiprocessing.get_context('fork')",
        "computes = fork.Event()",
        "def compute_for_ever(): computes.set(); time.sleep(60)",
        *_asking(cache, "compute_for_ever", "{}"),
        "process = fork.Process(target=ask); process.start()",
        "computes.wait(9); process.kill(); process.join()",
    ]


def _killed(cache: Replica) -> list[str]:
    own = cache.another("own")
    return [
        _TEXT,
        cache.expression("set", "'a', text(0)"),
        "child = os.fork()",
        "if child == 0:",
        "    resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); signal.signal(signal.SIGXFSZ, signal.SIG_DFL)",
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (GIVEN, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))",
        *(f"    {line}" for line in own),
        f"    try: {cache.expression('own.set', repr('a') + ', text(1)')}",
        "    finally: os._exit(0)",
        "os.waitpid(child, 0)",
        *own,
        f"for value in ({cache.expression('get', repr('a'))}, {cache.expression('own.get', repr('a'))}):",
        "    print('whole:', value in (text(0), text(1)))",
    ]


def _asking(cache: Replica, compute: str, answer: str) -> list[str]:
    """A function that makes an instance of its own, as another process does, and asks it for "a"."""
    made, call = cache.another("own"), cache.expression("own.get_or_set", f"'a', {compute}")
    return ["def ask():", *(f"    {line}" for line in (*made, answer.format(call)))]


_COMPOSED: dict[str, Callable[[Replica], list[str]]] = {TOGETHER: _together, DIED: _died, KILLED: _killed}


def _lines(code: str) -> list[str]:
    return code.strip().split("\n") if code else []
