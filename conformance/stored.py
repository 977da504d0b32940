"""What a cache keeps outside of its process, as bytes: in files below its location, or under keys of its server."""

from __future__ import annotations

import pickle
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .factory import NewCache
from .judged import Judged
from .model import MISSING

_DAMAGE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError, MemoryError, AssertionError)
#: What decoders raise who meet what nobody has encoded. A clear error says what is wrong with the storage.
DECODING = (*_DAMAGE, struct.error, zlib.error, pickle.PickleError)
_FILE = "path = Path(location, {name!r}); content = bytearray(path.read_bytes()); {edit}; path.write_bytes(content)"
_STRING = (
    "server, key = location.connect(), location.namespace.encode() + {name!r}; "
    "content = bytearray(server.get(key)); {edit}; server.set(key, bytes(content), keepttl=True)"
)


class Stored:
    """What lies where the cache is that ``new_cache`` made last. Let go of it first: what is open may change."""

    def __init__(self, new_cache: NewCache) -> None:
        location = new_cache.location
        if location is None:
            raise TypeError("a cache of scope instance has no location")
        self._location, self._in_files = location, new_cache.capabilities.scope == "host"
        if not self._in_files and new_cache.column.server is None:
            pytest.skip(f"{new_cache.name}: what it stores is on a server of its own, where the suite cannot look")

    def places(self) -> dict[Any, bytes]:
        """Name -> content, of each file that is not empty, or each key that holds a string."""
        return {
            name: content for name, content in (self._files() if self._in_files else self._strings()).items() if content
        }

    def having(self, part: bytes) -> dict[Any, int]:
        """Name -> where ``part`` begins, of each place that has it.

        Raises:
            NotImplementedError: no place has.
        """
        found = {name: content.find(part) for name, content in self.places().items() if part in content}
        if not found:
            raise NotImplementedError("what it stores is not found by what was set, so that nothing can be aimed at")
        return found

    def change(self, cache: Judged, name: Any, edit: str) -> None:
        """Do ``edit``, Python about the bytearray ``content``, and write it down in the history of ``cache``."""
        form = _FILE if self._in_files else _STRING
        cache.aside(form.format(name=name, edit=edit), location=self._location, Path=Path)

    def _files(self) -> dict[Any, bytes]:
        top = Path(self._location)
        return {str(each.relative_to(top)): each.read_bytes() for each in sorted(top.rglob("*")) if each.is_file()}

    def _strings(self) -> dict[Any, bytes]:
        prefix = self._location.namespace
        with self._location.connect() as server:
            keys = server.scan_iter(match=re.sub(r"([\\*?\[\]])", r"\\\1", prefix) + "*")
            strings = sorted(key for key in set(keys) if server.type(key) == b"string")
            return {key.removeprefix(prefix.encode()): server.get(key) for key in strings}


def let_go(cache: Judged) -> None:
    """Close ``cache`` if it can be: what it kept in memory is gone, and what it wrote is written."""
    if hasattr(cache.subject, "close"):
        cache.close()


def answer(ask: Callable[[], Any]) -> Any:
    """What ``ask()`` returns, ``MISSING`` where it raises a clear error; an error of a decoder is raised."""
    try:
        return ask()
    except DECODING:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it comes from nothing that was believed
        return MISSING
