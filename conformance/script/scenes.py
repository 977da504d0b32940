"""What happens around a cache, beside calls of it: a history tells it in a line, and a script does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .replica import Replica

TAKEN, BACK = "# the server is taken away", "# the server is back, and empty"
FROZEN, THAWED = "# the server is frozen", "# the server goes on"
LOST = "# every packet to the server is lost"
BROKEN = "# four threads get, set and delete while the server is frozen, killed and started anew"
NOTICED = "# eight threads ask for 'd' at once"
MEANWHILE = "# another task has its turns while the first one waits for the server"
FORKED = "# the process is forked, and both ask at once"
TOGETHER = "# three processes ask for one absent key at once"
DIED = "# a process is killed while it computes 'a'"

PORT = 16379  # of a server that a script starts: not the usual one, where somebody may have entries

#: Two for one place are in the queue of the system, and nobody takes them out of it.
_HOLE = f"""
hole = socket.create_server(('127.0.0.1', {PORT}), backlog=0)
queue = [socket.socket() for _ in range(2)]
for each in queue: each.setblocking(False); each.connect_ex(hole.getsockname())
"""
_SERVE = f"""
def serve():
    process = subprocess.Popen(['redis-server', '--port', '{PORT}', '--save', ''], stdout=subprocess.DEVNULL)
    atexit.register(process.kill)
    Redis(port={PORT}, retry=Retry(ConstantBackoff(0.1), 50)).ping()
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
_SIMPLE = {
    TAKEN: f"server.kill(); server.wait()  {TAKEN}",
    BACK: f"server = serve()  {BACK}",
    FROZEN: f"server.send_signal(signal.SIGSTOP)  {FROZEN}",
    THAWED: f"server.send_signal(signal.SIGCONT)  {THAWED}",
    LOST: LOST,
}
_WRITTEN = {BROKEN: _BROKEN, NOTICED: _NOTICED, MEANWHILE: _MEANWHILE, FORKED: _FORKED}


def starts_server(scenes: set[str]) -> bool:
    """Whether a script with these breaks a server, and so has one of its own."""
    return not scenes.isdisjoint((TAKEN, FROZEN, BROKEN))


def place(scenes: set[str]) -> list[str]:
    """The lines of what has to be there before the cache is."""
    return _lines(_HOLE if LOST in scenes else _SERVE if starts_server(scenes) else "")


def written(cache: Replica, scene: str) -> list[str]:
    """The lines of one; of what no script can do, the comment that tells it."""
    if scene in _COMPOSED:
        return _COMPOSED[scene](cache)
    if scene in _WRITTEN:
        return [scene, *cache.aside(_WRITTEN[scene].strip())]
    return _SIMPLE.get(scene, scene).split("\n")


def _together(cache: Replica) -> list[str]:
    return [
        TOGETHER,
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
        DIED,
        "fork = multiprocessing.get_context('fork')",
        "computes = fork.Event()",
        "def compute_for_ever(): computes.set(); time.sleep(60)",
        *_asking(cache, "compute_for_ever", "{}"),
        "process = fork.Process(target=ask); process.start()",
        "computes.wait(9); process.kill(); process.join()",
    ]


def _asking(cache: Replica, compute: str, answer: str) -> list[str]:
    """A function that makes an instance of its own, as another process does, and asks it for "a"."""
    made, call = cache.another("own"), cache.expression("own.get_or_set", f"'a', {compute}")
    return ["def ask():", *(f"    {line}" for line in (*made, answer.format(call)))]


_COMPOSED: dict[str, Callable[[Replica], list[str]]] = {TOGETHER: _together, DIED: _died}


def _lines(code: str) -> list[str]:
    return code.strip().split("\n") if code else []
