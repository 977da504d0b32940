"""What a stranger runs: asks a cache for the keys that it reads, one a line. It imports little, as it is waited for."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib import import_module

import redis

from .contract import Location


def _serve(path: str, url: str, namespace: str) -> None:
    module, _, name = path.partition(":")
    connect = partial(redis.Redis.from_url, url)
    cache = getattr(import_module(module), name)(location=Location(url, namespace, connect))
    _say("ready")
    while key := sys.stdin.readline().strip():
        _say("asking")
        _say(f"answered {cache.get_or_set(key, _compute)}")


def _compute() -> str:
    _say("computing")
    sys.stdin.readline()
    return str(os.getpid())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
