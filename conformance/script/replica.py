"""The cache of a script: how it is made there, how it is called, and how its time passes."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence

from ..clocks import ManualClock
from ..columns import Column
from ..contract import Location
from ..history import History
from . import scenes, wall
from .inlining import Instance
from .sources import Brought

_OPERATORS = {"__contains__": "{0} in self", "__len__": "len(self)", "__iter__": "list(self)"}
_URL, _OWN_URL, _NAMESPACE = "redis://127.0.0.1:6379", f"redis://127.0.0.1:{scenes.PORT}", "cacheproof:"
_CLOCK = "lambda: now"
_MANY = 4  # statements that are a function of the script


class Replica:
    """The cache of ``column`` in a script of ``history``, called ``cache``; its siblings as the history calls them.

    ``imported``: it is the subject itself, and not what the subject does with its library.
    """

    def __init__(self, column: Column, history: History, *, imported: bool) -> None:
        self.awaited = column.offered.asynchronous == "yes"
        self.brought = Brought()
        self._column, self._history, self._imported = column, history, imported
        self._instances: dict[str, Instance] = {}
        self._scenes = {step.arguments for step in history.steps if step.name == "aside"}
        broken = scenes.LOST in self._scenes or scenes.starts_server(self._scenes)
        self._url = _OWN_URL if broken else _URL
        self._set_wall = scenes.AHEAD in self._scenes
        self._ticks = column.offered.clock == "injected" and not self._set_wall  # by the script's own clock

    def make(self) -> list[str]:
        """The lines that make it, at a place of its own."""
        now = [f"now = {ManualClock.origin}"] if self._ticks else []
        clock = [f"clock = {_CLOCK}"] if now and self._clock != _CLOCK else []
        told = wall.lines(self._instance("cache")) if self._set_wall else []
        return [*self._place(), *now, *clock, *told, *self._made("cache")]

    def another(self, name: str) -> list[str]:
        """The lines that make another instance at the same place."""
        return self._made(name)

    def call(self, name: str, arguments: str) -> tuple[list[str], str]:
        """The lines of a call, and what it answers: ``get`` is of ``cache``, ``other.get`` of ``other``."""
        instance, expression = self._asked(name, arguments)
        lines, value = instance.call(expression, statements=True)
        told = instance.texts(lines)
        return (told, instance.text(value)) if len(told) < _MANY else ([], self.expression(name, arguments))

    def expression(self, name: str, arguments: str) -> str:
        """A call as an expression."""
        instance, expression = self._asked(name, arguments)
        return instance.text(instance.call(expression, statements=False)[1])

    def notes(self) -> Iterator[str]:
        """What is to be known before it is run."""
        started = self._imported and hasattr(self._column.subject, "running")
        if scenes.starts_server(self._scenes):
            yield "# it starts redis-server, or a Valkey server of that name, which has to be on PATH"
        elif self._column.offered.scope == "network" and not started and scenes.LOST not in self._scenes:
            yield f"# it needs an empty server at {self._server}"

    def aside(self, code: str) -> list[str]:
        """What was done behind its back, in which its place is ``location``."""
        if code.startswith("#"):
            return scenes.written(self, code)
        return self._instance("cache").aside(code, location=self._location())

    def functions(self) -> list[str]:
        """The methods that have stayed functions."""
        functions = [text for each in self._instances.values() for text in each.functions.values()]
        return [line for text in functions for line in text.split("\n")]

    def pass_time(self, seconds: str) -> str:
        """A line that lets time pass."""
        if self._ticks:
            return f"now += {seconds}"
        if self._column.server is not None:
            return f"advance({seconds})"
        return f"await asyncio.sleep({seconds})" if self.awaited else f"time.sleep({seconds})"

    def advance(self) -> Iterator[str]:
        """What moves the clock of a server, or waits for one that ticks to be where it was."""
        if self._column.server is not None:
            yield "def advance(seconds):"
            yield f'    server = Redis.from_url("{self._url}")'
            yield f"    for key in server.scan_iter('{_NAMESPACE}*'):"
            yield "        if (left := server.pttl(key)) > 0: server.pexpire(key, max(0, left - int(seconds * 1000)))"
        elif self._column.offered.granularity >= 1:
            moment = f"{self._history.began % 1:.3f}"
            yield f"time.sleep(({moment} - time.time()) % 1)  # its clock ticks: begin in a second when it was begun"

    def _place(self) -> Iterator[str]:
        scope, subject = self._column.offered.scope, self._column.subject
        yield from scenes.place(self._scenes)
        if scope == "host":
            yield "location = tempfile.mkdtemp()"
        elif scope == "network" and self._imported and hasattr(subject, "running"):
            yield f'class Location(str): namespace = "{_NAMESPACE}"'
            yield f"location = Location(ExitStack().enter_context({subject.__qualname__}.running()) or '')"
        elif scope == "network" and self._imported:
            connect = f'staticmethod(partial(Redis.from_url, "{self._url}"))'
            yield f'class Location(str): namespace, connect = "{_NAMESPACE}", {connect}'
            yield f'location = Location("{self._url}")'

    @property
    def _clock(self) -> str:
        """One of its own; instances have the same, as in the run: some know each other by it."""
        shared = self._imported and any(step.name == "sibling" for step in self._history.steps)
        return "clock" if shared else _CLOCK

    @property
    def _server(self) -> str:
        return getattr(self._column.subject, "place", self._url)

    def _made(self, name: str) -> list[str]:
        keywords = _call("made", ", ".join(f"{key}={value!r}" for key, value in self._history.options.items())).keywords
        if self._ticks:
            keywords += _call("made", f"clock={self._clock}").keywords
        if self._column.offered.scope != "instance":
            keywords.append(ast.keyword("location", self._location()))
        instance = self._instance(name)
        return instance.texts(instance.make([], keywords))

    def _instance(self, name: str) -> Instance:
        made = Instance(self._column.subject, name, self.brought, imported=self._imported)
        return self._instances.setdefault(name, made)

    def _location(self) -> ast.expr:
        known = self._column.offered.scope == "network" and not self._imported
        return ast.Constant(Location(self._server, _NAMESPACE)) if known else ast.Name("location", ast.Load())

    def _asked(self, name: str, arguments: str) -> tuple[Instance, str]:
        called, _, operation = name.rpartition(".")
        instance = self._instance(called or "cache")
        call = ast.unparse(_call(f"self.{operation}", arguments))
        if operation not in _OPERATORS:
            return instance, f"await {call}" if self.awaited else call
        if inspect.iscoroutinefunction(getattr(self._column.subject, operation, None)):
            return instance, f"await {call}"
        if instance.method(operation):
            return instance, f"list({call})" if operation == "__iter__" else call
        return instance, _OPERATORS[operation].format(arguments)


def block(header: str, body: Sequence[str]) -> list[str]:
    """The lines of a block; one, where it is one statement."""
    return [f"{header} {body[0]}"] if len(body) == 1 else [header, *(f"    {line}" for line in body)]


def remark(answer: str) -> str:
    """The first line of an answer, as it may stand in a comment."""
    first = next(iter(answer.splitlines()), "")
    return "".join(letter if letter.isprintable() else "?" for letter in first)


def as_python(text: str) -> str:
    """``text``, or what stands for any object where that is no Python."""
    return ast.unparse(_call("it", text or "...").args[0])


def arguments_of(text: str) -> list[str]:
    """Each as it is written."""
    call = _call("call", text)
    return [*map(ast.unparse, call.args), *map(ast.unparse, call.keywords)]


def _call(function: str, arguments: str) -> ast.Call:
    """A call as it is to be written; what has no text of its own is any object."""
    generated = re.sub(r"<generator object .*? at \w+>", "(each for each in '')", arguments)
    for text in (arguments, generated, re.sub(r"<[^<>]*>", "object()", generated), "..."):
        try:
            parsed = ast.parse(f"{function}({text})", mode="eval").body
        except SyntaxError:
            continue
        if isinstance(parsed, ast.Call):
            return parsed
    raise ValueError(f"{function!r} is no name of a function")
