"""The source of a method, rewritten into statements of a script, where its arguments are known and ``self`` is not."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .folding import bind, can_be_repeated, fold, spliced, uses
from .sources import Function, Method, is_property, stored
from .values import Connect, NeedsFunctionError, Values, is_self

if TYPE_CHECKING:
    from .inlining import Instance

_Scope = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class UnwrittenError(Exception):
    """A subject that does what cannot be written out."""


class Body(Values):
    """Rewrites what a method of ``owner`` does into ``lines``, with what is ``bound`` in the place of names.

    ``flat``: the statements follow one upon the other, so that a name has one value. ``statements``: there may be
    some before an expression. ``returns``: it is the body of a function. ``making``: attributes may be set.
    """

    def __init__(  # noqa: PLR0913 - where a piece of source stands
        self,
        instance: Instance,
        owner: type | None,
        bound: dict[str, ast.expr],
        *,
        flat: bool = True,
        statements: bool = True,
        returns: bool = False,
        making: bool = False,
    ) -> None:
        super().__init__(instance, owner, bound)
        self.flat, self.statements, self.returns, self.making = flat, statements, returns, making
        self.lines: list[ast.stmt] = []

    def run(self, statements: Sequence[ast.stmt]) -> ast.expr:
        """Add what ``statements`` do to the lines; what they return."""
        for place, each in enumerate(statements):
            if isinstance(each, ast.Return) and not self.returns:
                if not self.flat:
                    raise NeedsFunctionError
                return self.visit(each.value) if each.value else ast.Constant(None)
            if isinstance(each, ast.If) and isinstance(test := self._known(each.test), ast.Constant):
                return self.run([*(each.body if test.value else each.orelse), *statements[place + 1 :]])
            after = self.visit(each)
            self.lines += [] if after is None else [after]
        return ast.Constant(None)

    def construct(self, args: list[ast.expr], keywords: list[ast.keyword], after: type | None = None) -> None:
        """Add what makes the instance, or what ``super().__init__()`` in ``after`` does."""
        found = self.instance.method("__init__", after)
        if found is not None:
            self._inlined(found, args, keywords)
        elif (base := self.instance.base()) is not None:
            made = ast.Call(base, args, keywords)
            self.lines.append(ast.Assign([ast.Name(self.instance.name, ast.Store())], made))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        args = [self.visit(each) for each in node.args]
        keywords = spliced([self.visit(each) for each in node.keywords])
        found = self._method(node.func)
        if found is not None:
            return self._inlined(found, args, keywords)
        if isinstance(node.func, ast.Attribute) and _is_super(node.func.value):
            if node.func.attr == "__init__":
                self.construct(args, keywords, after=self.owner)
                return ast.Constant(None)
            node.func.value = ast.Name("self", ast.Load())
        function = self.visit(node.func)
        if isinstance(function, Connect):
            return ast.Call(function.plain, [ast.Constant(function.url), *args], keywords)
        call = ast.Call(function, args, keywords)
        if isinstance(function, ast.Constant):
            return call if isinstance(function.value, type) else fold(call, {})
        return fold(call, self.functions(call)) if args else call

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        found = self._method(node)
        if found is not None and is_property(found[1]):
            return self._inlined(found, [], [])
        return super().visit_Attribute(node)

    def visit_Await(self, node: ast.Await) -> ast.expr:
        found = self._method(node.value.func) if isinstance(node.value, ast.Call) else None
        if found is not None and isinstance(found[1], ast.AsyncFunctionDef):
            awaited: ast.expr = self.visit(node.value)  # it awaits within
            return awaited
        self.generic_visit(node)
        return node

    def visit_Lambda(self, node: _Scope) -> _Scope:
        hidden = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)} | stored(node)
        inner = self._inner(hidden, statements=False, returns=False)
        return ast.NodeTransformer.generic_visit(inner, node)  # type: ignore[return-value]

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda

    def visit_FunctionDef(self, node: Function) -> Function:
        hidden = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)} | stored(node)
        node.args = self.visit(node.args)
        node.body = self._inner(hidden, statements=True, returns=True).block(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        value = self.visit(node.value)
        return None if isinstance(value, ast.Constant) else ast.Expr(value)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | None:
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            self.run([ast.Assign([one], value) for one, value in zip(target.elts, node.value.elts, strict=True)])
            return None
        if isinstance(target, ast.Attribute) and is_self(target.value):
            self._set(target.attr, self.visit(node.value))
            return None
        value = self.visit(node.value)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and self.flat:
            self.bound[target.id] = value
            return None
        return ast.Assign([self.visit(target)], value)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """As ever, but for statements within a statement."""
        for name, old in ast.iter_fields(node):
            if isinstance(old, list) and old and isinstance(old[0], ast.stmt):
                setattr(node, name, self._inner(set(), statements=True, returns=self.returns).block(old))
            elif isinstance(old, list):
                setattr(node, name, [self.visit(each) if isinstance(each, ast.AST) else each for each in old])
            elif isinstance(old, ast.AST):
                setattr(node, name, self.visit(old))
        return node

    def stored(self, node: ast.Name) -> ast.Name:
        """Where it may have one value or another, it is no name of a known one."""
        if not self.flat:
            if node.id in self.bound:
                raise NeedsFunctionError
            return node
        name = self.instance.local(node.id)
        self.bound[node.id] = ast.Name(name, ast.Load())
        return ast.Name(name, ast.Store())

    def perhaps(self, node: ast.expr) -> ast.expr:
        """With no statements before it, which would be done in any case."""
        value: ast.expr = self._inner(set(), statements=False, returns=False).visit(node)
        return value

    def _known(self, node: ast.expr) -> ast.expr:
        """Its value, where that is one; a call is not made twice to know it."""
        calls = any(isinstance(each, ast.Call) for each in ast.walk(node))
        return node if calls else self.perhaps(copy.deepcopy(node))

    def _inner(self, hidden: set[str], *, statements: bool, returns: bool) -> Body:
        bound = {name: value for name, value in self.bound.items() if name not in hidden}
        return Body(self.instance, self.owner, bound, flat=False, statements=statements, returns=returns)

    def block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The lines of ``statements`` within another one."""
        self.run(statements)
        return self.lines or [ast.Pass()]

    def _method(self, function: ast.expr) -> Method | None:
        """The method of ours that is called as ``function``."""
        if not isinstance(function, ast.Attribute):
            return None
        if _is_super(function.value):
            return None if function.attr == "__init__" else self.instance.method(function.attr, self.owner)
        if is_self(function.value) and function.attr not in self.instance.attributes:
            return self.instance.method(function.attr)
        return None

    def _inlined(self, method: Method, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
        """Its value, with its statements before it; or a call of it as a function of the script."""
        owner, source = method
        body = Body(self.instance, owner, {}, making=self.making)
        try:
            for name, given in bind(source, args, keywords).items():
                body._take(name, given, uses(source, name))
            value = body.run(copy.deepcopy(source.body))
        except (NeedsFunctionError, TypeError):
            value = None
        if value is None or (body.lines and not self.statements):
            called = ast.Call(ast.Name(self.instance.function(owner, source), ast.Load()), args, keywords)
            return ast.Await(called) if isinstance(source, ast.AsyncFunctionDef) else called
        self.lines += body.lines
        return value

    def _take(self, name: str, given: ast.expr, times: int) -> None:
        if times <= 1 or can_be_repeated(given):
            self.bound[name] = given
        else:
            self.lines.append(ast.Assign([self.stored(ast.Name(name, ast.Store()))], given))

    def _set(self, attribute: str, value: ast.expr) -> None:
        """A variable for it, unless it is known or the name of something else."""
        if not self.making:
            raise UnwrittenError(f"{self.instance.subject.__qualname__} sets {attribute} when it has long been made")
        if isinstance(value, ast.Constant | ast.Name | ast.Attribute):
            self.instance.attributes[attribute] = value
            return
        name = self.instance.variable(attribute)
        made = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Constant) else None
        if isinstance(value, ast.Call) and isinstance(made, type):
            self.lines += self.instance.part(made, name).make(value.args, value.keywords)
        else:
            self.lines.append(ast.Assign([ast.Name(name, ast.Store())], value))
        self.instance.attributes[attribute] = ast.Name(name, ast.Load())


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
