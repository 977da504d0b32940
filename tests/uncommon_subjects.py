"""What else our caches can be, to be judged as columns are."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from unittest.mock import patch

from cache_impl import LocalCache, MemoryCache, unlocked
from conformance.subjects.file import File
from conformance.subjects.memory import Memory

_directories = TemporaryDirectory(prefix="cacheproof-local-")
_numbers = count()


class Copying(Memory):
    """With copies of values, in and out."""

    declares: ClassVar = {**Memory.declares, "values": "copied"}

    def __init__(self, **options: Any) -> None:
        super().__init__(copy=True, **options)


class Locked(Memory):
    """As it is where there is no global interpreter lock: with a lock around every operation."""

    def __init__(self, **options: Any) -> None:
        with patch.object(unlocked, "_GIL", False):
            super().__init__(**options)


class Local(LocalCache):
    """Memory before a file in a directory of its own: what others do there, it may see late."""

    declares: ClassVar = {
        **{name: value for name, value in File.declares.items() if name not in {"durable", "integrity", "access"}},
        "scope": "instance",
    }
    deviations: ClassVar = {
        "test_expiry.py::test_one_operation_reads_the_clock_once": "each tier has a clock of its own",
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": "what is in its file outlives the process",
        "test_concurrency.py::test_a_cache_goes_on_in_both_processes_after_a_fork": "both have the same file",
    }

    def __init__(self, clock: Callable[[], float] = time.time, ttl: float | None = None) -> None:
        memory = MemoryCache(clock=clock, copy=True)
        super().__init__(f"{_directories.name}/{next(_numbers)}", memory=memory, ttl=ttl, clock=clock)
