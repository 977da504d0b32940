"""An SQLite file of our own, shared by the threads and processes of one host."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import attrgetter
from os import PathLike
from threading import Lock, RLock
from typing import Any, TypeVar
from weakref import WeakSet, finalize

from .connections import Connection, close_all, connected
from .errors import BadValue, CacheClosed, CacheError, DeadlineExceeded, StorageError
from .latency import Waits
from .ownership import make_ours
from .private import private_directory, private_file, protect

_NAME = "cache.sqlite3"
_BESIDE = (f"{_NAME}-wal", f"{_NAME}-shm", f"{_NAME}-journal")  # where SQLite keeps what is under way
_PATIENCE = 1.0  # seconds that a fork waits for statements under way

_FAILURES = (sqlite3.Error, UnicodeDecodeError)  # SQLite may quote a damaged file, and Python cannot read that
_count_of_rows: Callable[[sqlite3.Cursor], int] = attrgetter("rowcount")
_Answer = TypeVar("_Answer")

_opening = Lock()  # between making a file and its first connection nobody else may open it
_databases: WeakSet[Database] = WeakSet()
_forking = Lock()
_nobody_opens = False  # while a fork is under way
_paused: list[Database] = []  # for the fork under way


class Database:
    """Statements on ``directory``'s database, made by ``schema`` where there is none; ``version`` is the schema's.

    What was committed survives this process, however it ends; after a power cut the latest of it may be
    missing, but nothing is torn (write-ahead log, ``synchronous=NORMAL``). A statement waits at most
    ``deadline`` seconds for other writers.

    A connection is never used by two threads at a time. None lives through a fork: SQLite's locks would
    be neither held nor free in the child (sqlite.org/howtocorrupt.html, 2.6).

    Raises:
        StorageError: the disk is full, read only, or holds something else, or the file is damaged.
        DeadlineExceeded: another process held the file for too long.
    """

    def __init__(self, directory: str | PathLike[str], schema: Sequence[str], version: int, deadline: float) -> None:
        self._path = private_directory(directory, (_NAME, *_BESIDE)) / _NAME
        self._deadline = deadline
        self._idle: list[Connection] = []
        self._all: WeakSet[Connection] = WeakSet()
        self._gate = Lock()  # held to open a connection, and for the length of a fork
        self._writing = RLock()  # as a finalizer may write, too, and only its owner can release it
        self._closed = False
        self.waits = Waits()
        finalize(self, close_all, self._idle)
        _databases.add(self)
        with _opening:
            private_file(self._path)
            for name in _BESIDE:
                with suppress(FileNotFoundError):
                    protect(self._path.with_name(name))
            self._prepare(schema, version)

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that ``statement`` finds."""
        return self._run(statement, values, sqlite3.Cursor.fetchall)

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run ``statement`` as one step; how many rows it changed."""
        try:  # from here, as a signal may come as soon as it is acquired
            if not self._writing.acquire(blocking=False):
                self._await_turn()
            return self._run(statement, values, _count_of_rows)
        finally:
            try:  # noqa: SIM105  # in suppress(), too, a signal may come before it is released
                self._writing.release()
            except RuntimeError:  # it is not ours
                pass

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run several statements as one step, on what this yields: all of them, or on an error none."""
        begun = time.perf_counter()
        try:
            self._await_turn()
            connection = self._lend()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except _FAILURES as error:
                raise self._explained(error) from error
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._give_back(connection)
        finally:
            try:  # noqa: SIM105  # as above
                self._writing.release()
            except RuntimeError:
                pass
            self.waits.note(time.perf_counter() - begun)

    def close(self) -> None:
        self._closed = True
        self._drain()

    def pause(self) -> None:
        """Close every connection, and let none be opened until ``resume``."""
        self._gate.acquire()
        late = time.monotonic() + _PATIENCE
        self._drain()
        while [*self._all] and time.monotonic() < late:
            time.sleep(0.001)
            self._drain()

    def resume(self, *, in_child: bool) -> None:
        if in_child:  # no other thread has come along: what one held is held for ever, what it used is lost
            self._writing = RLock()
            self._lost, self._all = [*self._all, *self._idle], WeakSet()
            del self._idle[:]
        self._gate.release()

    def _prepare(self, schema: Sequence[str], version: int) -> None:
        connection = self._lend()
        try:
            if not make_ours(connection, schema, version):
                raise StorageError(f"{self._path} is of another program or version; use that or another directory")
        except _FAILURES as error:
            raise self._explained(error) from error
        finally:
            self._give_back(connection)

    def _run(self, statement: str, values: Sequence[Any], answer: Callable[[sqlite3.Cursor], _Answer]) -> _Answer:
        begun = time.perf_counter()
        connection = self._lend()
        try:
            return answer(connection.execute(statement, values))
        except _FAILURES as error:
            raise self._explained(error) from error
        finally:
            self._give_back(connection)
            self.waits.note(time.perf_counter() - begun)

    def _lend(self) -> Connection:
        """A connection that nobody else uses meanwhile."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give_back(self, connection: Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self._drain()

    def _connect(self) -> Connection:
        with self._gate:
            if self._closed:
                raise CacheClosed(f"{self._path} is closed")
            try:
                connection = connected(self._path, self._deadline)
            except _FAILURES as error:
                raise self._explained(error) from error
            self._all.add(connection)
        return connection

    def _await_turn(self) -> None:
        """Threads wait for each other here, where SQLite would have them sleep and try again."""
        if not self._writing.acquire(timeout=self._deadline):
            raise DeadlineExceeded(f"other threads wrote to {self._path} for more than {self._deadline} s")

    def _drain(self) -> None:
        for connection in close_all(self._idle):
            self._all.discard(connection)

    def _explained(self, error: Exception) -> CacheError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return DeadlineExceeded(f"{self._path} was in use by another process for more than {self._deadline} s")
        if code == sqlite3.SQLITE_TOOBIG:
            return BadValue("the value takes up more bytes than a file cache can hold, 10**9")
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return StorageError(f"{self._path} is damaged, or no SQLite database ({error}); remove it to begin anew")
        return StorageError(f"{self._path} cannot be used: {error}")


def _before_fork() -> None:
    global _nobody_opens  # noqa: PLW0603
    _forking.acquire()
    _nobody_opens = _opening.acquire(timeout=_PATIENCE)  # what is opened from here on would not be paused
    for database in list(_databases):
        _paused.append(database)
        database.pause()


def _after_fork(*, in_child: bool) -> None:
    global _opening  # noqa: PLW0603
    if in_child:
        _opening = Lock()
    elif _nobody_opens:
        _opening.release()
    while _paused:
        _paused.pop().resume(in_child=in_child)
    _forking.release()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=lambda: _after_fork(in_child=False),
        after_in_child=lambda: _after_fork(in_child=True),
    )
