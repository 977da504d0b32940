"""A small cache that keeps its promises: in memory, in a file, on Redis, and all of them in layers.

Every name is imported when it is first used, so that a program pays for the tiers it opens and no more.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .basics import Stats as Stats
    from .breaker import CircuitBreaker as CircuitBreaker
    from .cached import cached as cached
    from .costs import Costs as Costs
    from .errors import AccessDenied as AccessDenied
    from .errors import BadKey as BadKey
    from .errors import BadSetting as BadSetting
    from .errors import BadValue as BadValue
    from .errors import CacheClosed as CacheClosed
    from .errors import CacheError as CacheError
    from .errors import CircuitOpen as CircuitOpen
    from .errors import DeadlineExceeded as DeadlineExceeded
    from .errors import Overloaded as Overloaded
    from .errors import Recursion as Recursion
    from .errors import StillRunning as StillRunning
    from .errors import StorageError as StorageError
    from .errors import Unavailable as Unavailable
    from .file import FileCache as FileCache
    from .gauges import Figures as Figures
    from .gauges import afigures as afigures
    from .gauges import figures as figures
    from .keys import cache_key as cache_key
    from .keys import digest as digest
    from .layered import LayeredCache as LayeredCache
    from .local import LocalCache as LocalCache
    from .memory import MemoryCache as MemoryCache
    from .redis import RedisCache as RedisCache
    from .settings import Settings as Settings
    from .settings import open_cache as open_cache
    from .tools import ToolCache as ToolCache

_HOMES = {
    "AccessDenied": "errors",
    "BadKey": "errors",
    "BadSetting": "errors",
    "BadValue": "errors",
    "CacheClosed": "errors",
    "CacheError": "errors",
    "CircuitBreaker": "breaker",
    "CircuitOpen": "errors",
    "Costs": "costs",
    "DeadlineExceeded": "errors",
    "Figures": "gauges",
    "FileCache": "file",
    "LayeredCache": "layered",
    "LocalCache": "local",
    "MemoryCache": "memory",
    "Overloaded": "errors",
    "Recursion": "errors",
    "RedisCache": "redis",
    "Settings": "settings",
    "Stats": "basics",
    "StillRunning": "errors",
    "StorageError": "errors",
    "ToolCache": "tools",
    "Unavailable": "errors",
    "afigures": "gauges",
    "cache_key": "keys",
    "cached": "cached",
    "digest": "keys",
    "figures": "gauges",
    "open_cache": "settings",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605  # a list, made from the one table


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return __all__
