"""What importing the package brings in: the names that it promises, and nothing that a program does not use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cache_impl

CHECKOUT = Path(__file__).parent.parent


def said_by(program: str, **environment: str) -> str:
    """What ``program`` prints, in a process that has imported nothing yet."""
    command, place = [sys.executable, "-c", program], {"PYTHONPATH": str(CHECKOUT), **environment}
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **place}).stdout


def test_importing_the_package_imports_no_tier() -> None:
    """A program pays for the tiers that it opens."""
    tiers = {"redis", "sqlite3", "msgspec", "ormsgpack", "cache_impl.memory"}
    assert said_by(f"import sys, cache_impl; print(*sys.modules.keys() & {tiers})").strip() == ""


def test_redis_is_imported_only_when_a_cache_is_opened() -> None:
    """Not where its class is named."""
    assert said_by("import sys, cache_impl; cache_impl.RedisCache; print('redis' in sys.modules)").strip() == "False"


def test_nothing_is_loaded_that_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No redis-py for a local cache, no python-dotenv where there is no ``.env``."""
    monkeypatch.chdir(tmp_path)
    program = "import sys, cache_impl; cache_impl.open_cache(); print({'redis', 'dotenv'} & {*sys.modules})"
    assert said_by(program, USE_REDIS="false").strip() == "set()"


def test_every_public_name_can_be_imported() -> None:
    """The table of names is true, sorted, and what `import *` gives."""
    assert all(getattr(cache_impl, name) for name in cache_impl.__all__)
    assert dir(cache_impl) == cache_impl.__all__ == sorted(cache_impl.__all__)
    with pytest.raises(AttributeError, match="Redis"):
        cache_impl.Redis  # noqa: B018


def test_a_memory_cache_loads_no_futures() -> None:
    """They bring in logging, and nobody waits yet."""
    used = "from cache_impl import MemoryCache; MemoryCache().get_or_set(1, int)"
    loaded = said_by(f"import sys; before = {{*sys.modules}}; {used}; print(*{{*sys.modules}} - before)").split()
    assert {"logging", "concurrent.futures"}.isdisjoint(loaded)
