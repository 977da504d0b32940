"""The processes that are compared: each a pytest of its own, which times blocks when it is asked to."""

# ruff: noqa: S603 - it runs pytest with the options of the one who typed them

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .sides import HERE

CHANNEL = "CACHEPROOF_GATE_CHANNEL"  # the environment variable with the number of the worker's end of the pipe
WORKER = Path(__file__).with_name("worker.py")
PLUGIN = __package__.replace("bench.gate", "conformance.plugin")

_ENDED_WELL = (0, 5)  # pytest's: all were served, or there were none
_USAGE_ERROR = 4  # pytest's: it has begun nothing


class OpponentError(RuntimeError):
    """One of the processes could not be started, or died."""


class Opponent:
    """One side in one process. ``ask`` gives it an order and waits for the answer."""

    def __init__(self, directory: Path, options: Sequence[str], session: ExitStack) -> None:
        self._log = session.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 - as it is
        ours, theirs = Pipe()
        self._channel: Connection = session.enter_context(ours)
        with theirs:
            self._process = _start(directory, options, theirs, self._log)
        session.callback(self._end)

    def ask(self, *order: Any) -> Any:
        """Tell, and wait for the answer. Raises OpponentError where none can come."""
        self.tell(*order)
        return self.hear()

    def tell(self, *order: Any) -> None:
        with suppress(BrokenPipeError):  # whoever waits for the answer hears why there is none
            self._channel.send(order)

    def hear(self) -> Any:
        """What the process says next: unasked it names its next column, and None when there are no more."""
        try:
            return self._channel.recv()
        except EOFError as error:
            status = self._process.wait()
            if status in _ENDED_WELL:
                return None
            self._log.seek(0)
            said = self._log.read().strip()
            if status == _USAGE_ERROR:
                raise OpponentError(_wrong(said)) from error
            raise OpponentError(f"a process that was to be timed has ended with {status}:\n{said}") from error

    def _end(self) -> None:
        self._channel.close()  # which ends the worker, too
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def opponents(directories: Mapping[str, Path], options: Sequence[str]) -> Iterator[dict[str, Opponent]]:
    """One process for each directory; they are gone afterwards."""
    with ExitStack() as session:
        yield {name: Opponent(each, options, session) for name, each in directories.items()}


def _start(directory: Path, options: Sequence[str], channel: Connection, log: Any) -> subprocess.Popen[bytes]:
    """What lies in ``directory`` comes before what is installed, and before the tree that measures."""
    paths = [*_roots(directory), HERE]
    environment = os.environ | {CHANNEL: str(channel.fileno()), "PYTHONPATH": os.pathsep.join(map(str, paths))}
    config = ["-c", os.devnull, "--rootdir", str(HERE), "--confcutdir", str(WORKER.parents[1])]
    plugins = ["-p", PLUGIN, "-p", "no:valkey", "-p", "no:cacheprovider", "--assert=plain", "--import-mode=append"]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "pytest", *config, *plugins, "-q", "--profile=quick", *options, str(WORKER)],
        cwd=directory, env=environment, pass_fds=[channel.fileno()], stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _wrong(said: str) -> str:
    """The one line in which pytest names the option or the value that is wrong."""
    lines = re.findall(r"^(?:ERROR|.*: error): (?!usage: )(.+)$", said, re.MULTILINE)
    return lines[0] if lines else said


def _roots(directory: Path) -> list[Path]:
    """Where its modules begin: where those of the working tree do, which may be installed as they lie there."""
    tree, installed = Path.cwd(), (sys.prefix, sys.base_prefix)
    within = [each for each in map(Path, sys.path) if each.is_relative_to(tree)]
    places = [each.relative_to(tree) for each in within if not any(map(each.is_relative_to, installed))]
    return [directory / each for each in dict.fromkeys([Path(), Path("src"), *places])]
