"""The file tier: what was written while the server could not be reached, until it is replayed; or all, as a mirror."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf
from os import PathLike
from threading import Lock
from typing import Any, NamedTuple

from .database import Database
from .forks import renew_after_fork
from .frame import TOMBSTONE, VALUE, Frames
from .statements import MANY, MIRRORED, MIRRORED_MANY, OWN, OWN_MANY, READ, READ_MANY, SCHEMA, VERSION, WAIT, WRITE
from .versioned import Replay, Write
from .versions import REMEMBERED, Versions
from .waiting import blocks

_NEVER = 1e300  # in place of infinity
_TURN = 0.25  # seconds that an operation waits while other processes write
_RARELY = 60.0  # seconds until the next look for mirrored entries that have expired


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
    however that ends, and may be used by several processes and on both sides of a fork.

    Raises:
        AccessDenied, StorageError, DeadlineExceeded: as ``FileCache`` does.
    """

    def __init__(
        self,
        directory: str | PathLike[str],
        frames: Frames,
        everything: bytes,
        versions: Versions,
        clock: Callable[[], float],
    ) -> None:
        self._database = Database(directory, SCHEMA, VERSION, _TURN)
        self._frames, self._everything, self._versions = frames, everything, versions
        self._clock, self._sweep_at = clock, -inf  # when it looks for mirrored entries that have expired
        self._renew()
        renew_after_fork(self, Journal._renew)

    def find(self, key: bytes) -> Row:
        """What it holds for ``key``."""
        return self._find(key)

    def answer(self, key: bytes, *, mirror: bool) -> bytes | None:
        """The frame of ``key`` for a reader while the server is away; of a ``mirror``, what waits for nothing, too."""
        rows = self._database.read(MIRRORED if mirror else OWN, (key,))
        return rows[0][0] if rows else None

    def answers(self, keys: Sequence[bytes], *, mirror: bool) -> list[bytes | None]:
        """``answer``, of each of ``keys``."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), MANY):
            part: list[bytes | None] = [*keys[start : start + MANY]]
            rows = self._database.read(MIRRORED_MANY if mirror else OWN_MANY, part + [None] * (MANY - len(part)))
            found.update(rows)
        return [found.get(key) for key in keys]

    def read(self, keys: Sequence[bytes]) -> list[Row]:
        """What it holds for each of ``keys``."""
        if len(keys) == 1:
            return [self.find(keys[0])]
        found: list[tuple[Any, ...]] = []
        if self._database.read("SELECT NOT EXISTS (SELECT 1 FROM entries)")[0][0]:
            return [NOTHING] * len(keys)
        for start in range(0, len(keys), MANY - 1):
            part: list[bytes | None] = [self._everything, *keys[start : start + MANY - 1]]
            found += self._database.read(READ_MANY, part + [None] * (MANY - len(part)))
        return self._rows(keys, found)

    def put(self, writes: Mapping[bytes, Write]) -> None:
        """Write all, as the newest there is, to be replayed."""
        with self._turn:
            if len(writes) == 1:
                self._put(self._database.change, self._find, writes)
                return
            with self._database.transaction() as execute:
                self._put(_counted(execute), partial(self._find_in, execute), writes)

    def bury(self, writes: Mapping[bytes, Write]) -> list[bytes | None]:
        """``put``, and what it held under each key before."""
        with self._turn, self._database.transaction() as execute:
            find = partial(self._find_in, execute)
            before = [find(key).frame for key in writes]
            self._put(_counted(execute), find, writes)
        return before

    def put_late(self, key: bytes, write: Write, version: int) -> None:
        """Write what was begun at ``version``, to be replayed, unless there is something newer."""
        with self._turn:
            self._write(self._database.change, key, write, version)

    def clear(self, *, pending: bool) -> None:
        """Remove all, as the newest there is; to be replayed, where ``pending``."""
        with self._turn, self._database.transaction() as execute:
            rows = execute("SELECT max(version) FROM entries").fetchall()
            version = self._versions.next(after=rows[0][0] or 0)
            execute("DELETE FROM entries")
            frame = self._frames.pack(self._everything, b"", inf, version, TOMBSTONE)
            execute(WRITE, self._values(self._everything, version, self._clock() + REMEMBERED, frame, pending=pending))

    def settle(self, frames: Mapping[bytes, bytes], *, mirror: bool) -> None:
        """The server has ``frames`` now: nothing older is to be replayed, nor seen here."""
        with self._turn:  # who writes here has done so by now, or will have a version from after ours
            rows = self.read(list(frames))
        if mirror or any(row.version for row in rows):
            with self._database.transaction() as execute:
                self._settle(execute, frames, mirror=mirror)

    def waiting(self, most: int) -> list[Replay]:
        """Up to ``most`` of what is to be replayed; a clear, for itself, before all else."""
        statement = "SELECT key, version, frame FROM entries WHERE pending AND key = ?"
        rows = self._database.read(statement, (self._everything,))
        rows = rows or self._database.read("SELECT key, version, frame FROM entries WHERE pending LIMIT ?", (most,))
        return [Replay(*row) for row in rows]

    def replayed(self, writes: Iterable[Replay]) -> None:
        """Forget what the server has now, but not what was written over it meanwhile."""
        with self._database.transaction() as execute:
            for each in writes:
                execute("DELETE FROM entries WHERE key = ? AND version = ?", (each.key, each.version))

    def pending(self) -> int:
        """How many writes are to be replayed."""
        return int(self._database.read("SELECT count(*) FROM entries WHERE pending")[0][0])

    def held(self) -> tuple[dict[bytes, Row], bool]:
        """All that it holds, and whether a clear is to be replayed."""
        found = self._database.read("SELECT key, version, pending, frame FROM entries")
        keys = [row[0] for row in found]
        rows = dict(zip(keys, self._rows(keys, found), strict=True))
        return rows, rows.get(self._everything, NOTHING).pending

    def close(self) -> None:
        self._database.close()

    def _renew(self) -> None:
        self._turn = Lock()  # held from taking a version to having written it

    def _row(self, key: bytes, found: list[tuple[Any, ...]]) -> Row:
        """Of what ``READ`` has found. No row is older than that of a clear."""
        if not found:
            return NOTHING
        ((of, version, pending, frame),) = found
        if of == key:
            return Row(version, bool(pending), frame)
        return Row(version, pending=True, frame=None) if pending else NOTHING

    def _rows(self, keys: Sequence[bytes], found: Iterable[tuple[Any, ...]]) -> list[Row]:
        rows = {key: Row(version, bool(pending), frame) for key, version, pending, frame in found}
        everything = rows.get(self._everything, NOTHING)
        nothing = NOTHING
        if everything.pending:
            nothing = everything._replace(frame=None)
        return [row if (row := rows.get(key, NOTHING)).version >= everything.version else nothing for key in keys]

    def _find(self, key: bytes) -> Row:
        return self._row(key, self._database.read(READ, (key, self._everything)))

    def _find_in(self, execute: Callable[..., Any], key: bytes) -> Row:
        return self._row(key, execute(READ, (key, self._everything)).fetchall())

    def _put(self, change: Callable[..., int], find: Callable[[bytes], Row], writes: Mapping[bytes, Write]) -> None:
        """Each as the newest there is, though another process may be ahead of our clock."""
        for key, write in writes.items():
            version = self._versions.next()
            while not self._write(change, key, write, version):
                version = self._versions.next(after=max(find(key).version, find(self._everything).version))

    def _write(self, change: Callable[..., int], key: bytes, write: Write, version: int) -> bool:
        """Write what is to be replayed; whether it is the newest there is."""
        kind, payload = (TOMBSTONE, b"") if write.payload is None else (VALUE, write.payload)
        frame = self._frames.pack(key, payload, write.expires, version, kind, write.took)
        if change(WAIT, (key, version, self._everything, version, min(write.expires, _NEVER), frame)) == 1:
            return True
        return change(WRITE, self._values(key, version, write.expires, frame, pending=True)) == 1

    def _settle(self, execute: Callable[..., Any], frames: Mapping[bytes, bytes], *, mirror: bool) -> None:
        ((cleared,),) = execute(
            "SELECT max(version) FROM entries WHERE pending AND key = ?", (self._everything,)
        ).fetchall()
        for key, frame in frames.items():
            kind, expires, version = self._frames.peek(frame) or (TOMBSTONE, 0.0, 0)
            expires = self._clock() + REMEMBERED if kind == TOMBSTONE else expires
            execute("DELETE FROM entries WHERE key = ? AND version < ?", (key, version))
            if mirror or cleared:
                execute(WRITE, self._values(key, version, expires, frame, pending=bool(cleared)))
        if mirror:
            self._sweep(execute)

    def _sweep(self, execute: Callable[..., Any]) -> None:
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep_at = now + _RARELY
            execute("DELETE FROM entries WHERE NOT pending AND expires <= ?", (now,))

    def _values(self, key: bytes, version: int, expires: float, frame: bytes, *, pending: bool) -> dict[str, Any]:
        return {
            "key": key,
            "version": version,
            "expires": min(expires, _NEVER),
            "pending": pending,
            "frame": frame,
            "everything": self._everything,
        }


def _counted(execute: Callable[..., Any]) -> Callable[..., int]:
    """How many rows a statement has changed."""
    return lambda *statement: int(execute(*statement).rowcount)
