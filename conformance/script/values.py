"""Names and attributes in the source of a method: what stands for them in a script, as far as it is known."""

from __future__ import annotations

import ast
import copy
import importlib
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..contract import Location
from .folding import constant, fold
from .sources import is_ours, is_subject, named

if TYPE_CHECKING:
    from .inlining import Instance


class NeedsFunctionError(Exception):
    """A method that returns in the middle, or whose arguments change, so that it stays a function."""


class Connect(ast.expr):
    """``connect`` of a location whose URL is known."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.plain = ast.Attribute(ast.Name("Redis", ast.Load()), "from_url", ast.Load())


class Values(ast.NodeTransformer):
    """Rewrites expressions of a method of ``owner``, with what is ``bound`` in the place of names.

    ``owner`` is None where the expression is none of a method.
    """

    def __init__(self, instance: Instance, owner: type | None, bound: dict[str, ast.expr]) -> None:
        self.instance, self.owner, self.bound = instance, owner, bound
        self._globals = vars(importlib.import_module(owner.__module__)) if owner else {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Store):
            return self.stored(node)
        if node.id in self.bound:
            return copy.deepcopy(self.bound[node.id])
        if node.id == "self":
            return ast.Name(self.instance.name, node.ctx)
        known = self._globals.get(node.id)
        if isinstance(known, int | float | str) or is_subject(known):
            return constant(known)
        return named(node, self.owner.__module__) if self.owner else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_self(node.value):
            return self._attribute(node)
        self.generic_visit(node)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, Location) and node.attr == "connect":
            return Connect(str(node.value.value))
        return fold(node, {}) if isinstance(node.value, ast.Constant) else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        node.test = self.visit(node.test)
        if isinstance(node.test, ast.Tuple):  # known, whatever is in it
            node.test = constant(len(node.test.elts) > 0)
        if isinstance(node.test, ast.Constant):
            chosen: ast.expr = self.visit(node.body if node.test.value else node.orelse)
            return chosen
        node.body, node.orelse = self.perhaps(node.body), self.perhaps(node.orelse)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.left, ast.Lambda) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            node.left = ast.Constant(...)  # not None, whatever it computes
        return fold(node, {})

    def visit_BinOp(self, node: ast.BinOp | ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        return fold(node, {})

    visit_JoinedStr = visit_BinOp

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        node.values = [self.perhaps(each) for each in node.values]
        return fold(node, {})

    def stored(self, node: ast.Name) -> ast.Name:
        """A name that is given a value."""
        raise NotImplementedError

    def perhaps(self, node: ast.expr) -> ast.expr:
        """``node``, which may not come to be asked at all."""
        raise NotImplementedError

    def _attribute(self, node: ast.Attribute) -> ast.expr:
        if node.attr in self.instance.attributes:
            return copy.deepcopy(self.instance.attributes[node.attr])
        held = getattr(self.instance.subject, node.attr, None)  # of the class
        if isinstance(held, int | float | str) or is_subject(held):
            return constant(held)
        found = self.instance.method(node.attr)
        if found is not None:  # not called, but given away
            return ast.Name(self.instance.function(*found), ast.Load())
        return ast.Attribute(ast.Name(self.instance.name, ast.Load()), node.attr, node.ctx)

    def functions(self, node: ast.AST) -> dict[str, Any]:
        """The functions of ours that it calls."""
        called = {each.id: self._globals.get(each.id) for each in ast.walk(node) if isinstance(each, ast.Name)}
        return {name: it for name, it in called.items() if isinstance(it, FunctionType) and is_ours(it.__module__)}


def is_self(node: ast.expr) -> bool:
    """Whether it is the instance itself."""
    return isinstance(node, ast.Name) and node.id == "self"
