"""The file tier: what was written while the server could not be reached, until it is replayed; or all, as a mirror."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
from os import PathLike
from sqlite3 import Connection
from threading import RLock
from typing import Any, NamedTuple

from . import statements as sql
from .database import Database
from .forks import renew_after_fork
from .frame import TOMBSTONE, VALUE, Frames, Known
from .versioned import Replay, Write
from .versions import REMEMBERED, Versions
from .waiting import blocks

_TURN = 0.25  # seconds that an operation waits while other processes write
_RARELY = 60.0  # seconds until the next look for mirrored entries that have expired
_UNKNOWN = Known(TOMBSTONE, 0.0, 0)
_Values = tuple[bytes, int, bytes, int, bytes]


class Row(NamedTuple):
    """What the file holds for a key; ``pending`` until the server has it, too."""

    version: int
    pending: bool
    frame: bytes | None


NOTHING = Row(0, pending=False, frame=None)


@blocks
class Journal:
    """Entries and tombstones in an SQLite database in ``directory``: the write and the note of it are one row.

    A ``clear`` is a tombstone under ``everything``, for all keys with an older version. It survives this process,
    however that ends, and may be used by several processes and on both sides of a fork. A ``mirror`` also keeps what
    waits for nothing.

    Raises:
        AccessDenied, StorageError, DeadlineExceeded: as ``FileCache`` does.
    """

    def __init__(  # noqa: PLR0913  # what it is made of
        self,
        directory: str | PathLike[str],
        frames: Frames,
        everything: bytes,
        versions: Versions,
        clock: Callable[[], float],
        *,
        mirror: bool,
    ) -> None:
        self._database = Database(directory, sql.SCHEMA, sql.VERSION, _TURN)
        self.waits = {"file": self._database.waits}
        self._frames, self._everything, self._versions = frames, everything, versions
        self._clock, self._sweep_at = clock, -inf  # when it looks for mirrored entries that have expired
        self.mirror = mirror
        self._looks = 2 if mirror else 1  # in so many tables
        self._answer, self._answers = (
            (sql.OWN_OR_MIRRORED, sql.OWN_OR_MIRRORED_MANY) if mirror else (sql.OWN, sql.OWN_MANY)
        )
        self._renew()
        renew_after_fork(self, Journal._renew)

    def find(self, key: bytes) -> Row:
        """What it holds for ``key``."""
        found = self._database.read(sql.READ, (key, self._everything, key))
        if not found:
            return NOTHING
        ((of, version, pending, frame),) = found
        return Row(version, bool(pending), frame if of == key else None)

    def read(self, keys: Sequence[bytes]) -> list[Row]:
        """What it holds for each of ``keys``."""
        if len(keys) == 1:
            return [self.find(keys[0])]
        if not self._database.read(f"SELECT EXISTS ({sql.READ_ALL})")[0][0]:
            return [NOTHING] * len(keys)
        rows: dict[bytes, Row] = {}
        for part in _parts(keys, sql.MANY - 1):
            rows |= _by_key(self._database.read(sql.READ_MANY, [self._everything, *part] * 2))
        cleared = rows.get(self._everything)
        nothing = NOTHING if cleared is None else cleared._replace(frame=None)
        return [rows.get(key, nothing) for key in keys]

    def answer(self, key: bytes) -> bytes | None:
        """The frame of ``key`` for a reader while the server is away."""
        rows = self._database.read(self._answer, (key,) * self._looks)
        return rows[0][0] if rows else None

    def answers(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """``answer``, of each of ``keys``."""
        found: dict[bytes, bytes] = {}
        for part in _parts(keys, sql.MANY):
            found.update(self._database.read(self._answers, part * self._looks))
        return [found.get(key) for key in keys]

    def put(self, payloads: Mapping[bytes, bytes], expires: float) -> None:
        """Store encoded values, as the newest there is, to be replayed."""
        with self._turn:
            if len(payloads) == 1:
                ((key, payload),) = payloads.items()
                self._write_one(key, payload, expires)
                return
            with self._database.transaction() as connection:
                self._write(connection, payloads, expires, VALUE)

    def bury(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Delete, as the newest there is, to be replayed; what it held under each key before."""
        with self._turn:
            if len(keys) == 1 and (row := self._buried(keys[0])) is not None:
                return [row.frame]
            with self._database.transaction() as connection:
                before = [row.frame for row in self.read(keys)]  # and nobody else writes
                tombstones = dict.fromkeys(keys, b"")
                self._write(connection, tombstones, inf, TOMBSTONE)
        return before

    def put_late(self, key: bytes, write: Write, version: int) -> None:
        """Write what was begun at ``version``, to be replayed, unless there is something newer."""
        frame = self._frames.pack(key, write.payload or b"", write.expires, version, took=write.took)
        with self._turn:
            self._database.change(sql.WAIT, _values(key, version, frame))

    def clear(self, *, pending: bool) -> None:
        """Remove all, as the newest there is; to be replayed, where ``pending``."""
        with self._turn, self._database.transaction() as connection:
            ((newest,),) = connection.execute(sql.NEWEST)
            version = self._versions.next(after=newest)
            for statement in sql.CLEAR:
                connection.execute(statement)
            if pending:
                frame = self._frames.pack(self._everything, b"", inf, version, TOMBSTONE)
                connection.execute(sql.WAIT, _values(self._everything, version, frame))
            connection.execute("UPDATE cleared SET version = ?", (version,))

    def settle(self, frames: Mapping[bytes, bytes]) -> None:
        """The server has ``frames`` now: nothing older is to be replayed, nor seen here."""
        with self._turn:  # who writes here has done so by now, or will have a version from after ours
            rows = self.read(list(frames))
        if self.mirror or any(row.version for row in rows):
            with self._database.transaction() as connection:
                self._settle(connection, frames)

    def waiting(self, most: int) -> list[Replay]:
        """Up to ``most`` of what is to be replayed; a clear, for itself, before all else."""
        statement = "SELECT key, version, frame FROM waiting"
        rows = self._database.read(f"{statement} WHERE key = ?", (self._everything,))
        return [Replay(*row) for row in rows or self._database.read(f"{statement} LIMIT ?", (most,))]

    def replayed(self, writes: Iterable[Replay]) -> None:
        """Forget what the server has now, but not what was written over it meanwhile."""
        done = [(each.key, each.version + 1) for each in writes]
        with self._database.transaction() as connection:
            for statement in sql.OLDER:
                connection.executemany(statement, done)

    def pending(self) -> int:
        """How many writes are to be replayed."""
        return int(self._database.read("SELECT count(*) FROM waiting")[0][0])

    def held(self) -> tuple[dict[bytes, Row], bool]:
        """All that it holds, and whether a clear is to be replayed."""
        rows = _by_key(self._database.read(sql.READ_ALL))
        return rows, self._everything in rows

    def close(self) -> None:
        self._database.close()

    def _renew(self) -> None:
        self._turn = RLock()  # held from taking a version to having written it

    def _write_one(self, key: bytes, payload: bytes, expires: float) -> None:
        version, pack = self._versions.next(), self._frames.pack
        while not self._database.change(sql.WAIT, _values(key, version, pack(key, payload, expires, version))):
            version = self._above([key])

    def _write(self, connection: Connection, payloads: Mapping[bytes, bytes], expires: float, kind: int) -> None:
        version, pack = self._versions.next(), self._frames.pack
        while connection.executemany(
            sql.WAIT, [_values(key, version, pack(key, each, expires, version, kind)) for key, each in payloads.items()]
        ).rowcount < len(payloads):
            version = self._above(list(payloads))

    def _above(self, keys: Sequence[bytes]) -> int:
        """A version newer than all there is of ``keys``: another process may be ahead of our clock."""
        ((cleared,),) = self._database.read("SELECT version FROM cleared")
        return self._versions.next(after=max(cleared, *(row.version for row in self.read(keys))))

    def _buried(self, key: bytes) -> Row | None:
        """What lay under ``key``, now a tombstone; None, and nothing is done, where another writes meanwhile."""
        row = self.find(key)
        version = self._versions.next(after=row.version)
        frame = self._frames.pack(key, b"", inf, version, TOMBSTONE)
        if row.frame is None:
            done = self._database.change(sql.ADD, _values(key, version, frame))
        else:
            done = self._database.change(sql.REPLACE, (version, frame, key, row.version))
        return row if done else None

    def _settle(self, connection: Connection, frames: Mapping[bytes, bytes]) -> None:
        rows = [(key, *(self._frames.peek(frame) or _UNKNOWN), frame) for key, frame in frames.items()]
        for statement in sql.OLDER:
            connection.executemany(statement, [(key, version) for key, _, _, version, _ in rows])
        if connection.execute("SELECT 1 FROM waiting WHERE key = ?", (self._everything,)).fetchall():
            connection.executemany(sql.WAIT, [_values(key, version, frame) for key, _, _, version, frame in rows])
        elif self.mirror:
            self._keep(connection, rows)

    def _keep(self, connection: Connection, rows: Iterable[tuple[bytes, int, float, int, bytes]]) -> None:
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep_at = now + _RARELY
            connection.execute("DELETE FROM mirrored WHERE expires <= ?", (now,))
        for key, kind, expires, version, frame in rows:
            forget = now + REMEMBERED if kind == TOMBSTONE else expires
            connection.execute(sql.MIRROR, (*_values(key, version, frame), forget))


def _values(key: bytes, version: int, frame: bytes) -> _Values:
    """As ``ADD`` and ``WAIT`` take them."""
    return key, version, key, version, frame


def _parts(keys: Sequence[bytes], most: int) -> Iterator[list[bytes | None]]:
    """``keys`` by so many, as each statement has room for."""
    for start in range(0, len(keys), most):
        part = keys[start : start + most]
        yield [*part, *[None] * (most - len(part))]


def _by_key(found: Iterable[tuple[Any, ...]]) -> dict[bytes, Row]:
    """By key, what waits before what does not."""
    return {key: Row(version, bool(pending), frame) for key, version, pending, frame in found}
