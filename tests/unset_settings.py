"""Fixture, used by every test of a module that imports it: a folder without ``.env``, with nothing set."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from cache_impl import Settings

NAMES = {each.metadata["name"] for each in fields(Settings)}


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin where there is no ``.env``, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
