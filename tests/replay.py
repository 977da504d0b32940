"""Runs every script of a result file, each by itself, and prints what is wrong with those that show nothing."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

#: Where a script says why it cannot go wrong for certain.
TOLD = "no script: |made while |a call was cancelled |a process |the server is (taken|frozen)"
REASON = re.compile(rf"^ *# ({TOLD})|  # (thread|process|task) \d", re.MULTILINE)


def main(file: str) -> None:
    for verdict in json.loads(Path(file).read_text(encoding="utf-8"))["verdicts"]:
        if verdict["outcome"] in ("fail", "implied", "deviation"):
            wrong = complaint(verdict)
            if wrong:
                sys.stdout.write(f"{verdict['promise']} on {verdict['subject']}: {wrong}\n{verdict.get('script')}\n")


def complaint(verdict: dict[str, Any]) -> str:
    """Empty, where the script stops at what is wrong, prints it, or says why it can do neither."""
    script = verdict.get("script", "")
    if not script:
        return "no script"
    if REASON.search(script):
        return ""
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            exec(compile(script, verdict["promise"], "exec"), {"__name__": "replay"})  # noqa: S102 - what it is for
    except AssertionError:
        return ""
    except BaseException as error:  # noqa: BLE001 - a cache that raises where it must not
        return "" if re.search("# (raised|never ended)", script) or "# answered " not in script else f"raised {error!r}"
    return "" if said.getvalue() else "showed nothing"


if __name__ == "__main__":
    main(sys.argv[1])
