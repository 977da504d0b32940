"""What is left of a test when the process that ran it is gone: its cell says so, and the run goes on in another one."""

from __future__ import annotations

import ast
import faulthandler
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import pytest

from .history import UNANSWERED, History, Step
from .verdicts import Verdicts

_KEY = "cacheproof_crashes"
_FRAME = re.compile(r'  File "(.+)", line (\d+) in (\S+)')


class Crashes:
    """A plugin for both ends of xdist: a worker leaves a note where it dies, and the controller reads it.

    Without workers there is nobody to go on: the result file is left incomplete, and Python's own words are shown.
    """

    def __init__(self, config: pytest.Config, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._notes: TemporaryDirectory[str] | None = None
        self._workerinput: dict[str, Any] = getattr(config, "workerinput", {})
        self._note: Any = None
        self._steps: _Steps | None = None
        self._stderr = os.dup(2)  # where Python itself can write, whatever is captured meanwhile
        if vars(config.option).get("maxworkerrestart", "") is None:  # xdist ends the run after four for each worker
            config.option.maxworkerrestart = str(sys.maxsize)

    def give_up(self, nodeid: str, message: str) -> NoReturn:
        """End this process, as there is no other way on."""
        faulthandler.cancel_dump_traceback_later()  # which else may end it before all is written down
        if self._note is not None:
            self._note.write(message)
            self._note.flush()
        else:
            self._verdicts.lost(nodeid, message)
            self._verdicts.finish(complete=False)
            os.write(
                self._stderr,
                f"\n{nodeid}: {message}; with -n 1 (pytest-xdist), conformance loses that cell alone\n".encode(),
            )
        os._exit(pytest.ExitCode.INTERNAL_ERROR)

    def end_unless_told_again(self, seconds: float) -> None:
        """The same, by Python's own watchdog, which needs no lock: for a subject that lets no other thread run."""
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._note or self._stderr)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Called in the controller, before a worker starts."""
        self._notes = self._notes or TemporaryDirectory(prefix="cacheproof-crashes-")
        node.workerinput[_KEY] = str(Path(self._notes.name, node.gateway.id))

    def pytest_sessionstart(self) -> None:
        """Called in a worker: from here on what Python says when it crashes goes to the note."""
        if _KEY in self._workerinput:
            self._note = Path(self._workerinput[_KEY]).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
            faulthandler.enable(self._note, all_threads=False)
            self._steps = _Steps(_beside(Path(self._workerinput[_KEY])))
            History.witness = self._steps.write

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Called in the controller, for the test that took its worker with it."""
        note = Path(self._notes.name if self._notes else os.devnull, report.node.gateway.id)
        report.longrepr = _told(note.read_text(encoding="utf-8") if note.is_file() else "")
        reason = self._verdicts.lost(crashitem, report.longrepr, _Steps(_beside(note)).read())
        if reason is not None:
            report.outcome, report.wasxfail = "skipped", reason

    def pytest_unconfigure(self) -> None:
        os.close(self._stderr)
        if self._notes is not None:
            self._notes.cleanup()
        if self._note is not None:
            faulthandler.enable(sys.__stderr__ or sys.stderr)
            self._note.close()
            History.witness = None
        if self._steps is not None:
            self._steps.close()


class _Steps:
    """A file with the history under way; each line the number of a step, and how it stands now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._of: History | None = None
        self._file: int | None = None

    def write(self, history: History) -> None:
        """Note the last steps: the one before has ended by now, as a rule."""
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        if history is not self._of:
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{history.options!a}\n".encode())
            self._of = history
        for number in range(max(0, len(history.steps) - 2), len(history.steps)):
            step = history.steps[number]
            line = (number, step.name, step.arguments, step.at, step.answer, step.raised)
            os.write(self._file, f"{line!a}\n".encode())

    def read(self) -> History | None:
        """The history that was under way; None where that was in no operation, or has more than literals to say."""
        try:
            options, *lines = map(ast.literal_eval, self._path.read_text(encoding="ascii").splitlines())
        except (OSError, ValueError, SyntaxError):
            return None
        steps = {
            number: Step(name, arguments, at, answer, raised) for number, name, arguments, at, answer, raised in lines
        }
        history = History(options, [steps[number] for number in sorted(steps)])
        return history if history.steps and history.steps[-1].answer == UNANSWERED else None

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)


def _beside(note: Path) -> Path:
    return note.with_suffix(".steps")


def _told(note: str) -> str:
    """In one line: what happened, in which function, and in which line of the test."""
    if not note.startswith(("Fatal", "Timeout")):
        return note or "crashed: the process ended without a word, as after os._exit or a kill"
    thread = next((each for each in note.split("\n\n") if " in test_" in each), note)
    frames = [(Path(file).name, line, name) for file, line, name in _FRAME.findall(thread)]
    where = [f"in {name} ({file}, line {line})" for file, line, name in frames[:1]]
    asked = [f"asked by {name} ({file}, line {line})" for file, line, name in frames if name.startswith("test_")]
    what = f"crashed: {note.partition(chr(10))[0]}" if note.startswith("Fatal") else "hangs, and lets no thread run"
    return ", ".join([what, *where, *asked[:1]])
