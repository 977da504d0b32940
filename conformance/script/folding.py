"""What can be known of an expression while a script is written, so that the script need not say it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite, nan
from typing import Any

from .sources import Function

#: What may be called: it asks for nothing but its arguments.
_HARMLESS: dict[str, Any] = {"bool": bool, "float": float, "int": int, "str": str, "nan": nan, "inf": inf}
_PLAIN = (type(None), bool, int, float, str, bytes)


def constant(value: Any) -> ast.expr:
    """``value`` in an expression; one without a literal stands there as itself, to be asked further."""
    if isinstance(value, float) and not isfinite(value):
        return ast.parse(repr(value), mode="eval").body
    return ast.Constant(value)


def fold(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> ast.expr:
    """The value of ``node`` where it is known, else ``node``; ``functions`` may be called for it, too."""
    if any(isinstance(each, ast.Lambda) for each in ast.walk(node)):
        return node  # what is made with a function of the script is made there
    held: dict[str, Any] = {}
    try:
        code = compile(ast.fix_missing_locations(ast.Expression(_Held(held).visit(copy.deepcopy(node)))), "", "eval")
        return constant(eval(code, {"__builtins__": {}, **_HARMLESS, **functions}, held))  # noqa: S307 - ours, and harmless
    except Exception:  # noqa: BLE001 - whatever it is, the script may meet it
        return node


class _Held(ast.NodeTransformer):
    """Names instead of constants: some have no literal, and ``1 is None`` would be warned of."""

    def __init__(self, held: dict[str, Any]) -> None:
        self._held = held

    def visit_Constant(self, node: ast.Constant) -> ast.Name:
        name = f"held {len(self._held)}"  # no name of anything else
        self._held[name] = node.value
        return ast.Name(name, ast.Load())


def bind(function: Function, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> dict[str, ast.expr]:
    """Parameter -> what is given for it, or its default, without the first one.

    Raises:
        TypeError: they do not fit.
    """
    parameters = function.args
    positional = [each.arg for each in parameters.args[1:]]
    given = dict(zip(positional, args, strict=False)) | {each.arg: each.value for each in keywords if each.arg}
    named = [each.arg for each in parameters.kwonlyargs]
    defaults = dict(zip(reversed(positional), reversed(parameters.defaults), strict=False))
    defaults |= {name: value for name, value in zip(named, parameters.kw_defaults, strict=True) if value}
    more = {name: value for name, value in given.items() if name not in {*positional, *named}}
    bound = {name: value for name, value in (defaults | given).items() if name not in more}
    if len(args) > len(positional) or len(bound) < len(positional + named) or (more and parameters.kwarg is None):
        raise TypeError(f"{function.name}() is not called so")
    rest = ast.Dict([ast.Constant(name) for name in more], [*more.values()])
    return bound | ({parameters.kwarg.arg: rest} if parameters.kwarg else {})


def spliced(keywords: Sequence[ast.keyword]) -> list[ast.keyword]:
    """``**{"size": 2}`` is ``size=2``."""
    found: list[ast.keyword] = []
    for each in keywords:
        if each.arg is None and isinstance(each.value, ast.Dict):
            pairs = zip(each.value.keys, each.value.values, strict=True)
            found += [ast.keyword(str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)]
        else:
            found.append(each)
    return found


def uses(node: ast.AST, name: str) -> int:
    """How often ``name`` stands in it."""
    return sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def can_be_repeated(node: ast.expr) -> bool:
    """Whether it may stand in several places, and be the same in all of them."""
    if isinstance(node, ast.Constant | ast.Name | ast.Lambda):
        return True
    if isinstance(node, ast.Tuple):
        return all(map(can_be_repeated, node.elts))
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
