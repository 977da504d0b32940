"""Whether every test that was chosen had its turn, and any could run: without that, a run ends as one that judged."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


class Turns:
    """A plugin that notes which tests were chosen, and which have ended; ``taken`` when that is all of them.

    Under xdist it is told by the workers, of which each chooses the same.
    """

    def __init__(self) -> None:
        self._chosen: set[str] = set()
        self._ended: set[str] = set()

    @property
    def taken(self) -> bool:
        return self._chosen <= self._ended

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._chosen.update(each.nodeid for each in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._chosen.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test noted comes with its last report; that of one whose process is gone is the only one."""
        if report.when not in ("setup", "call"):
            self._ended.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A run of nothing but skips is green, and easily taken for one that has judged."""
        told = {name for name, reports in terminalreporter.stats.items() if reports}
        if "skipped" in told and not told & {"passed", "failed", "error", "xfailed", "xpassed"}:
            terminalreporter.write_line(
                "nothing was judged: all was skipped, as `not run` tells above; --require-backend makes an error of it",
                yellow=True,
            )
