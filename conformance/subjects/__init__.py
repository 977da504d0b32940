"""The caches that are judged by name: one file each, found by where it lies."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

from ..contract import METHODS


@dataclass(frozen=True)
class Uninstalled:
    """A subject whose module cannot be imported here, and what would change that."""

    reason: str
    remedy: str


def ours() -> dict[str, type | Uninstalled]:
    """Name -> subject, for every module beside this file."""
    return _found_in(importlib.import_module(__name__))


def known() -> dict[str, type | Uninstalled]:
    """Name -> subject: ours, and the peers of ``subjects/peers/``."""
    return ours() | _found_in(importlib.import_module(f"{__name__}.peers"))


def our_breakers() -> dict[str, type | Uninstalled]:
    """Name -> circuit breaker of ours."""
    return _found_in(importlib.import_module("..breakers", __name__))


def known_breakers() -> dict[str, type | Uninstalled]:
    """Name -> circuit breaker: ours, and the peers of ``breakers/peers/``."""
    return our_breakers() | _found_in(importlib.import_module("..breakers.peers", __name__))


def _found_in(package: ModuleType) -> dict[str, type | Uninstalled]:
    found: dict[str, type | Uninstalled] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg:
            found.update(_subjects_of(f"{package.__name__}.{module.name}"))
    return found


def _subjects_of(path: str) -> dict[str, type | Uninstalled]:
    try:
        module = importlib.import_module(path)
    except ImportError as error:
        if (error.name or "").startswith("cache_impl"):
            raise  # ours, and broken: no installation would mend that
        return _uninstalled(path, error)
    return {name_of(subject): subject for subject in defined_in(module)}


def _uninstalled(path: str, error: ImportError) -> dict[str, type | Uninstalled]:
    """The subjects of a module that cannot be imported, from its source: the module ``lru`` comes with ``lru-dict``."""
    source = Path(importlib.import_module(path.rpartition(".")[0]).__path__[0], f"{path.rpartition('.')[2]}.py")
    text = source.read_text(encoding="utf-8")
    declared = re.search(r'^    distribution = "(.+)"', text, re.MULTILINE)
    package = declared[1] if declared and not _is_installed(declared[1]) else error.name
    missing = Uninstalled(str(error), f"pip install {package}")
    return {_asked_for_as(name): missing for name in re.findall(r"^class ([A-Z]\w*)", text, re.MULTILINE)}


def _is_installed(distribution: str) -> bool:
    try:
        return bool(version(distribution))
    except PackageNotFoundError:
        return False


def defined_in(module: ModuleType) -> list[type]:
    """The classes of ``module`` that are meant as subjects: its own public ones, with the methods or a declaration."""
    own = [each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__]
    public = [each for each in own if not each.__name__.startswith("_")]
    return [each for each in public if hasattr(each, "declares") or all(hasattr(each, name) for name in METHODS)]


def name_of(subject: type) -> str:
    """``CachetoolsLRU`` is asked for as ``cachetools-lru``."""
    return _asked_for_as(subject.__name__)


def _asked_for_as(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
