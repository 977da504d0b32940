"""theine: W-TinyLFU with a core in Rust."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import theine

_CODE = "https://github.com/Yiling-J/theine/blob/main/theine/theine.py"


class Theine:
    """theine.Cache: adaptive W-TinyLFU with a ttl per entry, in this process."""

    declares = {
        "ttl": "per-entry",  # https://github.com/Yiling-J/theine#api
        "eviction": "approximate",  # the same place, "adaptive W-TinyLFU"
        "keys": "hashable",  # "Key should be a Hashable object", the same place
        "types": "any",  # "value can be any Python object", the same place
        "threads": "safe",  # https://github.com/Yiling-J/theine#thread-safety-by-default
    }
    deviations = {
        "test_capacity.py::test_a_capacity_below_one_is_refused": (
            f"Cache(0) is a panic of its Rust core, and no Exception, {_CODE}#L389"
        ),
        "test_ttl.py::test_a_ttl_below_zero_is_refused": f"a negative ttl is for ever, {_CODE}#L260-L262",
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": f"a negative ttl is for ever, {_CODE}#L260-L262",
        "test_capacity.py::test_the_bound_holds_when_two_set_at_once": (
            "sets wait in a buffer before the policy sees them, "
            "https://github.com/Yiling-J/theine/blob/main/theine/write_buffer.py"
        ),
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            f"delete() looks at no expiry, {_CODE}#L309-L321"
        ),
        "test_expiry.py::test_len_agrees_about_expiry": (
            f"documented: expired entries are removed by a timer, once a second, {_CODE}#L556-L572"
        ),
    }
    distribution = "theine"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._entries = theine.Cache[Any, Any](capacity)
        self.delete = self._entries.delete
        self.clear = self._entries.clear

    def get(self, key: Any, default: Any = None) -> Any:
        value, found = self._entries.get(key)
        return value if found else default

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        self._entries.set(key, value, None if seconds is None else timedelta(seconds=seconds))

    def __len__(self) -> int:
        return len(self._entries)
