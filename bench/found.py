"""Workloads and payloads are found by where they lie."""

from __future__ import annotations

from inspect import isfunction
from types import ModuleType
from typing import Any


def found_in(module: ModuleType) -> dict[str, Any]:
    """The public functions that ``module`` itself defines, in its order, by name with hyphens."""
    functions = [each for name, each in vars(module).items() if isfunction(each) and not name.startswith("_")]
    return {each.__name__.replace("_", "-"): each for each in functions if each.__module__ == module.__name__}
