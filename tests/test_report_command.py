"""``report.py``, as ``make report`` runs it, and the suite below it: what becomes of a run that is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from reports import page, results

CHECKOUT = Path(__file__).parent.parent
SLOW_PYTEST = """
import pathlib, sys, time

try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.5)  # longer than `subprocess.run` waits before it kills
    pathlib.Path("results").touch()
    sys.exit(2)
"""
STOP = """
import os

def pytest_runtest_logfinish(nodeid, location):
    if "PYTEST_XDIST_WORKER" not in os.environ:  # who hears of the workers' tests, and of this one only
        raise KeyboardInterrupt
"""


def test_an_interrupted_step_may_write_what_it_knows_and_the_end_tells_how_to_see_it(tmp_path: Path) -> None:
    (tmp_path / "pytest.py").write_text(SLOW_PYTEST)  # `python -m pytest` looks in the current folder first
    command = [sys.executable, str(CHECKOUT / "report.py")]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed,  # noqa: PLW1509 - it takes no lock
    ) as run:
        assert run.stdout
        assert any(line == "begun\n" for line in run.stdout)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all in the foreground
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 130
    assert (tmp_path / "results").exists()
    assert said.splitlines()[-1] == f"{sys.executable} -m reports reports/out"


def _heed() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_what_workers_have_judged_until_an_interruption_makes_a_page(tmp_path: Path) -> None:
    (tmp_path / "stop.py").write_text(STOP, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "stop",
        "-c",
        f"{CHECKOUT}/pyproject.toml",
        f"--rootdir={CHECKOUT}",
    ]
    command += [str(CHECKOUT / "conformance" / "test_entries.py"), "-n1", "-k", "falsy", "--cache=memory"]
    subprocess.run(
        [*command, f"--results={tmp_path}/out/a.json", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    report = results.read(tmp_path / "out")
    assert not report.runs[0].run["complete"]
    assert report.score(report.subject("memory"))["pass"] == 1
    assert len(report.promises) > 1
    assert "<b>1</b>/1" in page.html(report)
