"""A cache that is a dict, as a subject."""

from __future__ import annotations

from typing import Any

_MISSING = object()


class Dictlike:
    """``set`` and ``delete`` of a subject, for a mapping that has ``get`` and ``clear`` of its own."""

    def set(self, key: Any, value: Any) -> None:
        self[key] = value

    def delete(self, key: Any) -> bool:
        return self.pop(key, _MISSING) is not _MISSING
