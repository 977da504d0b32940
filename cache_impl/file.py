"""The cache in a file: durable, for the threads and processes of one host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from os import PathLike
from sqlite3 import Connection

from .database import Database
from .frame import Frames
from .store import checked_wait
from .tier import Tier
from .waiting import blocks

_SCHEMA = (
    "CREATE TABLE entries (key BLOB PRIMARY KEY NOT NULL, expires REAL, claim INTEGER NOT NULL, frame BLOB NOT NULL)",
    "CREATE INDEX entries_by_expiry ON entries (expires) WHERE expires IS NOT NULL",
    "CREATE INDEX claims ON entries (claim) WHERE claim",
)
_VERSION = 1
_READ = "SELECT frame FROM entries WHERE key = ?"
_WRITE = (
    "INSERT INTO entries VALUES (?, ?, 0, ?)"
    " ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, claim = 0, frame = excluded.frame"
)
_MANY = 100  # keys in one statement
_READ_MANY = f"SELECT key, frame FROM entries WHERE key IN ({', '.join('?' * _MANY)})"  # noqa: S608  # of our own marks
_RARELY = 60.0  # seconds until the next look for what other processes let expire


class FileCache(Tier):
    """Entries in an SQLite database in ``directory``, which is made where it is missing.

    What is set survives the process, however it ends. After a power cut the latest of it may be missing,
    and nothing is torn. Any number of threads and processes may use the same directory, and a cache may be
    used on both sides of a fork. It grows until entries expire or are deleted: expired ones are removed by
    the next ``set``.

    ``ttl`` is how many seconds an entry lives where ``set`` is not told otherwise; ``None`` is for ever.
    ``clock`` returns seconds since the epoch. With a ``signing_key``, 16 bytes or more, only entries that were
    written with it are believed. ``deadline`` is how many seconds an operation waits for other writers.

    Directory and files can be opened by their owner only.

    Raises:
        AccessDenied: the directory or a file in it is a symlink, or somebody else's.
        StorageError: the disk is full, read only or damaged, or the place holds something else.
        DeadlineExceeded: other writers held the file for longer than ``deadline``.
    """

    def __init__(
        self,
        directory: str | PathLike[str],
        *,
        ttl: float | None = None,
        clock: Callable[[], float] = time.time,
        signing_key: bytes | None = None,
        deadline: float = 5.0,
    ) -> None:
        frames = Frames(signing_key)
        super().__init__(_FileStore(directory, checked_wait("deadline", deadline)), frames, ttl, clock)


@blocks
class _FileStore:
    """Frames in a table; see ``Store``."""

    def __init__(self, directory: str | PathLike[str], deadline: float) -> None:
        self._database = Database(directory, _SCHEMA, _VERSION, deadline)
        self.waits = {"file": self._database.waits}
        self._due = -inf  # clock reading from which on something may have expired

    def find(self, key: bytes) -> bytes | None:
        rows = self._database.read(_READ, (key,))
        return rows[0][0] if rows else None

    def read(self, keys: Iterable[bytes]) -> list[bytes | None]:
        wanted = list(keys)
        found: dict[bytes, bytes] = {}
        for start in range(0, len(wanted), _MANY):
            part: list[bytes | None] = [*wanted[start : start + _MANY]]
            found.update(self._database.read(_READ_MANY, part + [None] * (_MANY - len(part))))
        return [found.get(key) for key in wanted]

    def write(self, frames: Mapping[bytes, bytes], expires: float, now: float) -> int:
        due, end = self._due, _finite(expires)
        if expires < due:
            self._due = expires
        if now < due and len(frames) == 1:
            for key, frame in frames.items():
                self._database.change(_WRITE, (key, end, frame))
            return 0
        with self._database.transaction() as connection:
            expired = self._swept(connection, now)
            connection.executemany(_WRITE, [(key, end, frame) for key, frame in frames.items()])
        self._due = min(self._due, expires)
        return expired

    def take(self, keys: Iterable[bytes]) -> list[bytes | None]:
        statement = "DELETE FROM entries WHERE key = ? RETURNING frame"
        with self._database.transaction() as connection:
            rows = [connection.execute(statement, (key,)).fetchall() for key in keys]
        return [row[0][0] if row else None for row in rows]

    def claim(self, key: bytes, frame: bytes, expires: float, now: float) -> bool:
        del now  # claims that have expired go with the next sweep
        statement = "INSERT INTO entries VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING"
        return self._database.change(statement, (key, expires, frame)) == 1

    def swap(self, key: bytes, old: bytes, new: bytes, expires: float, now: float) -> bool:
        del now
        self._due = min(self._due, expires)
        statement = "UPDATE entries SET expires = ?, claim = 0, frame = ? WHERE key = ? AND frame = ?"
        return self._database.change(statement, (_finite(expires), new, key, old)) == 1

    def drop(self, key: bytes, old: bytes) -> bool:
        return self._database.change("DELETE FROM entries WHERE key = ? AND frame = ?", (key, old)) == 1

    def sweep(self, now: float) -> int:
        if not self._database.read("SELECT 1 FROM entries WHERE expires <= ? LIMIT 1", (now,)):
            return 0  # and no other writer was waited for
        with self._database.transaction() as connection:
            return self._swept(connection, now)

    def keys(self, now: float) -> Iterator[bytes]:
        del now  # a sweep comes first
        return (key for (key,) in self._database.read("SELECT key FROM entries WHERE NOT claim"))

    def size(self, now: float) -> int:
        del now
        statement = "SELECT (SELECT count(*) FROM entries) - (SELECT count(*) FROM entries WHERE claim)"
        return int(self._database.read(statement)[0][0])

    def clear(self) -> None:
        self._database.change("DELETE FROM entries")

    def close(self) -> None:
        self._database.close()

    def _swept(self, connection: Connection, now: float) -> int:
        claims = connection.execute("DELETE FROM entries WHERE expires <= ? RETURNING claim", (now,)).fetchall()
        ((first,),) = connection.execute("SELECT min(expires) FROM entries WHERE expires IS NOT NULL").fetchall()
        self._due = min(now + _RARELY, inf if first is None else first)
        return sum(not claim for (claim,) in claims)


def _finite(expires: float) -> float | None:
    return None if expires == inf else expires
