"""Check what ``make report`` left: pages with the columns named here; and that a usage error ends it as it should."""

# ruff: noqa: INP001, T201 - a script of its own, which prints

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

OUT = Path("reports/out")
PAGES = [OUT / name for name in ("report.html", "report.md", "report.json")]


def main(columns: list[str]) -> None:
    """Exit with one line that says what is wrong."""
    if lost := [str(page) for page in PAGES if not page.is_file()]:
        sys.exit(f"make report wrote no {', '.join(lost)}")
    report = json.loads(PAGES[-1].read_text(encoding="utf-8"))
    ran = {each["name"] for each in report["subjects"] if each["state"] == "ran"}
    judged = {each["subject"] for each in report["verdicts"] if each["outcome"] == "pass"}
    measured = {each["subject"] for each in report["measurements"]}
    for column in columns:
        if column not in ran & judged & measured:
            sys.exit(f"the report has no column {column} that was judged and measured; it has {', '.join(sorted(ran))}")
    check_usage_error()
    print(f"the report has {', '.join(columns)}; a usage error stops it and leaves it as it was")


def check_usage_error() -> None:
    """A typo ends with pytest's status 4, and touches no page."""
    before = [page.stat().st_mtime_ns for page in PAGES]
    status = subprocess.run([sys.executable, "report.py", "--cache=nonsense"], check=False).returncode
    if status != 4 or before != [page.stat().st_mtime_ns for page in PAGES]:
        sys.exit(f"report.py --cache=nonsense ended with status {status}, not 4, or wrote pages")


if __name__ == "__main__":
    main(sys.argv[1:])
