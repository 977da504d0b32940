"""A subject of ours in a script: what it does with its library, without the subject itself."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

from .rewriting import Body
from .sources import Brought, Function, Method, is_property, library_base, method, names


@dataclass
class Instance:
    """One subject, as variables of the script: ``self._entries`` is ``entries``.

    Where the subject is derived from a library's class, it is an instance of that, called ``name``. One that is
    ``imported`` is called so itself.
    """

    subject: type
    name: str
    brought: Brought
    imported: bool = False
    functions: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, ast.expr] = field(default_factory=dict)

    def make(self, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt]:
        """The statements that make it.

        Raises:
            UnwrittenError: it does what cannot be written out.
        """
        body = Body(self, self.subject, {}, making=True)
        body.construct(args, keywords)
        return body.lines

    def call(self, expression: str, *, statements: bool) -> tuple[list[ast.stmt], ast.expr]:
        """What ``expression`` does, in which the subject is ``self``: statements, if there may be any, and a value."""
        body = Body(self, None, {}, statements=statements)
        value = body.visit(ast.parse(expression, mode="eval").body)
        return body.lines, value

    def aside(self, code: str, **known: ast.expr) -> list[str]:
        """The lines of ``code``, in which the subject is ``self``, and what is ``known`` has these values."""
        body = Body(self, None, known)
        body.run(ast.parse(code).body)
        return self.texts(body.lines)

    def texts(self, nodes: Sequence[ast.stmt]) -> list[str]:
        """The lines of all of them."""
        return [line for each in nodes for line in self.text(each).split("\n")]

    def text(self, node: ast.AST) -> str:
        """As Python; what it uses is brought along."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and hasattr(each, "origin"):
                self.brought.add(each.id, each.origin)
        return ast.unparse(ast.fix_missing_locations(node))

    def method(self, name: str, after: type | None = None) -> Method | None:
        """The method of an adapter that is to be written out; ``after`` is whose ``super()`` is asked for it."""
        return None if self.imported else method(self.subject, name, after)

    def base(self) -> ast.expr | None:
        """The class to make an instance of."""
        if not self.imported:
            return library_base(self.subject)
        name = self.subject.__qualname__.rpartition("<locals>.")[2]
        self.brought.imports.add((self.subject.__module__, name.partition(".")[0]))
        return ast.parse(name, mode="eval").body

    def part(self, subject: type, name: str) -> Instance:
        """Another subject that this one is made of."""
        return Instance(subject, name, self.brought, functions=self.functions)

    def variable(self, attribute: str) -> str:
        """The name for it in the script."""
        bare = attribute.strip("_")
        name = attribute if bare in names(self.subject) else bare
        return self.local(name)

    def local(self, name: str) -> str:
        """The name in the script for a name within a method."""
        return f"other_{name.strip('_')}" if self.name.startswith("other") else name

    def function(self, owner: type, source: Function) -> str:
        """The name of a function of the script that is this method."""
        name = f"{self.name}_{source.name.strip('_')}"
        if name not in self.functions:
            self.functions[name] = ""  # it may call itself
            node = copy.deepcopy(source)
            node.name, node.args.args = name, node.args.args[1:]
            node.decorator_list = [] if is_property(source) else node.decorator_list
            self.functions[name] = self.text(Body(self, owner, {}, flat=False, returns=True).visit(node))
        return name
