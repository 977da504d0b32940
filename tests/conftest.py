"""The runs of pytest that a test starts are runs of their own, not workers of this one."""

from __future__ import annotations

import os


def pytest_configure() -> None:
    """Hand xdist's mark of a worker to no other process: pytest-benchmark measures nothing where it sees one."""
    for name in [each for each in os.environ if each.startswith("PYTEST_XDIST_")]:
        del os.environ[name]
