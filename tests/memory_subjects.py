"""What else a MemoryCache can be, to be judged as its columns are."""

from __future__ import annotations

from typing import Any, ClassVar
from unittest.mock import patch

from cache_impl import unlocked
from conformance.subjects.memory import Memory


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
