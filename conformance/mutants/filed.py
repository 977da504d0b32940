"""A right cache with a file for each entry."""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SEALED = sha256().digest_size


class Filed:
    """JSON under a checksum, written beside and renamed, one writer at a time; for its owner alone."""

    declares: dict[str, Any] = {
        "values": "copied",
        "scope": "host",
        "durable": "yes",
        "stats": "yes",
        "integrity": "checked",
        "access": "owner",
    }
    caught_by: tuple[str, ...] = ()
    follow = os.O_NOFOLLOW
    mode = 0o600

    def __init__(self, location: str) -> None:
        self.place, self.counts = Path(location), Counter[str]()
        self.make_place()

    def get(self, key: str, default: Any = None) -> Any:
        entry = self.entry(key)
        self.counts["misses" if entry is None else "hits"] += 1
        return default if entry is None else entry["value"]

    def set(self, key: str, value: Any) -> None:
        entry = {"key": key, "value": value}
        content = self.sealed(entry)
        if repr(json.loads(json.dumps(entry))) != repr(entry):
            raise TypeError(f"{value!r} is more than JSON can say")
        with self.alone():
            self.write(self.path(key), content)

    def delete(self, key: str) -> bool:
        with self.alone():
            there = self.entry(key) is not None
            self.path(key).unlink(missing_ok=True)
            return there

    def clear(self) -> None:
        with self.alone():
            for each in self.place.glob("*.entry"):
                each.unlink()

    def stats(self) -> SimpleNamespace:
        size = len(list(self.place.glob("*.entry")))
        return SimpleNamespace(
            hits=self.counts["hits"], misses=self.counts["misses"], evictions=0, expirations=0, size=size
        )

    # the steps, each of which some mutant gets wrong

    def make_place(self) -> None:
        if self.place.is_symlink() or not self.is_ours():
            raise PermissionError(f"{self.place} is a symlink, or somebody else's")
        self.place.mkdir(exist_ok=True)
        self.close_place()

    def is_ours(self) -> bool:
        return not self.place.exists() or self.place.stat().st_uid == os.geteuid()

    def close_place(self) -> None:
        for each in (self.place, *self.place.iterdir()):
            if not each.is_symlink():
                each.chmod(0o700 if each == self.place else 0o600)

    def path(self, key: str) -> Path:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")
        return self.place / f"{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}.entry"

    def entry(self, key: str) -> dict[str, Any] | None:
        """What lies under ``key``, if it is whole and belongs there."""
        path, content = self.path(key), b""
        with suppress(OSError), self.opened(path, os.O_RDONLY) as file, os.fdopen(file, "rb", closefd=False) as reader:
            content = reader.read()
        entry = self.unsealed(content)
        return entry if entry is not None and self.belongs(entry, key) else None

    def belongs(self, entry: dict[str, Any], key: str) -> bool:
        return bool(entry["key"] == key)

    def sealed(self, entry: dict[str, Any]) -> bytes:
        body = json.dumps(entry).encode()
        return sha256(body).digest() + body

    def unsealed(self, content: bytes) -> dict[str, Any] | None:
        """The entry that ``content`` is; None where it is none, or damaged."""
        body = content[SEALED:]
        return dict(json.loads(body)) if sha256(body).digest() == content[:SEALED] else None

    def write(self, path: Path, content: bytes) -> None:
        """Whoever dies here leaves a file that the next one takes."""
        self.fill(path.with_name("unfinished"), content)
        path.with_name("unfinished").replace(path)

    def fill(self, path: Path, content: bytes) -> None:
        with (
            self.opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file,
            os.fdopen(file, "wb", closefd=False) as to,
        ):
            to.write(content)

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.opened(self.place / "lock", os.O_RDWR | os.O_CREAT) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def opened(self, path: Path, flags: int) -> Iterator[int]:
        file = os.open(path, flags | self.follow, self.mode)
        try:
            if flags & os.O_CREAT:
                os.fchmod(file, self.mode)
            yield file
        finally:
            os.close(file)
