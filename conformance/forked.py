"""One cache in two processes: it was used, then its process was forked, and now both use it at once."""

from __future__ import annotations

import json
import os
import select
import signal
from typing import Any

from .model import MISSING

PATIENCE = 20.0  # seconds until a child that does not end is given up on
TIMES = 50  # calls of each, so that some of them meet


def in_two(cache: Any) -> dict[str, Any]:
    """What the child and the parent were answered, and what the parent found afterwards."""
    for each in ("before", "child", "parent"):
        cache.set(each, each)
        cache.get(each)
    into, out_of = os.pipe()
    child = os.fork()
    if child == 0:
        _child(cache, out_of)
    os.close(out_of)
    parent = _used(cache, "parent")
    told = _read(child, into)
    return {"child": told, "parent": parent, "after": _asked(cache, "set by the child")}


def _child(cache: Any, out_of: int) -> None:
    try:
        told = _used(cache, "child")
        told.append(_asked(cache, "before"))
        told += _refusal(cache)
        os.write(out_of, json.dumps(told).encode())
    finally:
        os._exit(0)


def _used(cache: Any, key: str) -> list[Any]:
    """The different answers to one question."""
    return list(dict.fromkeys(_asked(cache, key) for _ in range(TIMES)))


def _asked(cache: Any, key: str) -> Any:
    try:
        answer = cache.get(key, MISSING)  # what it answers without a default is not the question
    except Exception as error:  # noqa: BLE001 - it is what came of it
        return f"{type(error).__name__}: {error}"
    return None if answer is MISSING else answer


def _refusal(cache: Any) -> list[str]:
    """Set one more, which the parent will look for; what that raised, if anything."""
    try:
        cache.set("set by the child", "seen")
    except Exception as error:  # noqa: BLE001 - as above
        return [f"{type(error).__name__}: {error}"]
    return []


def _read(child: int, into: int) -> Any:
    """What the child has told; it is gone then."""
    told = b""
    while select.select([into], [], [], PATIENCE)[0] and (part := os.read(into, 65536)):
        told += part
    os.close(into)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return json.loads(told) if told else ["it does not end"]
