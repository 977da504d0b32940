"""A file cache in several processes: forked, killed, ended without a close, or waiting for one another."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from file_places import NAME, SAFETY, elsewhere, place

from cache_impl import FileCache
from cache_impl.errors import DeadlineExceeded

__all__ = ["place"]  # a fixture


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


def test_who_fails_to_compute_takes_nothing_from_who_does(place: Path) -> None:
    """Two processes compute one key: what the one returns is stored, whatever has become of the other."""
    cache, other = FileCache(place), FileCache(place)

    def compute() -> int:
        with pytest.raises(ZeroDivisionError):
            other.get_or_set("a", lambda: 1 // 0)
        return 1

    assert cache.get_or_set("a", compute) == 1
    assert other.get("a") == 1
