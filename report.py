"""Judge, measure, make the pages: what ``tox -e report`` runs. Options are pytest's, and go to both runs."""

# ruff: noqa: S603, T201 - it runs pytest with the options of the one who typed them, and says so

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

OUT = "reports/out"
BEGAN = time.monotonic()
RED = 1  # pytest's exit status when tests have failed: the pages say which
GRACE = 25  # seconds that an interrupted step has for writing what it knows; tox, in turn, waits longer for this


def main(options: list[str]) -> int:
    """Exit status 0, or 1 where a promise is broken; any other is that of the step that could not be done."""
    status = 0
    for number, (room, *how) in enumerate((["conformance", "--numprocesses=auto"], ["bench"]), start=1):
        results = f"--results={OUT}/report-{room}.json"
        status |= _step(number, "pytest", room, *how, "--profile=quick", results, *options)
        if status not in (0, RED):
            return status
    return status | _step(3, "reports", OUT)


def _step(number: int, *command: str) -> int:
    print(f"== {number} of 3, {time.monotonic() - BEGAN:.0f} s: python -m {' '.join(command)}", flush=True)
    with subprocess.Popen([sys.executable, "-m", *command]) as step:
        try:
            return step.wait()
        except KeyboardInterrupt:  # the step has had it from the terminal, too
            with suppress(subprocess.TimeoutExpired):
                step.wait(GRACE)
            step.kill()
            raise


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("== stopped; what was judged until then is in the result files, and this makes the pages of them:")
        print(f"{sys.executable} -m reports {OUT}")
        sys.exit(130)
