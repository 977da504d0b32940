"""The runs of pytest that a test starts are runs of their own, not workers of this one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Hand xdist's mark of a worker to no other process: pytest-benchmark measures nothing where it sees one."""
    for name in [each for each in os.environ if each.startswith("PYTEST_XDIST_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Hypothesis keeps its tables in such runs, as they take seconds to make."""
    return tmp_path_factory.mktemp("judged")
