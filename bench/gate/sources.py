"""The files that a subject's code lies in: its own, and those of all that they import, be it in a function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import resolve_name
from itertools import accumulate
from pathlib import Path

from .sides import HERE, MEASURING


def sources(subject: type) -> list[str]:
    """Of the modules that have been loaded, without the standard library and the suite, which all sides share.

    A module whose name is put together while the program runs is not found.
    """
    found = {each.__module__ for each in subject.__mro__}
    new = found
    while new := {each for each in _imported(new) if _file(each) and not _is_shared(each)} - found:
        found = found | new
    return sorted(str(_file(each)) for each in found if _file(each) and not _is_shared(each))


def _imported(names: Iterable[str]) -> Iterator[str]:
    """The modules that those with these names import, the packages around them, and where what they take is from."""
    for name in names:
        for module, attribute in _imports(name):
            yield from accumulate(module.split("."), "{}.{}".format)
            if attribute:
                yield f"{module}.{attribute}"
                value = vars(sys.modules.get(module, ast)).get(attribute)
                yield str(getattr(value, "__module__", module))  # a package may load what it hands out when asked


@cache
def _imports(name: str) -> list[tuple[str, str]]:
    """What the source of a module names: modules, and attributes of them."""
    file = _file(name)
    if file is None or file.suffix != ".py":
        return []
    package = sys.modules[name].__package__ or ""
    return [each for node in _running(ast.parse(file.read_bytes())) for each in _named(node, package)]


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes, but those for type checkers alone."""
    yield node
    only_types = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    for child in [] if only_types else ast.iter_child_nodes(node):
        yield from _running(child)


def _named(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        yield from ((each.name, "") for each in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = resolve_name("." * node.level + (node.module or ""), package)
        yield from ((module, each.name) for each in node.names)


def _file(name: str) -> Path | None:
    file = getattr(sys.modules.get(name), "__file__", None)
    return Path(file).resolve() if file else None


def _is_shared(name: str) -> bool:
    file = _file(name)
    standard = name.partition(".")[0] in sys.stdlib_module_names
    return standard or (file is not None and any(file.is_relative_to(HERE / each) for each in MEASURING))
