"""What tests of a file cache need: a place, a look behind, and programs of their own."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

NAME = "cache.sqlite3"
SAFETY = 20.0  # seconds until something that ought to come is given up on


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a cache can be made."""
    return tmp_path / "cache"


def modes(place: Path) -> set[str]:
    return {f"{stat.S_IMODE(path.stat().st_mode):04o}" for path in (place, *place.iterdir())}


def behind(place: Path, statement: str) -> list[Any]:
    """What ``statement`` finds or does in the file, without the cache."""
    with closing(sqlite3.connect(place / NAME, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def elsewhere(program: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs ``program``."""
    begin = "import os, signal, sys\nfrom cache_impl import FileCache\n"
    command = [sys.executable, "-W", "ignore", "-c", begin + program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."})
