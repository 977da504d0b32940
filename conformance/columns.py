"""Columns: the subjects chosen on the command line, each on every backend that it is to run on."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

import pytest

from . import subjects
from .breakers.contract import BreakerCapabilities, breaker_capabilities
from .contract import Capabilities, ContractError, capabilities
from .servers import Server
from .subjects import Uninstalled

#: The fixtures whose parameter is a column.
FIXTURES = frozenset(("new_cache", "new_breaker"))


@dataclass(frozen=True, eq=False)
class Column:
    """One subject, on one server where it uses one; ``missing`` says why it cannot run, and what would change that."""

    name: str
    subject: type
    offered: Any  # Capabilities, or those of a breaker
    server: Server | None = None
    role: str = "cache"
    missing: tuple[str, str] | None = None

    @property
    def fixture(self) -> str:
        """The fixture that makes it."""
        return "new_breaker" if self.role == "breaker" else "new_cache"

    @property
    def path(self) -> str:
        return f"{self.subject.__module__}:{self.subject.__qualname__}"

    @property
    def summary(self) -> str:
        """The first line of the subject's docstring."""
        return (self.subject.__doc__ or "").strip().partition("\n")[0]

    @property
    def version(self) -> str:
        """Of what the subject wraps, as far as it can be known."""
        if hasattr(self.subject, "version"):
            return str(self.subject.version)
        name = getattr(self.subject, "distribution", None) or _wrapped(self.subject)
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return ""

    @property
    def deviations(self) -> Mapping[str, str]:
        """Promise -> reason, as documented beside the subject."""
        return {**getattr(self.subject, "deviations", {}), **self.intermittent}

    @property
    def intermittent(self) -> Mapping[str, str]:
        """Those of them that show in some runs and not in others."""
        return getattr(self.subject, "intermittent", {})


def column_of(item: pytest.Item) -> Column | None:
    """The column that ``item`` was parametrised with."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    found = (params.get(name) for name in FIXTURES)
    return next((each for each in found if isinstance(each, Column)), None)


def choose(names: Iterable[str], servers: Sequence[Server], role: str = "cache") -> list[Column]:
    """The columns for ``names``: of our own subjects, or ``module:Class``.

    Raises:
        ContractError: a name, module or class that is unknown, or a class that is no subject.
    """
    return [column for name in dict.fromkeys(names) for column in _columns(name, servers, role)]


def choose_breakers(names: Iterable[str]) -> list[Column]:
    """The columns for circuit breakers by ``names``: of our own, or ``module:Class``.

    Raises:
        ContractError: as ``choose``.
    """
    return [_breaker(name) for name in dict.fromkeys(names)]


def _breaker(name: str) -> Column:
    subject = _load(name, subjects.known_breakers(), "breaker")
    if isinstance(subject, Uninstalled):
        return _absent(name, subject, BreakerCapabilities(), "breaker")
    return Column(name, subject, breaker_capabilities(subject), role="breaker")


def _absent(name: str, subject: Uninstalled, offered: Capabilities | BreakerCapabilities, role: str) -> Column:
    return Column(name, type(name, (), {}), offered, role=role, missing=(subject.reason, subject.remedy))


def _columns(name: str, servers: Sequence[Server], role: str) -> list[Column]:
    subject = _load(name, subjects.known(), "cache")
    if isinstance(subject, Uninstalled):
        return [_absent(name, subject, Capabilities(), role)]
    offered = capabilities(subject)
    label = name if role == "cache" else subjects.name_of(subject)
    if offered.scope != "network" or hasattr(subject, "running"):
        return [Column(label, subject, offered, role=role)]
    return [Column(f"{label}@{each.name}", subject, offered, each, role, each.missing()) for each in servers]


def _load(name: str, known: Mapping[str, type | Uninstalled], kind: str) -> type | Uninstalled:
    if ":" in name:
        return _imported(name)
    if name not in known and Path(f"{(module := name.removesuffix('.py'))}.py").is_file():
        return _imported(f"{module}:")
    if name not in known:
        raise ContractError(f"no {kind} {name!r}{_meant(name, known)}; known: {', '.join(known)}, or module:Class")
    return known[name]


def _imported(path: str) -> type:
    module_name, _, class_name = path.partition(":")
    if module_name.endswith(".py"):
        raise ContractError(
            f"{module_name!r} of {path!r} is a file; ask for {module_name[:-3]}:{class_name or 'Class'}"
        )
    if not all(map(str.isidentifier, module_name.split("."))):
        raise ContractError(f"{module_name!r} of {path!r} is no name of a module, as in `import package.module`")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever a stranger's module raises on import is the answer
        raise ContractError(f"cannot import {module_name!r} of {path!r}: {type(error).__name__}: {error}") from error
    subject = getattr(module, class_name, None)
    if not isinstance(subject, type):
        names = [each.__name__ for each in subjects.defined_in(module)]
        if names and not class_name:
            asked = " or ".join(f"{module_name}:{name}" for name in names)
            raise ContractError(f"{module_name!r} is a module; ask for its class: {asked}")
        offers = f"its caches: {', '.join(names)}" if names else "it defines no cache"
        raise ContractError(f"no class {class_name!r} in {module_name}{_meant(class_name, names)}; {offers}")
    return subject


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _wrapped(subject: type) -> str:
    top = subject.__module__.partition(".")[0]
    return next(iter(_distributions().get(top, [])), top)


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Top-level names -> what brings them; asked for once, as it reads what every distribution says of itself."""
    return packages_distributions()
