"""Hooks of the plugin that others may implement, in a conftest.py or a plugin of their own."""

from __future__ import annotations

from typing import Any

import pytest


def pytest_cacheproof_results(config: pytest.Config, results: dict[str, Any]) -> None:
    """The run is over: ``results`` is what the result file will hold, to be added to in place."""
