"""What the suite cannot see from outside of a file cache: who may open it, and what damage, crashes and forks do."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cache_impl import BadSetting, BadValue, FileCache
from cache_impl.errors import AccessDenied, CacheError, DeadlineExceeded, StorageError

NAME = "cache.sqlite3"
SAFETY = 20.0  # seconds until something that ought to come is given up on


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a cache can be made."""
    return tmp_path / "cache"


def modes(place: Path) -> set[str]:
    return {f"{stat.S_IMODE(path.stat().st_mode):04o}" for path in (place, *place.iterdir())}


def behind(place: Path, statement: str) -> list[Any]:
    """What ``statement`` finds or does in the file, without the cache."""
    with closing(sqlite3.connect(place / NAME, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def elsewhere(program: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs ``program``."""
    begin = "import os, signal, sys\nfrom cache_impl import FileCache\n"
    command = [sys.executable, "-W", "ignore", "-c", begin + program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."})


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277, 0o777], ids=lambda umask: f"{umask:03o}")
def test_only_the_owner_can_open_it_whatever_the_umask(place: Path, umask: int) -> None:
    """0700 for the directory, 0600 for each file, those that SQLite makes on its way included."""
    before = os.umask(umask)
    try:
        with FileCache(place) as cache:
            cache.set("a", 1)
            assert (modes(place), len(list(place.iterdir()))) == ({"0700", "0600"}, 3)
    finally:
        os.umask(before)


def test_a_directory_of_its_own_is_closed_to_others(place: Path) -> None:
    """Found open and empty, or with a cache in it that was made open to others: closed."""
    place.mkdir()
    place.chmod(0o777)
    FileCache(place).close()
    for path in (place, place / NAME):
        path.chmod(0o777 if path == place else 0o666)
    FileCache(place).close()
    assert modes(place) == {"0700", "0600"}


def test_a_directory_in_other_use_is_left_as_it_is(place: Path) -> None:
    """Home or /tmp, named by mistake, is not closed to everybody else."""
    place.mkdir(mode=0o755)
    (place / "letters").touch()
    with pytest.raises(AccessDenied, match="chmod 700"):
        FileCache(place)
    assert (stat.S_IMODE(place.stat().st_mode), [each.name for each in place.iterdir()]) == (0o755, ["letters"])


@pytest.mark.parametrize("name", ["", NAME, f"{NAME}-wal", f"{NAME}-shm"])
def test_a_symlink_is_refused(tmp_path: Path, place: Path, name: str) -> None:
    """For the directory and for each file: what it points to is neither made nor changed."""
    target = tmp_path / "target"
    if name:
        place.mkdir(mode=0o700)
    else:
        target.mkdir()
    (place / name).symlink_to(target)
    with pytest.raises(AccessDenied, match="symlink"):
        FileCache(place)
    assert not name or not target.exists()


@pytest.mark.parametrize("name", ["", NAME])
def test_somebody_elses_place_is_refused(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory or a file that belongs to another user."""
    FileCache(place).close()
    own, lstat = os.geteuid(), Path.lstat

    def other(path: Path) -> os.stat_result:
        found = list(lstat(path))
        found[stat.ST_UID] = own + 1 if path == place / name else own
        return os.stat_result(found)

    monkeypatch.setattr(Path, "lstat", other)
    with pytest.raises(AccessDenied, match="belongs to user"):
        FileCache(place)


def garbage(place: Path) -> None:
    (place / NAME).write_bytes(random.Random(1).randbytes(5000))


def another_database(place: Path) -> None:
    behind(place, "CREATE TABLE letters (text)")


def a_later_version(place: Path) -> None:
    FileCache(place).close()
    behind(place, "PRAGMA user_version = 1000")


@pytest.mark.parametrize("fill", [garbage, another_database, a_later_version])
def test_what_is_not_ours_is_refused_and_left_as_it_is(place: Path, fill: Callable[[Path], None]) -> None:
    """A file that is no database, or one of another program or version."""
    place.mkdir(mode=0o700)
    fill(place)
    before = (place / NAME).read_bytes()
    with pytest.raises(StorageError, match=str(place / NAME)):
        FileCache(place)
    assert (place / NAME).read_bytes() == before


def test_a_place_that_cannot_be_a_directory_is_refused(tmp_path: Path) -> None:
    """A file, something below a file, something that is no path."""
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", "/dev/null"):
        with pytest.raises(StorageError, match=str(place)):
            FileCache(place)
    for no_path in (None, 7, b"cache", "", "a\0b", "\ud800"):
        with pytest.raises(BadSetting):
            FileCache(no_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_a_miss_or_an_error_and_never_a_wrong_value(place: Path, seed: int) -> None:
    """Bits flipped, or the end cut off: every answer is right, absent, or an error of our own."""
    entries = {f"key {number}": {"n": number, "text": "x" * (number * 37 % 900)} for number in range(60)}
    with FileCache(place, ttl=1e6) as cache:
        cache.set_many(entries)
    chance, file = random.Random(seed), place / NAME
    content = bytearray(file.read_bytes())
    for _ in range(chance.randint(1, 10)):
        content[chance.randrange(len(content) if seed % 2 else 4096)] ^= 1 << chance.randrange(8)
    file.write_bytes(content[: chance.randrange(len(content))] if seed % 7 == 0 else content)
    try:
        with FileCache(place) as cache:
            for key, value in entries.items():
                assert try_to(partial(cache.get, key, value), value) == value
            assert try_to(lambda: cache.get_many(entries), {}).items() <= entries.items()
            for operation in (cache.stats, lambda: list(cache), lambda: cache.set("a", 1), cache.clear):
                try_to(operation, None)
    except CacheError:
        pass


def try_to(operation: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return operation()
    except CacheError:
        return otherwise


def test_a_damaged_entry_is_counted(place: Path) -> None:
    """It is a miss, the others are as they were, and setting it again mends it."""
    cache = FileCache(place)
    cache.set_many({"a": 1, "b": 2})
    behind(place, "UPDATE entries SET frame = substr(frame, 1, length(frame) - 1) WHERE key = CAST('a' AS BLOB)")
    assert (cache.get_many(["a", "b"]), "a" in cache, cache.delete("a")) == ({"b": 2}, False, False)
    assert (cache.damaged, cache.stats().misses) == (3, 1)
    cache.set("a", 3)
    assert cache.get("a") == 3


def test_entries_signed_with_another_key_are_misses(place: Path) -> None:
    """Nor are those believed that nobody signed."""
    keys = (None, b"one key of 16 by", b"another of 16 by")
    for writer in keys:
        with FileCache(place, signing_key=writer) as cache:
            cache.set("a", 1)
        found = []
        for reader in keys:
            with FileCache(place, signing_key=reader) as cache:
                found.append(cache.get("a") == 1)
        assert found == [reader == writer for reader in keys]


def test_a_writer_that_is_killed_leaves_nothing_torn(place: Path) -> None:
    """Every value is one that was set, whole, and there are no files that nobody will ever remove."""
    program = """
cache = FileCache(sys.argv[1])
for number in range(10**9):
    cache.set_many({"a": {"n": number, "bytes": bytes([number % 256]) * (number * 997 % 20_000)}, "b": number})
    print(number, flush=True)
"""
    for rounds in range(5):
        writer = elsewhere(program, place)
        assert writer.stdout
        with FileCache(place) as cache:
            for line in writer.stdout:
                if int(line) >= 5 * rounds:
                    break
            writer.kill()
            writer.communicate()
            value = cache.get("a")
            assert value["bytes"] == bytes([value["n"] % 256]) * (value["n"] * 997 % 20_000)
            assert value["n"] == cache.get("b")
        assert [path.name for path in place.iterdir()] == [NAME]


def test_what_was_set_survives_a_process_that_does_not_close(place: Path) -> None:
    """Durable means that much: the process may end as it likes."""
    elsewhere("FileCache(sys.argv[1]).set('a', (1, 2)); os._exit(1)", place).communicate()
    assert FileCache(place).get("a") == (1, 2)


def test_a_full_disk_is_an_error_and_loses_nothing(place: Path) -> None:
    """The entry that does not fit is not there, what was there is, and there is room again when something goes."""
    program = """
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
cache = FileCache(sys.argv[1])
cache.set("a", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    cache.set_many({"a": 2, "b": bytes(300_000)})
except OSError as error:
    print(type(error).__name__, cache.get("a"), cache.get("b"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
cache.set_many({"a": 2, "b": b""})
print(cache.get("a"), cache.get("b"))
"""
    said, _ = elsewhere(program, place).communicate(timeout=SAFETY)
    assert said.splitlines() == ["StorageError 1 None", "2 b''"]


def test_a_file_that_cannot_be_written_is_read(place: Path) -> None:
    """A set raises, get goes on, and what has expired stays expired."""
    clock = Clock()
    with FileCache(place, clock=clock) as cache:
        cache.set_many({"a": 1})
        cache.set("b", 2, ttl=5)
    cache = FileCache(place, clock=clock)
    cache._store._database.read("PRAGMA query_only = 1")  # type: ignore[attr-defined]  # noqa: SLF001  # also for root
    with pytest.raises(StorageError):
        cache.set("a", 3)
    clock.now += 5
    assert (cache.get("a"), cache.get("b"), "b" in cache) == (1, None, False)


def test_a_value_that_fits_into_no_file_is_refused(place: Path) -> None:
    """As any value that cannot be kept; a real one would be a gigabyte long."""
    cache = FileCache(place)
    cache.set("a", 1)
    connection = cache._store._database._idle[0]  # type: ignore[attr-defined]  # noqa: SLF001
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    with pytest.raises(BadValue, match="bytes"):
        cache.set("a", bytes(20_000))
    assert cache.get("a") == 1


def test_waiting_for_another_writer_has_an_end(place: Path) -> None:
    """While somebody else holds the file, set raises when its deadline is over; get does not have to wait."""
    cache = FileCache(place, deadline=0.02)
    cache.set("a", 1)
    other = sqlite3.connect(place / NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for change in (lambda: cache.set("a", 2), lambda: cache.set_many({"a": 2, "b": 2}), lambda: cache.delete("a")):
        with pytest.raises(DeadlineExceeded, match=NAME):
            change()
    assert cache.get("a") == 1
    other.close()
    cache.set("a", 2)
    assert cache.get("a") == 2


@pytest.mark.parametrize("look", [len, list, FileCache.stats, lambda cache: cache.get("a"), lambda cache: "a" in cache])
def test_what_was_seen_expired_stays_away(place: Path, look: Callable[[FileCache], object]) -> None:
    """By whatever operation, here or in another process: a clock that steps back brings nothing back."""
    clock = Clock()
    cache, other = FileCache(place, clock=clock), FileCache(place, clock=clock)
    cache.set("a", 1, ttl=5)
    clock.now += 5
    look(cache)
    clock.now -= 5
    assert (cache.get("a"), other.get("a"), len(other)) == (None, None, 0)


def test_expired_entries_do_not_pile_up(place: Path) -> None:
    """A set removes those whose time has come, overwritten ones included, and counts each once."""
    clock = Clock()
    cache = FileCache(place, clock=clock)
    for number in range(50):
        cache.set(str(number), number, ttl=5)
    clock.now += 5
    cache.set("0", "new", ttl=5)
    assert behind(place, "SELECT count(*) FROM entries") == [(1,)]
    assert (cache.stats().expirations, cache.get("0")) == (50, "new")


@pytest.mark.parametrize("change", ["set", "delete", "clear"])
def test_a_change_elsewhere_during_a_compute_wins(place: Path, change: str) -> None:
    """The late result goes to its caller, and does not undo what another process has done meanwhile."""
    cache, other = FileCache(place), FileCache(place)
    changes = {"set": lambda: other.set("a", "newer"), "delete": lambda: other.delete("a"), "clear": other.clear}

    def compute() -> str:
        assert (changes[change](), "a" in other) == (False if change == "delete" else None, change == "set")
        return "late"

    assert cache.get_or_set("a", compute) == "late"
    assert cache.get("a") == ("newer" if change == "set" else None)


def test_two_processes_that_compute_store_one_result(place: Path) -> None:
    """Both get what they computed, and the first one to come is what is stored."""
    cache, other = FileCache(place), FileCache(place)
    answers = [cache.get_or_set("a", lambda: other.get_or_set("a", lambda: "inner") + "?")]
    assert (answers, cache.get("a"), other.get("a")) == (["inner?"], "inner", "inner")


def test_a_compute_under_way_is_no_entry(place: Path) -> None:
    """Neither for in, len, iteration, nor delete; one that fails leaves nothing behind."""
    cache = FileCache(place)

    def compute() -> None:
        assert ("a" in cache, len(cache), list(cache), cache.stats().size) == (False, 0, [], 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.get_or_set("a", compute)
    assert behind(place, "SELECT count(*) FROM entries") == [(0,)]


def test_get_or_set_answers_a_copy_to_each(place: Path) -> None:
    """To whoever computes, to whoever waits, and to whoever comes later."""
    cache, entered, release = FileCache(place), threading.Event(), threading.Event()

    def compute() -> list[int]:
        entered.set()
        assert release.wait(SAFETY)
        return [1]

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(cache.get_or_set, "a", compute) for _ in range(2)]
        assert entered.wait(SAFETY)
        release.set()
        first, second = [each.result(SAFETY) for each in waiting]
    first.append(2)
    assert (second, cache.get("a")) == ([1], [1])


def test_bulk_operations_know_no_size(place: Path) -> None:
    """More keys than fit into one statement."""
    cache, entries = FileCache(place), {f"key {number}": number for number in range(2500)}
    cache.set_many(entries)
    assert cache.get_many([*entries, "absent"]) == entries
    assert cache.delete_many([*entries, "absent"]) == len(cache.get_many(entries)) + len(entries)


def test_a_cache_works_on_both_sides_of_a_fork(place: Path) -> None:
    """Opened before, used before and after, by parent and child, while other threads of the parent are busy."""
    program = """
import threading
cache, stop = FileCache(sys.argv[1]), threading.Event()
def work(name):
    while not stop.is_set():
        cache.set(name, name)
        assert cache.get(name) == name
threads = [threading.Thread(target=work, args=(str(number),)) for number in range(3)]
for thread in threads:
    thread.start()
children = []
for number in range(5):
    child = os.fork()
    if not child:
        cache.set(f"child {number}", cache.get_or_set("shared", lambda: number))
        os._exit(0 if cache.get(f"child {number}") is not None and cache.stats().size else 1)
    children.append(child)
    cache.set("parent", number)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stop.set()
for thread in threads:
    thread.join()
print(codes, sorted(cache.get_many(f"child {number}" for number in range(5))), cache.get("parent"))
"""
    said, _ = elsewhere(program, place).communicate(timeout=SAFETY)
    assert said.strip() == f"{[0] * 5} {[f'child {number}' for number in range(5)]} 4"


def test_a_compute_of_the_parent_is_not_waited_for_in_a_child(place: Path) -> None:
    """The thread that computes has not come along: the child computes for itself."""
    program = """
import threading
cache, entered = FileCache(sys.argv[1]), threading.Event()
def compute():
    entered.set()
    threading.Event().wait()
threading.Thread(target=cache.get_or_set, args=("a", compute), daemon=True).start()
entered.wait()
child = os.fork()
if not child:
    os._exit(7 if cache.get_or_set("a", lambda: "own") == "own" else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
os._exit(0)
"""
    said, _ = elsewhere(program, place).communicate(timeout=SAFETY)
    assert said.strip() == "7"


def test_threads_and_processes_lose_no_update(place: Path) -> None:
    """Keys of their own, written by two processes with two threads each, are all there."""
    program = """
import threading
cache = FileCache(sys.argv[1])
def work(name):
    for number in range(50):
        cache.set(f"{name} {number}", number)
threads = [threading.Thread(target=work, args=(f"{sys.argv[2]} {each}",)) for each in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    writers = [elsewhere(program, place, number) for number in range(2)]
    assert [(writer.communicate(timeout=SAFETY), writer.returncode)[1] for writer in writers] == [0, 0]
    assert len(FileCache(place)) == 200
