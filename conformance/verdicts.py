"""From test reports to verdicts, and from there into the result file."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from . import messages, results, script
from .breakers import script as breakers
from .columns import FIXTURES, Column, column_of
from .contract import ContractError, needed_by
from .history import History
from .results import Results
from .turns import Turns

_UNSEEN = "did not show in this run, as it comes and goes"


class Verdicts:
    """A plugin that notes the outcome of every promise on every column.

    Under xdist each worker does, and hands over to the process that writes the file.
    """

    def __init__(self, config: pytest.Config, columns: Sequence[Column]) -> None:
        self._config, self._columns = config, {each.name: each for each in columns}
        self._turns, self._told = Turns(), False
        config.pluginmanager.register(self._turns, "cacheproof-turns")
        command = shlex.join(["pytest", *map(str, config.invocation_params.args)])
        self._results = Results(profile=config.getoption("profile"), command=command)
        try:
            self._write(self._results.as_dict(complete=False))  # no older result is taken for that of this run
        except OSError as error:
            target = config.getoption("results")
            raise ContractError(
                f"--results={target} cannot be written: {error.strerror}; name a file, such as out/conformance.json"
            ) from error

    def promise(self, function: Callable[..., Any], unable: Sequence[Column]) -> None:
        """Note a promise, and the columns that do not offer what it needs."""
        entry = _promise(function)
        self._results.promises[entry["id"]] = entry
        for column in unable:
            self._results.verdicts.append({"promise": entry["id"], "subject": column.name, "outcome": "not-offered"})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if hasattr(self._config, "workerinput") and not self._told:  # a run that is interrupted hears no more of it
            item.user_properties.append(("collected", (self._results.promises, self._unoffered)))
            self._told = True
        column = column_of(item)
        if column is not None:
            self._columns[column.name] = column
            if isinstance(item, pytest.Function) and self._promised(item) and _decides(report):
                item.user_properties.append(("verdict", _verdict(item, column, report, call.excinfo)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Workers' reports arrive here, too. The one of ``teardown`` carries all that an item noted."""
        noted: dict[str, list[Any]] = {
            "verdict": self._results.verdicts,
            "measurement": self._results.measurements,
            "curve": self._results.curves,
            "outage": self._results.outages,
        }
        for name, value in report.user_properties if report.when == "teardown" else ():
            noted.get(name, []).append(value)
            if name == "collected" and isinstance(value, tuple):
                self._collect(*value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if hasattr(self._config, "workeroutput"):
            self._describe()
            self._config.workeroutput["cacheproof"] = (self._results.subjects, self._results.promises, self._unoffered)
        else:
            ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
            self.finish(complete=ended and self._turns.taken)
            if exitstatus == pytest.ExitCode.OK and self._unexplained:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for each in self._unexplained:
            found = f"{each['promise']}[{each['subject']}] - {each['message'].partition(chr(10))[0]}"
            terminalreporter.write_line(f"FAILED {found}; no known deviation goes wrong like this", red=True)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended: take what it alone knew, such as the version of a server that it has started."""
        handed = getattr(node, "workeroutput", {}).get("cacheproof")
        if handed:
            subjects, promises, unoffered = handed
            known = {name: each for name, each in subjects.items() if each["backend"] and each["backend"]["server"]}
            self._results.subjects = {**subjects, **self._results.subjects, **known}
            self._collect(promises, unoffered)

    def _collect(self, promises: dict[str, Any], unoffered: list[dict[str, Any]]) -> None:
        """What all workers know alike, as the first one tells it."""
        if not self._results.promises:
            self._results.promises = promises
            self._results.verdicts += unoffered

    def finish(self, *, complete: bool) -> None:
        """The result file, where one was asked for; ``complete`` where every test had its turn."""
        self._describe()
        content = self._results.as_dict(complete=complete)
        self._config.hook.pytest_cacheproof_results(config=self._config, results=content)
        self._write(content)

    def lost(self, nodeid: str, message: str, history: History | None = None) -> str | None:
        """Note what is left of a test whose process is gone; where that is a known deviation, its reason.

        Where it went in an operation, that is the last one of ``history``; else what was asked is lost with it.
        """
        test, _, name = nodeid.removesuffix("]").partition("[")
        promise = test.rpartition("/")[2]
        if not Path(__file__).with_name(promise.partition("::")[0]).is_file():
            return None  # a test of something else
        verdict = {"promise": promise, "subject": name, "outcome": "fail", "message": message}
        reason = self._columns[name].deviations.get(promise) if name in self._columns else None
        if reason is not None:
            verdict |= {"outcome": "deviation", "reason": reason}
        verdict |= self._rest(name, message, history)
        self._results.verdicts.append(verdict)
        return reason

    def _rest(self, name: str, message: str, history: History | None) -> dict[str, Any]:
        """The history and the script of a test whose process is gone."""
        if history is None or name not in self._columns:
            gone = "# no script: the process that asked is gone, and what it asked with it"
            return {"script": f"{gone}\n# {message}\n"}
        column, last = self._columns[name], history.steps[-1]
        if message.startswith("crashed"):
            last.answer, last.raised = message, True
        return {"history": history.as_dict(), "script": f"# {message}\n{_script(column, history)}"}

    def _describe(self) -> None:
        for column in self._columns.values():
            self._results.subjects.setdefault(column.name, results.describe(column))

    def _promised(self, item: pytest.Function) -> bool:
        return _identity(item.function) in self._results.promises

    @property
    def _unexplained(self) -> list[dict[str, Any]]:
        """Drawn histories that fail where deviations are known, and do not follow from these."""
        failed = [each for each in self._results.verdicts if each["outcome"] == "fail" and each.get("drawn")]
        return [each for each in failed if (column := self._columns.get(each["subject"])) and column.deviations]

    @property
    def _unoffered(self) -> list[dict[str, Any]]:
        """Of which no test was run; the others come with their reports."""
        return [each for each in self._results.verdicts if each["outcome"] == "not-offered" and "seconds" not in each]

    def _write(self, content: dict[str, Any]) -> None:
        target = self._config.getoption("results")
        if target is not None and not hasattr(self._config, "workerinput"):
            results.write(Path(target), content)


def _script(column: Column, history: History) -> str:
    if column.role == "breaker":
        return breakers.write(column.subject, history, waits=column.offered.clock == "system")
    return script.write(column, history)


def _promise(function: Callable[..., Any]) -> dict[str, Any]:
    file, _, name = _identity(function).partition("::")
    return {
        "id": _identity(function),
        "group": file.removeprefix("test_").removesuffix(".py"),
        "title": name.removeprefix("test_").replace("_", " "),
        "text": inspect.getdoc(function) or "",
        "needs": {name: list(values) for need in needed_by(function) for name, values in need.accepted.items()},
    }


def _identity(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.py::{function.__name__}"


def _decides(report: pytest.TestReport) -> bool:
    return report.when == "call" or (report.when == "setup" and not report.passed)


def _verdict(
    item: pytest.Function, column: Column, report: pytest.TestReport, error: pytest.ExceptionInfo[BaseException] | None
) -> dict[str, Any]:
    """What this report says of the promise; where a deviation is known, the report is bent accordingly."""
    promise = _identity(item.function)
    verdict = {"promise": promise, "subject": column.name, "seconds": round(report.duration, 4)}
    if error is not None and error.errisinstance(NotImplementedError):
        report.outcome, report.wasxfail = "skipped", f"not offered: {error.value}"
        return verdict | {"outcome": "not-offered", "message": str(error.value)}
    verdict["outcome"] = _outcome(report)
    if verdict["outcome"] == "fail":
        verdict |= _evidence(item, report)
        verdict["drawn"] = item.get_closest_marker("drawn") is not None
    elif not report.passed:
        verdict["message"] = messages.why(report)
    reason = column.deviations.get(promise)
    if reason is not None:
        _bend(report, verdict, reason, shows=promise not in column.intermittent)
    elif verdict.get("drawn") and column.deviations:
        report.outcome, report.wasxfail = "skipped", "a known deviation shows in histories, too"
    return verdict


def _outcome(report: pytest.TestReport) -> str:
    if report.passed:
        return "pass"
    if report.skipped:
        return "not-run"
    return "fail" if report.when == "call" else "error"


def _bend(report: pytest.TestReport, verdict: dict[str, Any], reason: str, *, shows: bool) -> None:
    """``shows`` where it does so in every run."""
    if verdict["outcome"] == "fail" or (verdict["outcome"] == "pass" and not shows):
        verdict |= {"outcome": "deviation", "reason": reason} | ({"message": _UNSEEN} if report.passed else {})
        report.outcome, report.wasxfail = "skipped", reason
    elif verdict["outcome"] == "pass":
        report.outcome = "failed"
        report.longrepr = f"a known deviation that passes; take it out of {verdict['subject']}'s deviations: {reason}"
        verdict |= {"outcome": "error", "message": report.longrepr}


def _evidence(item: pytest.Function, report: pytest.TestReport) -> dict[str, Any]:
    """Hypothesis runs the smallest failing example last: its history is the one to show."""
    evidence: dict[str, Any] = {"message": messages.why(report)}
    factory: Any = next(item.funcargs[name] for name in FIXTURES if name in item.funcargs)
    evidence |= factory.evidence()
    if "script" in evidence:
        evidence["script"] = _heading(item, evidence["message"]) + evidence["script"]
        report.sections.append(("smallest failing history", evidence["script"]))
    return evidence


def _heading(item: pytest.Function, message: str) -> str:
    """What the script shows, for who finds it on its own."""
    promise = (inspect.getdoc(item.function) or "").partition("\n")[0]
    return f"# {promise}\n# {message.partition(chr(10))[0]}\n"
