"""Loads the pytest plugin; where this checkout is what is installed (``pip install -e``), it is loaded already."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

INSTALLED = "cacheproof.conformance.plugin" in sys.modules

pytest_plugins = [] if INSTALLED else ["conformance.plugin"]


class OneCopy(MetaPathFinder, Loader):
    """Answers pytest, which names modules by their folders, with those that are installed: a second copy of each class
    would accuse caches of what is not so.
    """

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name.partition(".")[0] == "conformance" else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(f"cacheproof.{spec.name}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has been; its own name is given back to it."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


if INSTALLED:
    sys.meta_path.insert(0, OneCopy())
