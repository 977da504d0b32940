"""The source of what lies in this suite, and what a script has to bring along that uses a name of it."""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from functools import cache

Function = ast.FunctionDef | ast.AsyncFunctionDef
Method = tuple[type, Function]  # whose it is, and its source
_SUITE = __package__.rpartition(".")[0]
_ADAPTERS = tuple(f"{_SUITE}.{each}." for each in ("subjects", "breakers.peers", "breakers.ours"))


def is_ours(module: str) -> bool:
    """Whether ``module`` lies in this suite, which a script does without."""
    return f"{module}.".startswith(f"{_SUITE}.")


def is_adapter(subject: type) -> bool:
    """Whether it makes a subject of what is in a library, and is none itself."""
    return f"{subject.__module__}.".startswith(_ADAPTERS)


def is_subject(value: object) -> bool:
    """Whether it is a class that others of ours may be made of."""
    return isinstance(value, type) and hasattr(value, "declares") and is_adapter(value)


def adapters(subject: type) -> list[type]:
    """``subject`` and what it is derived from, as far as these are adapters."""
    return [each for each in subject.__mro__ if is_adapter(each)]


def library_base(subject: type) -> ast.expr | None:
    """The class of a library that ``subject`` is derived from, as it is written."""
    for each in adapters(subject):
        for base, node in zip(each.__bases__, _class(each).bases, strict=False):
            if not is_adapter(base):
                return named(node, each.__module__)
    return None


def method(subject: type, name: str, after: type | None = None) -> Method | None:
    """Which class of ours gives ``subject`` this method, and its source; ``after`` is whose ``super()`` is asked."""
    bases = adapters(subject)
    for each in bases if after is None else bases[bases.index(after) + 1 :]:
        for node in _class(each).body:
            if isinstance(node, Function) and node.name == name:
                return each, node
    return None


def is_property(function: Function) -> bool:
    """Whether it is asked without a call."""
    return any(isinstance(each, ast.Name) and each.id == "property" for each in function.decorator_list)


def names(subject: type) -> set[str]:
    """What variables of a script may not be called: names within its methods, and what is global to them."""
    methods = [node for each in adapters(subject) for node in _class(each).body if isinstance(node, Function)]
    public = [node for node in methods if node.name[0] != "_"]
    arguments = {each.arg for node in public for each in node.args.args}
    return arguments.union(
        *map(stored, public), *(vars(importlib.import_module(each.__module__)) for each in adapters(subject))
    )


def stored(node: ast.AST) -> set[str]:
    """The names that are given a value in it."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def named(node: ast.expr, module: str) -> ast.expr:
    """``node``, whose names are to mean what they do in ``module``."""
    found = copy.deepcopy(node)
    for each in ast.walk(found):
        if isinstance(each, ast.Name):
            each.origin = module  # type: ignore[attr-defined]
    return found


class Brought:
    """The imports and definitions that a script begins with, in the order in which they are needed."""

    def __init__(self) -> None:
        self.imports: set[tuple[str, str]] = set()  # module, empty for a module itself, and name
        self.definitions: dict[str, None] = {}

    def add(self, name: str, module: str) -> None:
        """What makes ``name`` mean what it does in ``module``, which is ours."""
        for node in _tree(module).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(name, node, module)
            elif name in _defined(node) and ast.unparse(node) not in self.definitions:
                for used in _names(node) - {*_defined(node)}:
                    self.add(used, module)
                self.definitions[ast.unparse(node)] = None

    def _import(self, name: str, node: ast.Import | ast.ImportFrom, module: str) -> None:
        for alias in node.names:
            if name != (alias.asname or alias.name.partition(".")[0]):
                continue
            if isinstance(node, ast.Import):
                self.imports.add(("", ast.unparse(alias)))
                continue
            package = module.rpartition(".")[0]
            origin = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            if is_ours(origin):
                self.add(alias.name, origin)
            else:
                self.imports.add((origin, ast.unparse(alias)))


@cache
def _tree(module: str) -> ast.Module:
    parsed = ast.parse(inspect.getsource(importlib.import_module(module)))
    bare: ast.Module = ast.fix_missing_locations(_Bare().visit(parsed))
    return bare


@cache
def _class(subject: type) -> ast.ClassDef:
    found = (node for node in ast.walk(_tree(subject.__module__)) if isinstance(node, ast.ClassDef))
    return next(node for node in found if node.name == subject.__name__)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, Function | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


class _Bare(ast.NodeTransformer):
    """Source without types and docstrings."""

    def visit_FunctionDef(self, node: Function) -> Function:
        self.generic_visit(node)
        node.returns, node.body = None, _without_docstring(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.generic_visit(node)
        node.body = _without_docstring(node.body)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.Assign | None:
        self.generic_visit(node)
        return None if node.value is None else ast.Assign([node.target], node.value)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``LRUCache[Any, Any]`` is ``LRUCache``."""
        self.generic_visit(node)
        return node.value if _names(node.slice) == {"Any"} else node


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (body[1:] if said else body) or [ast.Pass()]
